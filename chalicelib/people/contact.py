"""Phone numbers as they are stored: in one spelling, with a word on whether they can be called."""


def normal_phone(phone: str) -> tuple[str, bool]:
    """The number in E.164 and whether a real one can look like it; an implausible one stays as it was written."""
    import phonenumbers  # noqa: PLC0415 - 30 ms of cold start that few requests need

    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone, False
    if not phonenumbers.is_valid_number(number):
        return phone, False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), True
