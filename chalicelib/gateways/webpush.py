"""Web Push: a message that only one browser can read, through the service that the browser has chosen.

Encrypted as RFC 8291 has it, signed as RFC 8292 has it. A topic lets a repeat take the place of the message that is
there still, so that one which was sent twice is shown once.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from chalicelib.gateways import asking
from chalicelib.gateways.answers import Gone, NoAnswer, NotNow, Refused
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings

WHO = "The push service"
_POINT, _SECRET, _SALT, _RECORD = 65, 16, 16, 4096
_MOST_TEXT = 3_000  # bytes; a record holds 3,993 with all that is around them
_SIGNED_FOR = timedelta(hours=12)
_LONGEST = timedelta(days=28)
_GONE, _DONE, _NEVER = (404, 410), range(200, 300), (400, 413)


def is_there() -> bool:
    """Whether the clinic has a key by which push services know it."""
    return bool(secret("vapid_private_key"))


def public_key() -> str | None:
    """The key that a browser subscribes with; None where nothing is pushed."""
    return _encoded(_point(_own_key())) if is_there() else None


def is_allowed(endpoint: str) -> bool:
    """Whether messages may be sent there: to services that are listed, and on a laptop to this machine."""
    try:
        there = urlsplit(endpoint)
        host, port = there.hostname or "", there.port
    except ValueError:
        return False
    if "@" in there.netloc or not endpoint.isascii():
        return False
    if settings().careslot_stage == "local" and there.scheme == "http" and host == "127.0.0.1":
        return True
    listed = settings().push_hosts.split()
    known = any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in listed)
    return known and there.scheme == "https" and port in {None, 443}


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a point of the curve and a secret, as browsers give them."""
    try:
        _their_key(p256dh)
        return len(_decoded(auth)) == _SECRET
    except ValueError:
        return False


def send(
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    message: dict[str, Any],
    topic: str,
    until: datetime,
    urgent: bool,
    now: datetime,
) -> None:
    """Let the device show the message, if it is reached before `until`.

    Raises Gone, Refused, NotNow, and NoAnswer when nobody knows.
    """
    if not is_allowed(endpoint):
        raise Gone("The device is at an address that nothing is sent to.")
    lasts = max(timedelta(0), min(until - now, _LONGEST))
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(lasts.total_seconds())),
        "Topic": topic,
        "Urgency": "high" if urgent else "normal",
        "Authorization": _signature(endpoint, now),
    }
    told = asking.ask("POST", endpoint, headers=headers, body=encrypted(_short(message), p256dh, auth), who=WHO)
    if told.status in _GONE:
        raise Gone("The device does not take messages any more.")
    if told.status in _NEVER:
        raise Refused("The push service refuses the message.")
    if told.status // 100 == 5:  # noqa: PLR2004 - the HTTP class
        raise NoAnswer(f"{WHO} failed while it had the message.")
    if told.status not in _DONE:
        raise NotNow(f"{WHO} takes nothing from us right now.")


def encrypted(text: bytes, p256dh: str, auth: str) -> bytes:
    """The text as only that browser reads it: one record of RFC 8188, its key agreed upon as RFC 8291 has it."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - only what pushes needs it
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - same

    theirs, once = _their_key(p256dh), ec.generate_private_key(ec.SECP256R1())
    own, salt = _point(once), os.urandom(_SALT)
    shared = once.exchange(ec.ECDH(), theirs)
    told = b"WebPush: info\x00" + _decoded(p256dh) + own
    secret_of_both = _derived(shared, salt=_decoded(auth), info=told, length=32)
    key = _derived(secret_of_both, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derived(secret_of_both, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(own)]) + own
    return head + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _short(message: dict[str, Any]) -> bytes:
    """The message as JSON, its body cut so that it fits into one record."""
    text = str(message.get("body", ""))
    while len(said := json.dumps({**message, "body": text}, ensure_ascii=False).encode()) > _MOST_TEXT and text:
        text = text[: len(text) * 3 // 4]
    return said


def _signature(endpoint: str, now: datetime) -> str:
    import jwt  # noqa: PLC0415 - only what pushes needs it

    there = urlsplit(endpoint)
    claims = {"aud": f"{there.scheme}://{there.netloc}", "exp": now + _SIGNED_FOR, "sub": settings().vapid_subject}
    key = _own_key()
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={_encoded(_point(key))}"


def _derived(secret_: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - see encrypted
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - same

    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret_)


def _own_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - see encrypted

    number = int.from_bytes(_decoded(secret("vapid_private_key")), "big")
    return ec.derive_private_key(number, ec.SECP256R1())


def _their_key(p256dh: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - see encrypted

    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))


def _point(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 - see encrypted

    point: bytes = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return point


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
