"""The secret of a link: who it is for, which room it opens, and until when, signed with the room's own key.

It is `visit_<what it says>.<signature>`, both in base64; nobody but us needs to read it. Whoever has it is let in as
the person it names, so it stands in the fragment of an address, which browsers send to no server.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hashlib import sha256

from chalicelib.kit.auth import VISIT_MARK

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What a link says: the room, the person (`host`, `patient`, a guest's id), its end in epoch seconds."""

    room_id: str
    person: str
    until: int


def sign(said: Said, key: str) -> str:
    """The secret."""
    text = f"{said.room_id}|{said.person}|{said.until}".encode()
    return f"{VISIT_MARK}{_letters(text)}.{_letters(_signature(text, key))}"


def read(secret: str) -> Said | None:
    """What a secret claims, to find the key that would prove it; None for what is no secret of ours."""
    text, _ = _taken_apart(secret)
    room_id, person, until = parts if len(parts := text.decode(errors="replace").split("|")) == _PARTS else ("", "", "")
    digits = until.isascii() and until.isdigit() and len(until) < len("9999999999999")
    return Said(room_id, person, int(until)) if room_id and person and digits else None


def is_proven(secret: str, key: str) -> bool:
    """Whether the secret was signed with this key."""
    text, signature = _taken_apart(secret)
    return hmac.compare_digest(signature, _signature(text, key))


def _taken_apart(secret: str) -> tuple[bytes, bytes]:
    text, _, signature = secret.removeprefix(VISIT_MARK).partition(".")
    return _bytes(text), _bytes(signature)


def _signature(text: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), text, sha256).digest()


def _letters(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(letters: str) -> bytes:
    try:
        return urlsafe_b64decode(letters.encode() + b"=" * (-len(letters) % 4))
    except (Error, ValueError):
        return b""
