"""Routes: one declaration says path, roles, body, query and reply; one wrapper turns it into HTTP.

A handler is given a `Call` and its path parameters, and returns a `View`, a list of views, a plain
dict, or a `Reply` when it has more to say (status, meta, ETag). It translates, nothing else.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from traceback import extract_tb
from typing import Any, Generic, TypeVar

from chalice.app import Blueprint, CORSConfig, Request, Response

from chalicelib.kit import clock, ids, jsonbody
from chalicelib.kit.auth import ROLES, Claims, Role, verify
from chalicelib.kit.errors import CareSlotError, Invalid, Malformed, NotFound, Unauthenticated
from chalicelib.kit.errors import Forbidden as Forbidden  # noqa: PLC0414 - what every slice raises on a role
from chalicelib.kit.log import logger
from chalicelib.kit.models import QueryModel, RequestModel, View
from chalicelib.kit.settings import settings
from chalicelib.kit.stamps import Stamp

ANYONE: frozenset[Role] = frozenset(ROLES)  # type: ignore[arg-type]  # get_args loses the literal
PUBLIC: frozenset[Role] = frozenset()
_KEY = re.compile(r"[\x21-\x7e]{1,128}")

Headers = dict[str, str | list[str]]
B = TypeVar("B")
Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """One request, proven and validated: who calls, what they sent, and when."""

    claims: Claims
    body: B
    query: Q
    now: datetime
    request_id: str
    idempotency_key: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    fingerprint: str = ""

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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler says when a bare view is not enough."""

    data: Any
    meta: dict[str, Any] | None = None
    status: int | None = None
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class NotModified(Exception):
    """The caller's copy is still right."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route, as the index, the role test and the API description read it."""

    method: str
    path: str
    roles: frozenset[Role]
    body: type[RequestModel] | None
    query: type[QueryModel] | None
    view: type[View] | None
    status: int
    summary: str


ROUTES: list[Route] = []


