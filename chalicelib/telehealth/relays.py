"""How two browsers find each other: the STUN servers, and TURN with a password that ends with the visit.

The TURN server shares a secret with us and knows no users: a name says until when it is good, and the password is the
name signed with the secret (the scheme that coturn calls `use-auth-secret`). The relay carries encrypted media only.
"""

import hmac
from base64 import b64encode
from datetime import datetime
from hashlib import sha1
from typing import Any


def servers(*, stun: str, turn: str, secret: str, person: str, until: datetime) -> list[dict[str, Any]]:
    """The servers as browsers take them: `urls`, and for TURN `username` and `credential`."""
    found: list[dict[str, Any]] = []
    if stun:
        found.append({"urls": stun.split()})
    if turn and secret:
        name = f"{int(until.timestamp())}:{person}"
        signed = hmac.new(secret.encode(), name.encode(), sha1).digest()  # the scheme's own digest
        found.append({"urls": turn.split(), "username": name, "credential": b64encode(signed).decode()})
    return found
