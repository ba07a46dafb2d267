"""Who is calling: one verifier of JWTs for HTTP routes and, later, for sockets."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from chalicelib.kit.errors import Unauthenticated, Unavailable
from chalicelib.kit.settings import settings

if TYPE_CHECKING:
    from jwt import PyJWKClient

Role = Literal["patient", "doctor", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display"]
ROLES: frozenset[str] = frozenset(get_args(Role))
STAFF: frozenset[Role] = frozenset({"receptionist", "billing", "hospital_admin", "admin"})
EVERYWHERE = "*"
_KEYS_LIVE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Claims:
    """The proven caller; `hospital_id` and `location_id` bound what staff and devices reach, `*` is the network."""

    sub: str
    role: Role
    hospital_id: str | None = None
    location_id: str | None = None

    @property
    def actor(self) -> str:
        """`role:sub`, as stamps and audit entries carry it."""
        return f"{self.role}:{self.sub}"

    @property
    def is_staff(self) -> bool:
        """Whether the caller works at a desk (not a doctor, patient or device)."""
        return self.role in STAFF


SYSTEM = Claims(sub="system", role="admin")


def verify(token: str) -> Claims:
    """The claims of a valid RS256 token of our issuer and audience, or `Unauthenticated`."""
    import jwt  # noqa: PLC0415 - 47 ms of cold start that health checks and event handlers do not need

    config = settings()
    try:
        key = _keys(config.auth_jwks_url).get_signing_key_from_jwt(token)
        payload = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            issuer=config.auth_issuer,
            audience=config.auth_audience,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise Unavailable("The sign-in service does not answer; try again shortly.") from error
    except (jwt.PyJWTError, ValueError) as error:  # ValueError: a header that is not UTF-8
        raise Unauthenticated("The token is not valid.", headers={"WWW-Authenticate": "Bearer"}) from error
    return _claims(payload)


@cache
def _keys(url: str) -> "PyJWKClient":
    from jwt import PyJWKClient  # noqa: PLC0415 - see verify

    return PyJWKClient(url, cache_jwk_set=True, lifespan=_KEYS_LIVE_SECONDS, timeout=5)


def _claims(payload: dict[str, Any]) -> Claims:
    groups = payload.get("cognito:groups") or []
    role = payload.get("role") or next((group for group in groups if group in ROLES), None)
    sub = payload["sub"]
    if role not in ROLES or not isinstance(sub, str) or not sub:
        raise Unauthenticated("The token names no role of this system.", headers={"WWW-Authenticate": "Bearer"})
    return Claims(
        sub=sub,
        role=role,
        hospital_id=payload.get("hospital_id") or payload.get("custom:hospital_id"),
        location_id=payload.get("location_id") or payload.get("custom:location_id"),
    )
