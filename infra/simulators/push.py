"""A push service and the browsers that have subscribed at it: it checks signatures, and they open what is sent to them.

What a browser is shown goes into the outbox as the browser read it. A message with a topic takes the place of the one
with the same topic that is there; `shown` is what each device shows in the end.
"""

from __future__ import annotations

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.simulators.outbox import Outbox
from infra.simulators.serving import Reply, Request

_MOST, _A_DAY = 4_096, 86_400
_SIGNED = re.compile(r"vapid t=([\w.-]+), k=([\w-]+)")


@dataclass(frozen=True, slots=True)
class Browser:
    """A subscription with what only the browser knows of it."""

    private: Any
    auth: bytes

    def keys(self) -> dict[str, str]:
        """What the browser tells the application."""
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _encoded(point), "auth": _encoded(self.auth)}


@dataclass
class PushService:
    """One service, which accepts messages signed with the key that its subscriptions were made for."""

    outbox: Outbox
    url: str = ""
    public_key: str = ""
    browsers: dict[str, Browser] = field(default_factory=dict)
    shown: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def subscribe(self) -> dict[str, Any]:
        """A browser subscribes; what it would hand to the application."""
        name = secrets.token_urlsafe(12)
        self.browsers[name] = Browser(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16))
        return {"endpoint": f"{self.url}/send/{name}", "expirationTime": None, "keys": self.browsers[name].keys()}

    def answer(self, request: Request) -> Reply:
        """What the service says."""
        name = request.path.removeprefix("/send/")
        browser = self.browsers.get(name)
        if browser is None:
            return Reply(410)
        if request.method != "POST" or not self._is_signed(request.headers.get("authorization", "")):
            return Reply(403)
        if not request.headers.get("ttl", "").isdigit():
            return Reply(400)
        if len(request.body) > _MOST:
            return Reply(413)
        read = http_ece.decrypt(
            request.body, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm"
        )
        said = json.loads(read)
        topic = request.headers.get("topic") or secrets.token_hex(8)
        self.shown[name, topic] = {**said, "ttl": int(request.headers["ttl"]), "urgency": request.headers["urgency"]}
        self.outbox.add("push", to=name, subject=said["title"], body=said["body"], reminder=said["id"], topic=topic)
        return Reply(201, b"", {"Location": f"{self.url}/message/{secrets.token_urlsafe(9)}"})

    def refusal(self, kind: str) -> Reply:
        """How the service says that there is too much, or that it does not work."""
        return Reply(429, b"", {"Retry-After": "60"}) if kind == "busy" else Reply(500)

    def _is_signed(self, said: str) -> bool:
        """Whether the holder of the key signed this for this very service, and not for long."""
        found = _SIGNED.fullmatch(said)
        if found is None or found[2] != self.public_key:
            return False
        raw = urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        try:
            # The clock is the outbox's: an instance's may have been moved.
            claims = jwt.decode(found[1], key, algorithms=["ES256"], options={"verify_exp": False, "verify_aud": False})
        except jwt.InvalidTokenError:
            return False
        now = self.outbox.now().timestamp()
        origin = "/".join(self.url.split("/")[:3])
        lasts = now < claims["exp"] <= now + _A_DAY
        return bool(claims["aud"] == origin and lasts and claims["sub"].startswith("mailto:"))


def key_pair() -> tuple[str, str]:
    """A new key for an application: the private half as it is set, and the public half as browsers are told it."""
    made = ec.generate_private_key(ec.SECP256R1())
    number = made.private_numbers().private_value.to_bytes(32, "big")
    return _encoded(number), _encoded(made.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