class Api(Blueprint):
    """A slice's routes; every one names its roles (`PUBLIC` for none) where it is declared."""

    def get(self, path: str, **declaration: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._declare("GET", path, **declaration)

    def post(self, path: str, **declaration: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._declare("POST", path, **declaration)

    def put(self, path: str, **declaration: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._declare("PUT", path, **declaration)

    def delete(self, path: str, **declaration: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._declare("DELETE", path, **declaration)

    def _declare(
        self,
        method: str,
        path: str,
        *,
        roles: frozenset[Role],
        body: type[RequestModel] | None = None,
        query: type[QueryModel] | None = None,
        view: type[View] | None = None,
        status: int = 200,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            route = Route(
                method, path, roles, body, query, view, status, (handler.__doc__ or "").strip().split("\n")[0]
            )
            ROUTES.append(route)

            def answer(**parameters: str) -> Response:
                return _answer(route, handler, self.current_request, parameters)

            answer.__name__ = handler.__name__
            # content_types is empty because we judge the body ourselves and answer in our own envelope
            self.route(path, methods=[method], content_types=[], cors=_cors())(answer)
            return handler

        return declare


def fresh(call: Call[Any, Any], etag: str) -> str:
    """The quoted ETag for the reply; ends the request with 304 when the caller already has it."""
    quoted = f'"{etag}"'
    if call.if_none_match and quoted in [tag.strip().removeprefix("W/") for tag in call.if_none_match.split(",")]:
        raise NotModified(quoted)
    return quoted


def check_match(call: Call[Any, Any], version: int) -> None:
    """412 when the caller's If-Match names another version than the present one."""
    call.stamp.check_match(version)


def tagged(view: View, version: int) -> Reply:
    """What was changed, with the ETag of its new version."""
    return Reply(view, etag=f'"{version}"')


def created(view: View, version: int, *, at: str, replayed: bool) -> Reply:
    """What was made, with its address, its ETag, and whether an earlier request had made it."""
    replay = {"Idempotency-Replayed": "true"} if replayed else {}
    return Reply(view, etag=f'"{version}"', headers={"Location": at, **replay})


def _cors() -> CORSConfig:
    return CORSConfig(
        allow_origin=settings().cors_origin,
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"],
        expose_headers=["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"],
        max_age=600,
    )


def _answer(route: Route, handler: Callable[..., Any], request: Request, parameters: dict[str, str]) -> Response:
    request_id = str(request.context.get("requestId") or ids.new("req"))
    try:
        call = _call(route, request, request_id, parameters)
        for name, value in parameters.items():
            if not ids.SHAPE.fullmatch(value):
                raise NotFound("resource", name)
        said = handler(call, **parameters)
        return _response(route, said, request_id)
    except NotModified as unchanged:
        return Response(body="", status_code=304, headers={"ETag": unchanged.etag, **_headers(request_id)})
    except CareSlotError as refusal:
        if refusal.status >= 500:  # noqa: PLR2004 - the HTTP class
            logger.warning("request refused", extra={"code": refusal.code, "request_id": request_id})
        return failure(refusal, request_id)
    except Exception as bug:  # noqa: BLE001 - the last wall: a bug becomes a 500 with a request id and a log line
        # Where and what, but not the exception's text: it may quote what a patient sent.
        where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in extract_tb(bug.__traceback__)]
        said = {"request_id": request_id, "route": f"{route.method} {route.path}", "bug": type(bug).__name__}
        logger.error("request failed", extra={**said, "where": where})
        return failure(CareSlotError("Something went wrong on our side; quote the request id."), request_id)


def _call(route: Route, request: Request, request_id: str, parameters: dict[str, str]) -> Call[Any, Any]:
    claims = _claims(route, request.headers)
    raw = request.raw_body or b""
    raw = raw.encode() if isinstance(raw, str) else raw
    body = None
    if route.body is not None:
        body = route.body.read(jsonbody.parse(raw, request.headers.get("content-type", "")))
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise Malformed("Idempotency-Key must be 1 to 128 printable characters.", details=[_about("Idempotency-Key")])
    return Call(
        claims=claims,
        body=body,
        query=(route.query or QueryModel).read(_single(request.query_params)),
        now=clock.now(),
        request_id=request_id,
        idempotency_key=key,
        if_match=request.headers.get("if-match"),
        if_none_match=request.headers.get("if-none-match"),
        fingerprint=_fingerprint(key, claims.sub, route, parameters, raw) if key else "",
    )


def _fingerprint(key: str, sub: str, route: Route, parameters: dict[str, str], raw: bytes) -> str:
    """What a repeat of the request has in common with its first self, and nothing else has."""
    said = json.dumps([key, sub, route.method, route.path, parameters], sort_keys=True).encode()
    return hashlib.sha256(said + raw).hexdigest()[:32]


def _claims(route: Route, headers: Any) -> Claims:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if not route.roles:
        return Claims(sub="anonymous", role="display")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send a bearer token.", headers={"WWW-Authenticate": "Bearer"})
    claims = verify(token.strip())
    if claims.role not in route.roles:
        raise Forbidden(f"A {claims.role} may not do this.")
    return claims


def _single(parameters: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in parameters or {}:
        values: Sequence[str] = parameters.getlist(name)
        if len(values) > 1:
            raise Invalid(
                f"{name}: given {len(values)} times", details=[{"field": name, "problem": "given more than once"}]
            )
        found[name] = values[0]
    return found


def _about(field_name: str) -> dict[str, str]:
    return {"field": field_name, "problem": "malformed"}


def _response(route: Route, said: Any, request_id: str) -> Response:
    reply = said if isinstance(said, Reply) else Reply(said)
    envelope: dict[str, Any] = {"success": True, "data": _plain(reply.data)}
    if reply.meta is not None:
        envelope["meta"] = _plain(reply.meta)
    headers: Headers = {**_headers(request_id), **reply.headers}
    if reply.etag:
        headers["ETag"] = reply.etag
    return Response(body=_dump(envelope), status_code=reply.status or route.status, headers=headers)


def failure(refusal: CareSlotError, request_id: str) -> Response:
    """A refusal as the wire shows it."""
    error = {
        "code": refusal.code,
        "message": refusal.message,
        "details": _plain(refusal.details),
        "request_id": request_id,
    }
    headers: Headers = {**_headers(request_id), **refusal.headers}
    return Response(body=_dump({"success": False, "error": error}), status_code=refusal.status, headers=headers)


def _headers(request_id: str) -> Headers:
    return {
        "Content-Type": "application/json",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "X-Request-Id": request_id,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, View):
        return value.wire()
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return value


def _dump(envelope: dict[str, Any]) -> str:
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
