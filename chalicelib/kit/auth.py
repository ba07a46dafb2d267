"""Who is calling: one verifier of JWTs for HTTP routes and, later, for sockets."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from chalicelib.kit.errors import Forbidden, Malformed, Unauthenticated, Unavailable
from chalicelib.kit.settings import settings

if TYPE_CHECKING:
    from jwt import PyJWKClient

Role = Literal["patient", "doctor", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display"]
ROLES: frozenset[str] = frozenset(get_args(Role))
_PEOPLE = ("patient", "doctor")
STAFF: frozenset[Role] = frozenset({"receptionist", "billing", "hospital_admin", "admin"})
EVERYWHERE = "*"
_KEYS_LIVE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Claims:
    """The proven caller; `hospital_id` and `location_id` bound what staff and devices reach, `*` is the network.

    `session` is the sign-in that the token belongs to and `since` its time in epoch seconds; `behind` is the
    administrator who acts as this caller.
    """

    sub: str
    role: Role
    hospital_id: str | None = None
    location_id: str | None = None
    session: str = ""
    since: int = 0
    behind: str | None = None

    @property
    def principal(self) -> str:
        """`role:sub` of whoever signed in."""
        return self.behind or f"{self.role}:{self.sub}"

    @property
    def actor(self) -> str:
        """Who did it, as stamps and audit entries carry it: `role:sub`, or `admin:a as patient:p`."""
        return f"{self.behind} as {self.role}:{self.sub}" if self.behind else self.principal

    @property
    def is_staff(self) -> bool:
        """Whether the caller works at a desk (not a doctor, patient or device)."""
        return self.role in STAFF


SYSTEM = Claims(sub="system", role="admin")
_PERSON = re.compile(r"(patient|doctor):([A-Za-z0-9][A-Za-z0-9_.:-]{0,63})")


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


def acting_as(administrator: Claims, whom: str) -> Claims:
    """An administrator in the place of `patient:<id>` or `doctor:<id>`: may do what they may, under both names."""
    if administrator.role != "admin":
        raise Forbidden("Only an administrator may act as someone else.", code="may_not_act_as")
    person = _PERSON.fullmatch(whom)
    if person is None:
        details = [{"field": "X-Act-As", "problem": "must be patient:<id> or doctor:<id>"}]
        raise Malformed("X-Act-As names whom to act as: patient:<id> or doctor:<id>.", details=details)
    role: Role = "patient" if person[1] == "patient" else "doctor"
    return replace(
        administrator, role=role, sub=person[2], hospital_id=None, location_id=None, behind=administrator.principal
    )


@cache
def _keys(url: str) -> "PyJWKClient":
    from jwt import PyJWKClient  # noqa: PLC0415 - see verify

    return PyJWKClient(url, cache_jwk_set=True, lifespan=_KEYS_LIVE_SECONDS, timeout=5)


def _claims(payload: dict[str, Any]) -> Claims:
    groups = payload.get("cognito:groups") or []
    role = payload.get("role") or next((group for group in groups if group in ROLES), None)
    # A user pool names its users itself; which doctor or patient one is, stands in an attribute that operators set.
    sub = payload.get("custom:person_id") if groups and role in _PEOPLE else payload["sub"]
    if role not in ROLES or not isinstance(sub, str) or not sub:
        raise Unauthenticated("The token names nobody of this system.", headers={"WWW-Authenticate": "Bearer"})
    return Claims(
        sub=sub,
        role=role,
        hospital_id=payload.get("hospital_id") or payload.get("custom:hospital_id"),
        location_id=payload.get("location_id") or payload.get("custom:location_id"),
        session=str(payload.get("origin_jti") or payload.get("jti") or ""),
        since=int(payload.get("auth_time") or payload["iat"]),
    )
