"""The token issuer of one local instance: what Cognito is in AWS.

Its RSA key and its name are made once per data folder. The name does not contain a port, so a token outlives a
restart on another.
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

from infra.local.gateway import Answer
from infra.local.server import Endpoint, Receive, Scope, Send, reply

AUDIENCE = "careslot"
ROLES = ("patient", "doctor", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display")
_FILE = "issuer.json"


class NoIssuer(Exception):
    """The folder holds no issuer, or not a readable one."""


class Issuer:
    """Signs tokens and publishes the key that proves them."""

    def __init__(self, name: str, key_id: str, private_key: str) -> None:
        self.name = name
        self._key_id = key_id
        self._private_key = private_key

    @classmethod
    def load(cls, data: Path) -> Issuer:
        """The issuer of this data folder, or NoIssuer."""
        try:
            stored = json.loads((data / _FILE).read_text(encoding="utf-8"))
            return cls(stored["issuer"], stored["kid"], stored["private_key"])
        except FileNotFoundError:
            raise NoIssuer(f"{data} holds no key to sign with: start scripts/run --data {data} first") from None
        except (ValueError, KeyError, TypeError):
            raise NoIssuer(f"{data / _FILE} is damaged") from None

    @classmethod
    def load_or_create(cls, data: Path) -> Issuer:
        """The issuer of this data folder, made on first use; only the owner may read its key."""
        path = data / _FILE
        if not path.exists():
            stored = {
                "issuer": f"careslot-local:{secrets.token_hex(8)}",
                "kid": secrets.token_hex(8),
                "private_key": _new_private_key(),
            }
            temporary = path.with_suffix(".tmp")
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(stored, file)
            temporary.rename(path)
        return cls.load(data)

    def mint(
        self, role: str, sub: str, hospital: str | None = None, location: str | None = None, ttl: int = 3600
    ) -> str:
        """A signed token that is valid for `ttl` seconds from now."""
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.name, "aud": AUDIENCE, "sub": sub, "role": role}
        claims |= {"iat": now, "exp": now + ttl, "jti": uuid.uuid4().hex}
        if hospital:
            claims["hospital_id"] = hospital
        if location:
            claims["location_id"] = location
        return jwt.encode(claims, self._private_key, algorithm="RS256", headers={"kid": self._key_id})

    @cached_property
    def jwks(self) -> dict[str, Any]:
        """The public key, as RFC 7517 prints it."""
        key = load_pem_private_key(self._private_key.encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise NoIssuer(f"{_FILE} holds a key that is not RSA")
        numbers = key.public_key().public_numbers()
        public = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self._key_id}
        return {"keys": [public | {"n": _base64url(numbers.n), "e": _base64url(numbers.e)}]}

    def endpoint(self, base_url: str) -> Endpoint:
        """Serves `/.well-known/jwks.json` and `/.well-known/openid-configuration`."""
        documents = {
            "/.well-known/jwks.json": self.jwks,
            "/.well-known/openid-configuration": {
                "issuer": self.name,
                "jwks_uri": f"{base_url}/.well-known/jwks.json",
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            },
        }

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - ASGI's signature
            document = documents.get(scope["path"])
            headers = [("Content-Type", "application/json"), ("Access-Control-Allow-Origin", "*")]
            await reply(send, Answer(200 if document else 404, headers, json.dumps(document or {}).encode()))

        return serve


def _new_private_key() -> str:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _base64url(number: int) -> str:
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
