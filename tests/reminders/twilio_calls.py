"""Twilio as the one who calls us: forms that are signed with our account's token, or with another."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode

from chalicelib.kit.settings import settings
from tests.client import Answer, Client

PUBLIC = "https://clinic.example"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = {
    "PUBLIC_URL": PUBLIC,
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_PHONE_NUMBER": "+15005550006",
}


@contextmanager
def having(**said: str) -> Iterator[None]:
    """The application finds these in its environment inside the block."""
    before = {name: os.environ.get(name) for name in said}
    os.environ |= said
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()


def posts(
    api: Client, path: str, form: Mapping[str, str], *, token: str = TOKEN, at: str = PUBLIC, signature: str = ""
) -> Answer:
    """The answer to a form that Twilio's own package has signed for our public address."""
    from twilio.request_validator import RequestValidator  # noqa: PLC0415 - as slow as the tests that need it

    signed = signature or RequestValidator(token).compute_signature(at + path, dict(form))
    sender = api.with_(content_type="application/x-www-form-urlencoded", x_twilio_signature=signed)
    return sender.send("POST", path, urlencode(form).encode())
