"""Cursors: where a list goes on, opaque to the caller."""

import base64
import binascii
import json

from chalicelib.kit.errors import Invalid


def encode(*parts: str) -> str:
    """The parts as one word that survives a URL."""
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, parts: int) -> list[str]:
    """The parts that `encode` was given, or `Invalid` naming `cursor`."""
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or len(found) != parts or not all(isinstance(part, str) and part for part in found):
        raise Invalid.field("cursor", "is not a cursor of this list")
    return found
