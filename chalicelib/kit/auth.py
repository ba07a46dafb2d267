"""Who is calling: one verifier of tokens and API keys for HTTP routes and sockets."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

from chalicelib.kit.errors import Forbidden, Malformed, Unauthenticated, Unavailable
from chalicelib.kit.keyset import KeySet, Unreachable
from chalicelib.kit.late import KEY_HOLDERS, VISIT_HOLDERS
from chalicelib.kit.settings import settings

if TYPE_CHECKING:
    from jwt import PyJWK

Role = Literal["patient", "doctor", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display"]
ROLES: frozenset[str] = frozenset(get_args(Role))
_PEOPLE = ("patient", "doctor")
STAFF: frozenset[Role] = frozenset({"receptionist", "billing", "hospital_admin", "admin"})
EVERYWHERE = "*"
KEY_MARK = "careslot_"  # what every API key begins with: it tells keys from tokens, and scanners of leaked secrets
VISIT_MARK = "visit_"  # what the secret of a telehealth link begins with
_ROLES_IN_ORDER = get_args(Role)  # a tuple, since whatever a token says can be looked for in it
_LONGEST = 8 * 1024  # characters; Cognito's tokens have about one thousand
_WAIT_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Claims:
    """The proven caller; `hospital_id` and `location_id` bound what staff and devices reach, `*` is the network.

    `session` is the sign-in that the token belongs to and `since` its time in epoch seconds, `until` the token's or
    key's end; `behind` is the administrator who acts as this caller. An API key may be bounded to some `operations`;
    None means all of the role's. `visit` is the one room that a telehealth link opens; its holder has nothing else.
    """

    sub: str
    role: Role
    hospital_id: str | None = None
    location_id: str | None = None
    session: str = ""
    since: int = 0
    behind: str | None = None
    operations: frozenset[str] | None = None
    until: int = 0
    visit: str | None = None

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


class SessionEnded(Unauthenticated):
    """The caller has signed out, or was signed out."""

    code = "session_ended"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This session has ended; sign in again.", headers={"WWW-Authenticate": "Bearer"})


class MayNotActAs(Forbidden):
    """Only administrators act in the place of others."""

    code = "may_not_act_as"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("Only an administrator may act as someone else.")


class KeyOutOfScope(Forbidden):
    """The API key was not made for this operation."""

    code = "key_out_of_scope"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This API key was not made for that; an administrator can make another.")


SYSTEM = Claims(sub="system", role="admin")
_PERSON = re.compile(r"(patient|doctor):([A-Za-z0-9][A-Za-z0-9_.:-]{0,63})")


def verify(said: str) -> Claims:
    """The claims of who sends a valid token of our issuer, an API key, or a telehealth link; or `Unauthenticated`."""
    for mark, seam in ((KEY_MARK, KEY_HOLDERS), (VISIT_MARK, VISIT_HOLDERS)):
        holders = seam.functions() if said.startswith(mark) and len(said) <= _LONGEST else []
        if holders:
            claims: Claims = holders[0](said)
            return claims
    return _of_token(said)


def _of_token(token: str) -> Claims:
    """The claims of a valid RS256 token of our issuer and audience.

    Only the token's `kid` is believed before the signature is proven, and only as the name of a published key: keys
    and addresses of keys inside a token (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
    """
    import jwt  # noqa: PLC0415 - 47 ms of cold start that health checks and event handlers do not need

    config = settings()
    try:
        if len(token) > _LONGEST:
            raise jwt.DecodeError("too long")
        payload = jwt.decode(
            token,
            _key(jwt.get_unverified_header(token).get("kid") or ""),
            algorithms=["RS256"],
            issuer=config.auth_issuer,
            audience=config.auth_audience,
            options={"require": ["exp", "iat", "iss", "aud", "sub"], "strict_aud": True},
        )
    except Unreachable as silent:
        raise Unavailable("The sign-in service does not answer; try again shortly.") from silent
    except (jwt.PyJWTError, ValueError) as error:  # ValueError: a header that is not UTF-8
        raise refusal("The token is not valid.") from error
    return _claims(payload)


def acting_as(administrator: Claims, whom: str) -> Claims:
    """An administrator in the place of `patient:<id>` or `doctor:<id>`: may do what they may, under both names."""
    if administrator.role != "admin":
        raise MayNotActAs
    person = _PERSON.fullmatch(whom)
    if person is None:
        details = [{"field": "X-Act-As", "problem": "must be patient:<id> or doctor:<id>"}]
        raise Malformed("X-Act-As names whom to act as: patient:<id> or doctor:<id>.", details=details)
    role: Role = "patient" if person[1] == "patient" else "doctor"
    return replace(
        administrator, role=role, sub=person[2], hospital_id=None, location_id=None, behind=administrator.principal
    )


def _key(name: str) -> "PyJWK":
    from jwt import InvalidKeyError  # noqa: PLC0415 - see verify

    key = _keys(settings().auth_jwks_url).find(name)
    if key is None:
        raise InvalidKeyError("not published")
    return key


@cache
def _keys(url: str) -> "KeySet[PyJWK]":
    from jwt import PyJWKClient, PyJWTError  # noqa: PLC0415 - see verify

    client = PyJWKClient(url, cache_jwk_set=False, timeout=_WAIT_SECONDS)

    def read() -> "dict[str, PyJWK]":
        try:
            return {key.key_id: key for key in client.get_signing_keys() if key.key_id}
        except (PyJWTError, ValueError, OSError) as failure:  # ValueError: no JSON; OSError: cut off within the reply
            raise Unreachable from failure

    return KeySet(read)


def _claims(payload: dict[str, Any]) -> Claims:
    role: Any = payload.get("role")
    groups = payload.get("cognito:groups")
    if role in (None, ""):
        role = next((group for group in groups if group in _ROLES_IN_ORDER), None) if isinstance(groups, list) else None
    # A user pool names its users itself; which doctor or patient one is, stands in an attribute that operators set.
    sub = payload.get("custom:person_id") if groups and role in _PEOPLE else payload["sub"]
    if role not in _ROLES_IN_ORDER or not isinstance(sub, str) or not sub:
        raise refusal("The token names nobody of this system.")
    return Claims(
        sub=sub,
        role=role,
        hospital_id=_bound(payload, "hospital_id"),
        location_id=_bound(payload, "location_id"),
        session=str(payload.get("origin_jti") or payload.get("jti") or ""),
        since=_since(payload),
        until=int(payload["exp"]),
    )


def _since(payload: dict[str, Any]) -> int:
    """When the caller signed in; a refreshed token keeps the time of its sign-in."""
    since = payload.get("auth_time", payload["iat"])
    if not isinstance(since, int | float):
        raise refusal("The token is not valid.")
    return int(since)


def _bound(payload: dict[str, Any], name: str) -> str | None:
    """What bounds the caller, as the local issuer or as Cognito calls it; a bound of another kind is no bound."""
    said = [payload[spelling] for spelling in (name, f"custom:{name}") if payload.get(spelling) is not None]
    if not all(isinstance(value, str) for value in said):
        raise refusal("The token is not valid.")
    return next(filter(None, said), None)


def refusal(message: str) -> Unauthenticated:
    """Nobody whom we know, in these words."""
    return Unauthenticated(message, headers={"WWW-Authenticate": "Bearer"})
