"""The token issuer of one local instance: what Cognito is in AWS.

Its name and its RSA keys are made once per data folder. The name does not contain a port, so a token outlives a
restart on another. A rotation makes a new key that signs from then on; the one before it stays published until the
next rotation, so that its tokens go on.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from infra.local.sessions import Session, Sessions

AUDIENCE = "careslot"
ROLES = ("patient", "doctor", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display")
_FILE = "issuer.json"
_KEYS_PUBLISHED = 2


class NoIssuer(Exception):
    """The folder holds no issuer, or not a readable one."""


class Issuer:
    """Signs tokens with the newest of its keys and publishes what proves them; `keys` are pairs of name and PEM."""

    def __init__(self, data: Path, name: str, keys: list[tuple[str, str]]) -> None:
        self.name = name
        self.sessions = Sessions(data / "sessions")
        self._data = data
        self._keys = keys

    @classmethod
    def load(cls, data: Path) -> Issuer:
        """The issuer of this data folder, or NoIssuer."""
        try:
            stored = json.loads((data / _FILE).read_text(encoding="utf-8"))
            # Folders of earlier versions hold one key, beside the name.
            keys = stored.get("keys", [stored])
            return cls(data, stored["issuer"], [(key["kid"], key["private_key"]) for key in keys])
        except FileNotFoundError:
            raise NoIssuer(f"{data} holds no key to sign with: start scripts/run --data {data} first") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NoIssuer(f"{data / _FILE} is damaged") from None

    @classmethod
    def load_or_create(cls, data: Path) -> Issuer:
        """The issuer of this data folder, made on first use."""
        if not (data / _FILE).exists():
            cls(data, f"careslot-local:{secrets.token_hex(8)}", [_new_key()])._store()
        return cls.load(data)

    def rotate(self) -> None:
        """Sign with a new key from now on; the present one stays published, and the one before it goes."""
        self._keys = [_new_key(), *self._keys][:_KEYS_PUBLISHED]
        self._store()

    def fresh(self) -> Issuer:
        """The issuer as it is stored now: `scripts/token` may have rotated its keys."""
        return Issuer.load(self._data)

    def mint(
        self, role: str, sub: str, hospital: str | None = None, location: str | None = None, ttl: int = 3600
    ) -> str:
        """A signed token that is valid for `ttl` seconds from now, a session of its own."""
        now = int(time.time())
        return self.mint_for(Session(uuid.uuid4().hex, now, now + ttl, role, sub, hospital, location), ttl)

    def mint_for(self, session: Session, ttl: int) -> str:
        """A signed ID token of a session, which is its `origin_jti`, as Cognito's is."""
        claims = self._claims(session, ttl, "id") | {"aud": AUDIENCE, "role": session.role}
        if session.hospital:
            claims["hospital_id"] = session.hospital
        if session.location:
            claims["location_id"] = session.location
        return self._sign(claims)

    def mint_access(self, session: Session, ttl: int) -> str:
        """An access token, which has no audience, as Cognito's has none: the application refuses it."""
        return self._sign(self._claims(session, ttl, "access") | {"client_id": AUDIENCE})

    @cached_property
    def jwks(self) -> dict[str, Any]:
        """The public keys, as RFC 7517 prints them."""
        return {"keys": [_public(name, pem) for name, pem in self._keys]}

    def _claims(self, session: Session, ttl: int, use: str) -> dict[str, Any]:
        now = int(time.time())
        times = {"iat": now, "exp": now + ttl, "auth_time": session.began}
        return times | {
            "iss": self.name,
            "sub": session.sub,
            "token_use": use,
            "jti": uuid.uuid4().hex,
            "origin_jti": session.id,
        }

    def _sign(self, claims: dict[str, Any]) -> str:
        name, pem = self._keys[0]
        return jwt.encode(claims, pem, algorithm="RS256", headers={"kid": name})

    def _store(self) -> None:
        """Write the file as a whole or not at all; only the owner may read it."""
        keys = [{"kid": name, "private_key": pem} for name, pem in self._keys]
        temporary = (self._data / _FILE).with_suffix(".tmp")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"issuer": self.name, "keys": keys}, file)
        temporary.rename(self._data / _FILE)


def _new_key() -> tuple[str, str]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return secrets.token_hex(8), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(name: str, pem: str) -> dict[str, str]:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise NoIssuer(f"{_FILE} holds a key that is not RSA")
    numbers = key.public_key().public_numbers()
    public = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name}
    return public | {"n": _base64url(numbers.n), "e": _base64url(numbers.e)}


def _base64url(number: int) -> str:
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
