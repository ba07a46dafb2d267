"""API Gateway's part in front of the deployed `app`: routes, Lambda events, CORS preflights and refusals in our
envelope, or as problem details for those who prefer them.

Chalice's own local gateway does the work; what it does differently from AWS is put right here: path parameters are
decoded, events carry a request id and all header values, concurrent requests keep apart, and no reply shows Chalice's
error format.
"""

from __future__ import annotations

import base64
import re
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ForbiddenError,
    LambdaContext,
    LambdaEventConverter,
    LocalChalice,
    LocalGateway,
    LocalGatewayException,
    RouteMatcher,
)

from chalicelib.kit import replies
from infra.local import refusals, rights

Headers = Sequence[tuple[str, str]]

_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")
_MEMORY_MB = 512
_TIMEOUT_MS = 29_000  # API Gateway waits no longer
_ACCOUNT = "000000000000"


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP reply."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Malformed(Exception):
    """The request line cannot be read."""


class Gateway:
    """Answers HTTP requests by the routes of one Chalice app; `answer` may be called from many threads at once."""

    def __init__(self, app: Chalice, *, cors_origin: str = "*") -> None:
        _separate_requests(app)
        self._gateway = _LocalGateway(app)
        self._cors_origin = cors_origin

    def answer(self, method: str, raw_path: bytes, query: bytes, headers: Headers, body: bytes) -> Answer:
        """Run one request through the app; every refusal on the way is an answer too."""
        names = {name.lower(): value for name, value in headers}
        accept = names.get("accept", "")
        try:
            path = _readable(raw_path, query)
            with rights.of(rights.API):
                said = self._gateway.handle_request(method, path, {**names, _ALL_HEADERS: headers}, body or None)
        except Malformed:
            return self.refusal(HTTPStatus.BAD_REQUEST, accept)
        except LocalGatewayException as refused:
            # "Missing Authentication Token" is API Gateway's name for an unknown route
            unknown = refused.CODE == HTTPStatus.FORBIDDEN
            return self.refusal(HTTPStatus.NOT_FOUND if unknown else refused.CODE, accept)
        return self._answer(said, accept)

    def refusal(self, status: int, accept: str, headers: Iterable[tuple[str, str]] = ()) -> Answer:
        """An answer of the gateway's own, in the form that the caller prefers and readable from a browser."""
        refused, request_id = refusals.of(status), str(uuid.uuid4())
        body, form = replies.refused(refused, request_id, accept)
        given = [
            *form.items(),
            ("Access-Control-Allow-Origin", self._cors_origin),
            ("X-Request-Id", request_id),
            *headers,
        ]
        return Answer(refused.status, _protected(given), body.encode())

    def _answer(self, said: dict[str, Any], accept: str) -> Answer:
        status = said["statusCode"]
        body = said.get("body") or ""
        headers = [(name, str(value)) for name, value in said["headers"].items()]
        headers += [
            (name, str(value)) for name, values in said.get("multiValueHeaders", {}).items() for value in values
        ]
        if status >= HTTPStatus.BAD_REQUEST and isinstance(body, str) and body.startswith('{"Code":'):
            return self.refusal(status, accept, [(name, value) for name, value in headers if name.lower() == "allow"])
        if said.get("isBase64Encoded"):
            content = base64.b64decode(body)
        else:
            content = body if isinstance(body, bytes) else body.encode()
        if content and not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json"))
        return Answer(status, _protected(headers), content)


