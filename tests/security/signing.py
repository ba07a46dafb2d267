"""An issuer under test's control: it publishes keys over HTTP, counts who reads them, and signs whatever it is told.

Tokens are put together by hand, because a library refuses to make most of what an attacker sends.
"""

import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

Json = Any
_FIRST = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # for all, since making one takes long


class Publisher:
    """One issuer: `keys` by name sign, those in `published` are served; `reads` counts; `answers` False cuts it off."""

    def __init__(self) -> None:
        self.keys = {"first": _FIRST}
        self.published = ["first"]
        self.reads = 0
        self.answers = True
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.reads += 1
                body = json.dumps(publisher.document).encode()
                self.send_response(200 if publisher.answers else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    @property
    def document(self) -> Json:
        """The set of keys, as RFC 7517 prints it."""
        return {"keys": [jwk(self.keys[name].public_key(), name) for name in self.published]}

    def add(self, name: str) -> None:
        """Make another key and publish it."""
        self.keys[name] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.published.append(name)

    def token(self, *, key: str = "first", header: Json = None, without: str = "", **claims: Any) -> str:
        """A token of an administrator, correctly signed; `claims` and `header` override, `without` leaves one out."""
        head = {"alg": "RS256", "typ": "JWT", "kid": key} | (header or {})
        said = {name: value for name, value in (usual() | claims).items() if name != without}
        return rs256(head, said, self.keys[key])

    def close(self) -> None:
        """Serve no longer."""
        self._server.shutdown()
        self._server.server_close()


def usual() -> dict[str, Any]:
    """What a valid token of an administrator says."""
    now = int(time.time())
    return {"iss": "careslot-test", "aud": "careslot", "sub": "a", "role": "admin", "iat": now, "exp": now + 3600}


def jwk(key: rsa.RSAPublicKey, name: str) -> Json:
    """The public key as a JSON Web Key."""
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key)) | {"kid": name, "use": "sig", "alg": "RS256"}


def rs256(header: Json, claims: Json, key: rsa.RSAPrivateKey) -> str:
    """Signed as our issuer signs, with any key."""
    unsigned = _unsigned(header, claims)
    return f"{unsigned}.{_base64url(key.sign(unsigned.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def hs256(header: Json, claims: Json, secret: bytes) -> str:
    """Signed with a shared secret."""
    unsigned = _unsigned(header, claims)
    return f"{unsigned}.{_base64url(hmac.digest(secret, unsigned.encode(), hashlib.sha256))}"


def unsigned(header: Json, claims: Json) -> str:
    """Not signed at all."""
    return f"{_unsigned(header, claims)}."


def _unsigned(header: Json, claims: Json) -> str:
    return f"{_json(header)}.{_json(claims)}"


def _json(value: Json) -> str:
    return _base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
