"""Twilio's signature of what it tells us: HMAC-SHA1 of the public address and the sorted fields, with our auth token.

https://www.twilio.com/docs/usage/security#validating-requests
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping

HEADER = "x-twilio-signature"


def of(token: str, url: str, form: Mapping[str, str]) -> str:
    """The signature of a form that is posted to the address."""
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode()


def is_right(token: str, url: str, form: Mapping[str, str], signature: str) -> bool:
    """Whether the holder of the token has signed this; never, where no token is known."""
    return bool(token) and hmac.compare_digest(of(token, url, form).encode(), signature.encode())