def _protected(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers with those that every reply has; in AWS, CloudFront adds them to what the application did not say."""
    said = {name.lower() for name, _ in headers} | {"content-type"}
    return headers + [(name, value) for name, value in replies.always().items() if name.lower() not in said]


def lambda_context(function: str, timeout_ms: int = _TIMEOUT_MS) -> LambdaContext:
    """The context that Lambda would give to this function."""
    context = LambdaContext(
        function_name=f"careslot-local-{function}", memory_size=_MEMORY_MB, max_runtime_ms=timeout_ms
    )
    context.invoked_function_arn = f"arn:aws:lambda:us-east-1:{_ACCOUNT}:function:{context.function_name}"
    return context


_ALL_HEADERS = ":all"  # no HTTP header can have this name


class _LocalGateway(LocalGateway):
    def __init__(self, app: Chalice) -> None:
        super().__init__(app, Config(chalice_stage="local"))
        self.event_converter = _Events(app)

    def _generate_lambda_context(self) -> LambdaContext:
        return lambda_context("api")


class _Events(LambdaEventConverter):
    """Turns a request into the event of API Gateway's Lambda proxy; ForbiddenError for an unknown route, as in AWS."""

    def __init__(self, app: Chalice) -> None:
        super().__init__(RouteMatcher([]), list(app.api.binary_types))
        self._app = app
        self._binary = frozenset(app.api.binary_types)
        self._routes: dict[int, list[list[str]]] = {}
        # "{" sorts behind all letters and digits: at one level a fixed name wins over a variable
        for route in sorted(app.routes):
            self._routes.setdefault(route.count("/"), []).append(route.split("/"))

    def create_lambda_event(
        self, method: str, path: str, headers: dict[str, Any], body: bytes | None = None
    ) -> dict[str, Any]:
        path, _, query = path.partition("?")
        route, captured = self._match(path)
        if method == "HEAD" and "HEAD" not in self._app.routes[route]:
            method = "GET"
        pairs: Headers = headers.pop(_ALL_HEADERS, list(headers.items()))
        text, encoded = self._body(body, headers.get("content-type", ""))
        parameters = parse_qs(query, keep_blank_values=True) or None
        return {
            "resource": route,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueHeaders": _grouped(pairs),
            "queryStringParameters": {name: values[-1] for name, values in parameters.items()} if parameters else None,
            "multiValueQueryStringParameters": parameters,
            "pathParameters": captured or None,
            "stageVariables": None,
            "requestContext": {
                "accountId": _ACCOUNT,
                "httpMethod": method,
                "identity": {"sourceIp": "127.0.0.1", "userAgent": headers.get("user-agent")},
                "path": path,
                "requestId": str(uuid.uuid4()),
                "requestTimeEpoch": int(time.time() * 1000),
                "resourcePath": route,
                "stage": "local",
            },
            "body": text,
            "isBase64Encoded": encoded,
        }

    def _match(self, path: str) -> tuple[str, dict[str, str]]:
        if path != "/":
            path = path.removesuffix("/")
        parts = path.split("/")
        for route in self._routes.get(len(parts) - 1, []):
            if all(wanted == part or (wanted[:1] == "{" and part) for wanted, part in zip(route, parts, strict=True)):
                captured = {
                    wanted[1:-1]: unquote_to_bytes(part).decode()
                    for wanted, part in zip(route, parts, strict=True)
                    if wanted[:1] == "{"
                }
                return "/".join(route), captured
        raise ForbiddenError({})

    def _body(self, body: bytes | None, content_type: str) -> tuple[str | None, bool]:
        if body is None:
            return None, False
        if content_type not in self._binary:
            try:
                return body.decode(), False
            except UnicodeDecodeError:
                pass  # the application shall judge the very bytes
        return base64.b64encode(body).decode(), True


def _readable(raw_path: bytes, query: bytes) -> str:
    """The request target, still encoded; Malformed when its encoding is wrong or hides bytes that are not UTF-8."""
    try:
        unquote_to_bytes(raw_path).decode()
        parse_qs(query.decode(), keep_blank_values=True, errors="strict")
        target = raw_path.decode("ascii")
    except ValueError as unreadable:  # not UTF-8, or too many parameters
        raise Malformed from unreadable
    if _BAD_ESCAPE.search(raw_path):
        raise Malformed
    return f"{target}?{query.decode()}" if query else target


def _grouped(pairs: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name.lower(), []).append(value)
    return grouped


def _separate_requests(app: Chalice) -> None:
    """Give every thread its own `current_request`: Chalice keeps one per app, as a Lambda serves one at a time."""
    if not isinstance(app, LocalChalice):
        own = {"_THREAD_LOCAL": threading.local()}
        app.__class__ = type("ThreadedChalice", (LocalChalice, type(app)), own)
