"""Routes: one declaration says path, roles, body, query and reply; one wrapper turns it into HTTP.

A handler is given a `Call` and its path parameters, and returns a `View`, a list of views, a plain
dict, or a `Reply` when it has more to say (status, meta, ETag). It translates, nothing else.
"""

from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, CORSConfig, Request, Response

from chalicelib.kit import calls, clock, gates, ids, replies
from chalicelib.kit.auth import ROLES, Role
from chalicelib.kit.calls import Call as Call  # noqa: PLC0414 - what a routes module needs, in one import
from chalicelib.kit.calls import Route
from chalicelib.kit.calls import check_match as check_match  # noqa: PLC0414 - same
from chalicelib.kit.calls import fresh as fresh  # noqa: PLC0414 - same
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.log import described, logger
from chalicelib.kit.models import QueryModel, RequestModel
from chalicelib.kit.replies import Bare as Bare  # noqa: PLC0414 - same
from chalicelib.kit.replies import Reply as Reply  # noqa: PLC0414 - same
from chalicelib.kit.replies import created as created  # noqa: PLC0414 - same
from chalicelib.kit.replies import tagged as tagged  # noqa: PLC0414 - same
from chalicelib.kit.settings import settings

ANYONE: frozenset[Role] = frozenset(ROLES)  # type: ignore[arg-type]  # get_args loses the literal
PUBLIC: frozenset[Role] = frozenset()
ROUTES: list[Route] = []


class Api(Blueprint):
    """A slice's routes; every one names its roles (`PUBLIC` for none) where it is declared.

    `view` is the type of `data` (`list[V]`, or several with `|`), `meta` that of `meta` (with `| None` when it may be
    missing); without a view the reply is bare. One thing carries an ETag unless it is not `tagged`; lists have none.
    """

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
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            summary = (handler.__doc__ or "").strip().split("\n")[0]
            where = (handler.__module__, handler.__name__)
            route = Route(method, path, roles, body, query, view, status, summary, *where, meta, tagged)
            ROUTES.append(route)

            def answer(**parameters: str) -> Response:
                return _answer(route, handler, self.current_request, parameters)

            answer.__name__ = handler.__name__
            # content_types is empty because we judge the body ourselves and answer in our own envelope
            self.route(path, methods=[method], content_types=[], cors=_cors())(answer)
            return handler

        return declare


def _cors() -> CORSConfig:
    return CORSConfig(
        allow_origin=settings().cors_origin,
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-Id"],
        expose_headers=["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"],
        max_age=600,
    )


def _answer(route: Route, handler: Callable[..., Any], request: Request, parameters: dict[str, str]) -> Response:
    request_id = str(request.context.get("requestId") or ids.new("req"))
    headers = {"X-Request-Id": request_id}
    try:
        claims, now = calls.prove(route, request.headers), clock.now()
        gates.admit(route, claims, now, headers)
        call = calls.read(route, request, request_id, parameters, claims=claims, now=now)
        said = handler(call, **parameters)
        gates.witness(route, call, said)
        return replies.success(said, status=route.status, headers=headers)
    except replies.NotModified as same:
        return replies.unchanged(same.etag, headers)
    except CareSlotError as refusal:
        if refusal.status >= 500:  # noqa: PLR2004 - the HTTP class
            logger.warning("request refused", extra={"code": refusal.code, "request_id": request_id})
        return replies.failure(refusal, headers)
    except Exception as bug:  # noqa: BLE001 - the last wall: a bug becomes a 500 with a request id and a log line
        what = {"request_id": request_id, "route": f"{route.method} {route.path}", **described(bug)}
        logger.error("request failed", extra=what)
        return replies.failure(CareSlotError("Something went wrong on our side; quote the request id."), headers)
