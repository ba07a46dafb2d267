"""Routes: one declaration says path, roles, body, query and reply; one wrapper turns it into HTTP.

A handler is given a `Call` and its path parameters, and returns a `View`, a list of views, a plain
dict, or a `Reply` when it has more to say (status, meta, ETag). It translates, nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Chalice, CORSConfig, Request, Response

from chalicelib.kit import calls, clock, gates, ids, replies
from chalicelib.kit.auth import ROLES, Role
from chalicelib.kit.calls import Call as Call  # noqa: PLC0414 - what a routes module needs, in one import
from chalicelib.kit.calls import Route
from chalicelib.kit.calls import check_match as check_match  # noqa: PLC0414 - same
from chalicelib.kit.calls import fresh as fresh  # noqa: PLC0414 - same
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.index import Index
from chalicelib.kit.log import described, logger
from chalicelib.kit.models import QueryModel, RequestModel
from chalicelib.kit.replies import Bare as Bare  # noqa: PLC0414 - same
from chalicelib.kit.replies import Reply as Reply  # noqa: PLC0414 - same
from chalicelib.kit.replies import created as created  # noqa: PLC0414 - same
from chalicelib.kit.replies import tagged as tagged  # noqa: PLC0414 - same
from chalicelib.kit.settings import settings

ANYONE: frozenset[Role] = frozenset(ROLES)  # type: ignore[arg-type]  # get_args loses the literal
PUBLIC: frozenset[Role] = frozenset()
ROUTES = Index()
_ASKED = ["Idempotency-Key", "If-Match", "If-None-Match", "X-Act-As", "X-Request-Id"]
_TOLD = ["ETag", "Idempotency-Replayed", "Location", "RateLimit-Limit", "RateLimit-Policy", "RateLimit-Remaining"]
_TOLD += ["RateLimit-Reset", "Retry-After", "X-Request-Id"]


class Api:
    """A slice's routes; every one names its roles (`PUBLIC` for none) where it is declared.

    `view` is the type of `data` (`list[V]`, or several with `|`), `meta` that of `meta` (with `| None` when it may be
    missing); without a view the reply is bare. One thing carries an ETag unless it is not `tagged`; lists have none.
    Every GET with a view takes `fields`: only these names of the view are sent.
    A `costly` route reads for many doctors or patients at once, and is limited more narrowly; `media`, `refuses`,
    `leads_to` and `example` are described in `Route`.
    """

    def __init__(self, module: str) -> None:
        self._module = module

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
        view: Any = None,
        meta: Any = None,
        status: int = 200,
        tagged: bool = True,
        **described: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            summary = (handler.__doc__ or "").strip().split("\n")[0]
            where = (self._module, handler.__name__)
            route = Route(method, path, roles, body, query, view, status, summary, *where, meta, tagged, **described)
            ROUTES.declare(route, handler)
            return handler

        return declare


def serve(app: Chalice, addresses: Mapping[str, Iterable[str]]) -> None:
    """Let an app answer at every address (`GET PUT /api/rooms/{id}`) of each module, which is loaded when asked for."""
    ROUTES.expect(addresses)
    cors = _cors()
    for module, lines in addresses.items():
        for line in lines:
            *methods, path = line.split()
            for method in methods:
                # content_types is empty because we judge the body ourselves and answer in our own envelope
                app.route(path, methods=[method], content_types=[], cors=cors)(_answering(app, method, path, module))


def _answering(app: Chalice, method: str, path: str, module: str) -> Callable[..., Response]:
    def answer(**parameters: str) -> Response:
        request: Request = app.current_request  # type: ignore[assignment]  # while a route answers, there is one
        return _answer(method, path, module, request, parameters)

    return answer


def _cors() -> CORSConfig:
    return CORSConfig(
        allow_origin=settings().cors_origin,
        allow_headers=[*_ASKED, "Authorization", "Content-Type"],
        expose_headers=_TOLD,
        max_age=600,
    )


def _answer(method: str, path: str, module: str, request: Request, parameters: dict[str, str]) -> Response:
    request_id = str(request.context.get("requestId") or ids.new("req"))
    headers = {"X-Request-Id": request_id}
    try:
        route, handler = ROUTES.behind(method, path, module)
        claims, now = calls.prove(route, request.headers), clock.now()
        gates.admit(route, claims, now, headers)
        call = calls.read(route, request, request_id, parameters, claims=claims, now=now)
        said = handler(call, **parameters)
        gates.witness(route, call, said)
        return replies.success(said, status=route.status, headers=headers, fields=call.fields)
    except replies.NotModified as same:
        return replies.unchanged(same, headers)
    except CareSlotError as refusal:
        if refusal.status >= 500:  # noqa: PLR2004 - the HTTP class
            logger.warning("request refused", extra={"code": refusal.code, "request_id": request_id})
        return replies.failure(refusal, headers, _accepted(request))
    except Exception as bug:  # noqa: BLE001 - the last wall: a bug becomes a 500 with a request id and a log line
        what = {"request_id": request_id, "route": f"{method} {path}", **described(bug)}
        logger.error("request failed", extra=what)
        return replies.failure(CareSlotError.sample(), headers, _accepted(request))


def _accepted(request: Request) -> str:
    return str(request.headers.get("accept", ""))
