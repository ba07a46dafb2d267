"""Reading a form body, as other systems post them when they tell something: small, plain text, each field once."""

from urllib.parse import parse_qsl

from chalicelib.kit.errors import Malformed, TooLarge, UnsupportedMedia
from chalicelib.kit.jsonbody import NotUtf8, RepeatedField, check_text

MEDIA_TYPE = "application/x-www-form-urlencoded"
MAX_BYTES = 64 * 1024
_MOST_FIELDS = 200


def parse(raw: bytes, content_type: str) -> dict[str, str]:
    """The fields of the body, exactly as they were sent, empty ones too.

    Raises UnsupportedMedia, TooLarge, Malformed (not UTF-8, a repeated field) or Invalid (control characters).
    """
    if not raw.strip():
        return {}
    if content_type.split(";", maxsplit=1)[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMedia(f"Send the body as {MEDIA_TYPE}.")
    if len(raw) > MAX_BYTES:
        raise TooLarge(f"The body is larger than {MAX_BYTES // 1024} KiB.")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeError as error:
        raise NotUtf8 from error
    except ValueError as error:
        raise Malformed("The body has more fields than any form of ours.") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise RepeatedField(name)
        check_text(name, "body")
        check_text(value, name[:64])
        found[name] = value
    return found
