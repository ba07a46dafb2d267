"""Calls: one request, proven and validated, or the refusal that says what is wrong with it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from chalice.app import Request

from chalicelib.kit import formbody, ids, jsonbody, selection
from chalicelib.kit.auth import Claims, Role, acting_as, verify
from chalicelib.kit.errors import CareSlotError, Forbidden, Invalid, Malformed, NotFound, Unauthenticated
from chalicelib.kit.models import QueryModel, RequestModel
from chalicelib.kit.replies import NotModified
from chalicelib.kit.stamps import Stamp

MOST_OF_KEY = 128
KEY_SHAPE = rf"[\x21-\x7e]{{1,{MOST_OF_KEY}}}"
MOST_TAGS = 400  # characters of If-Match and If-None-Match
_KEY = re.compile(KEY_SHAPE)

B = TypeVar("B")
Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route, as the index, the role test and the API description read it.

    `operation` is its name for client generators and in the audit trail: that of the function that handles it.
    `refuses` are the refusals of its own, beside those that follow from what it takes. `leads_to` names operations that
    a reply makes possible, with the fields of their bodies as runtime expressions over the reply. `example` has values
    of the path's variables that no view shows.
    """

    method: str
    path: str
    roles: frozenset[Role]
    body: type[RequestModel] | None
    query: type[QueryModel] | None
    view: Any
    status: int
    summary: str
    module: str
    operation: str
    meta: Any = None
    tagged: bool = True
    costly: bool = False
    media: tuple[str, ...] = ("application/json",)
    refuses: tuple[type[CareSlotError], ...] = ()
    leads_to: dict[str, dict[str, str]] = field(default_factory=dict)
    example: dict[str, str] = field(default_factory=dict)

    @property
    def slice(self) -> str:
        """The folder that the route belongs to."""
        return self.module.split(".")[1]

    @property
    def selects(self) -> bool:
        """Whether the caller may ask for some fields only, with `fields`."""
        return self.method == "GET" and self.view is not None


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """One request, proven and validated: who calls, what they sent, and when.

    `fields` are those that the caller wants to be shown, all when there are none. `form` is a form as it was posted,
    over which its sender has made a signature, which is one of the `headers`; their names are in small letters.
    """

    claims: Claims
    body: B
    query: Q
    now: datetime
    request_id: str
    idempotency_key: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    fingerprint: str = ""
    fields: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def stamp(self) -> Stamp:
        """The request's mark on what it writes."""
        return Stamp(
            by=self.claims,
            now=self.now,
            request_id=self.request_id,
            key=self.idempotency_key,
            fingerprint=self.fingerprint,
            if_match=self.if_match,
        )


def fresh(call: Call[Any, Any], etag: str, headers: dict[str, str] | None = None) -> str:
    """The quoted ETag for the reply; ends the request with 304, and these headers, when the caller already has it.

    A copy of some fields is not one of others, or of all.
    """
    quoted = f'"{selection.tag(etag, call.fields)}"'
    if call.if_none_match and quoted in [tag.strip().removeprefix("W/") for tag in call.if_none_match.split(",")]:
        raise NotModified(quoted, headers)
    return quoted


def check_match(call: Call[Any, Any], version: int) -> None:
    """412 when the caller's If-Match names another version than the present one."""
    call.stamp.check_match(version)


def prove(route: Route, headers: Any) -> Claims:
    """Who calls, when the route is open to their role; Unauthenticated or Forbidden otherwise."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if not route.roles:
        return Claims(sub="anonymous", role="display")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send a bearer token.", headers={"WWW-Authenticate": "Bearer"})
    claims = verify(token.strip())
    whom = headers.get("x-act-as")
    if whom is not None:
        claims = acting_as(claims, whom)
    if claims.role not in route.roles:
        raise Forbidden(f"A {claims.role} may not do this.")
    return claims


def read(
    route: Route, request: Request, request_id: str, parameters: dict[str, str], *, claims: Claims, now: datetime
) -> Call[Any, Any]:
    """The request of a proven caller as its handler is given it."""
    for name, value in parameters.items():
        if not ids.SHAPE.fullmatch(value):
            raise NotFound("resource", name)
    raw = request.raw_body or b""
    raw = raw.encode() if isinstance(raw, str) else raw
    body, form = None, {}
    if route.body is not None and route.body.media == formbody.MEDIA_TYPE:
        form = formbody.parse(raw, request.headers.get("content-type", ""))
        body = route.body.read(dict(form))
    elif route.body is not None:
        body = route.body.read(jsonbody.parse(raw, request.headers.get("content-type", "")))
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise Malformed("Idempotency-Key must be 1 to 128 printable characters.", details=[_about("Idempotency-Key")])
    for name in ("If-Match", "If-None-Match"):
        if len(request.headers.get(name.lower(), "")) > MOST_TAGS:
            raise Malformed(f"{name} must be at most {MOST_TAGS} characters.", details=[_about(name)])
    query, fields = _asked(route, request.query_params)
    return Call(
        claims=claims,
        body=body,
        query=query,
        now=now,
        request_id=request_id,
        idempotency_key=key,
        if_match=request.headers.get("if-match"),
        if_none_match=request.headers.get("if-none-match"),
        fingerprint=_fingerprint(key, claims.sub, route, parameters, raw) if key else "",
        fields=fields,
        form=form,
        headers=dict(request.headers),
    )


def _fingerprint(key: str, sub: str, route: Route, parameters: dict[str, str], raw: bytes) -> str:
    """What a repeat of the request has in common with its first self, and nothing else has."""
    said = json.dumps([key, sub, route.method, route.path, parameters], sort_keys=True).encode()
    return hashlib.sha256(said + raw).hexdigest()[:32]


def _asked(route: Route, parameters: Any) -> tuple[QueryModel, tuple[str, ...]]:
    """The query, and the fields that the reply is to have."""
    selecting = route.selects and selection.PARAMETER in (parameters or {})
    fields = selection.read(parameters.getlist(selection.PARAMETER), route.view) if selecting else ()
    single = _single(parameters, besides=selection.PARAMETER if selecting else None)
    return (route.query or QueryModel).read(single), fields


def _single(parameters: Any, *, besides: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in parameters or {}:
        if name == besides:
            continue
        values: Sequence[str] = parameters.getlist(name)
        if len(values) > 1:
            raise Invalid(
                f"{name}: given {len(values)} times", details=[{"field": name, "problem": "given more than once"}]
            )
        found[name] = values[0]
    return found


def _about(field_name: str) -> dict[str, str]:
    return {"field": field_name, "problem": "malformed"}
