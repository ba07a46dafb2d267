"""API Gateway's part in front of WebSockets: `$connect`, `$disconnect` and every message become events of the app's
`on_socket`, and `/@connections/` takes what is to be sent to one client.

As in AWS, a connection is open once `$connect` has said so, a refusal of `$connect` is the reply to the handshake, a
connection ends after ten silent minutes or two hours, and a message for one that is gone is answered 410. What AWS
does not say is chosen here: a client that does not take its messages is dropped with 1013 once its outbox is full, so
that it delays nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from infra.local.gateway import Answer, lambda_context
from infra.local.server import MESSAGE_BYTES, Receive, Scope, Send, reply

PATH = "/ws/queue"
MOUNT = "/@connections/"
_OUTBOX = 256  # frames that wait for one client
_IDLE_SECONDS = 600.0
_LONGEST_SECONDS = 7200.0
_THREADS = 16
_NORMAL, _GOING_AWAY, _TRY_LATER = 1000, 1001, 1013
_REFUSED = 300

logger = logging.getLogger("careslot.sockets")
Handler = Callable[[dict[str, Any], Any], Any]


class _Connection:
    """One open socket, and what waits to be sent on it."""

    def __init__(self) -> None:
        self.id = secrets.token_urlsafe(12) + "="  # as API Gateway's end
        self.outbox: asyncio.Queue[str] = asyncio.Queue(_OUTBOX)
        self.since = time.time()
        self.closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def close(self, code: int) -> None:
        """Have it closed; the first reason counts."""
        if not self.closing.done():
            self.closing.set_result(code)


class Sockets:
    """The open sockets of one instance. `sockets` and `connections` are endpoints on the event loop."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._open: dict[str, _Connection] = {}
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="socket")

    def stop(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def sockets(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket from its handshake to its end."""
        await receive()
        connection = _Connection()
        refusal = await self._asked_in(scope, connection)
        if refusal is not None:
            await _refuse(send, refusal)
            return
        self._open[connection.id] = connection  # before the client knows, so that its first message can be answered
        await send({"type": "websocket.accept"})
        try:
            await self._serve(connection, receive, send)
        finally:
            self._open.pop(connection.id, None)
            await self._tell(_event(scope, connection, "$disconnect"))

    async def connections(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`POST` hands a message to a connection, `DELETE` ends it; 410 for one that is gone."""
        connection = self._open.get(unquote(scope["path"].removeprefix(MOUNT)))
        body = await _whole(receive)
        if connection is None or connection.closing.done():
            await reply(send, Answer(HTTPStatus.GONE, [("x-amzn-ErrorType", "GoneException")], b"{}"))
            return
        if len(body) > MESSAGE_BYTES:
            await reply(send, Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [], b"{}"))
            return
        if scope["method"] == "DELETE":
            connection.close(_NORMAL)
        else:
            try:
                connection.outbox.put_nowait(body.decode())
            except asyncio.QueueFull:
                logger.warning("slow client dropped", extra={"connection": connection.id})
                connection.close(_TRY_LATER)
        await reply(send, Answer(HTTPStatus.OK, [], b""))

    async def _asked_in(self, scope: Scope, connection: _Connection) -> Answer | None:
        """The refusal of the handshake, or None when the client may come in."""
        if scope["path"] != PATH:
            return Answer(HTTPStatus.NOT_FOUND, [], b"")
        said = await self._tell(_event(scope, connection, "$connect"))
        if said["statusCode"] < _REFUSED:
            return None
        return Answer(said["statusCode"], list(said.get("headers", {}).items()), said.get("body", "").encode())

    async def _serve(self, connection: _Connection, receive: Receive, send: Send) -> None:
        """Pass messages both ways until one side ends it."""
        listening = asyncio.create_task(self._listen(connection, receive))
        speaking = asyncio.create_task(_speak(connection, send))
        ended = asyncio.create_task(asyncio.wait_for(asyncio.shield(connection.closing), _LONGEST_SECONDS))
        tasks = {listening, speaking, ended}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            code = connection.closing.result() if connection.closing.done() else _GOING_AWAY
            connection.close(code)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(Exception):  # the client may have gone first
            await send({"type": "websocket.close", "code": code})

    async def _listen(self, connection: _Connection, receive: Receive) -> None:
        """Hand on what the client says, one message after the other; ends when it leaves or falls silent."""
        while True:
            message = await asyncio.wait_for(receive(), _IDLE_SECONDS)
            if message["type"] == "websocket.disconnect":
                return
            body = message.get("text")
            if body is None:
                body = (message.get("bytes") or b"").decode("utf-8", "replace")
            await self._tell(_event({}, connection, "$default", body))

    async def _tell(self, event: dict[str, Any]) -> dict[str, Any]:
        """Run the handler in a thread; what it raises is a 500, as in AWS."""
        run = asyncio.get_running_loop().run_in_executor
        try:
            said = await run(self._pool, self._handler, event, lambda_context("on_socket"))
        except Exception:
            logger.exception("socket handler failed", extra={"route": event["requestContext"]["routeKey"]})
            return {"statusCode": HTTPStatus.INTERNAL_SERVER_ERROR.value}
        return said if isinstance(said, dict) else {"statusCode": HTTPStatus.OK.value}


async def _speak(connection: _Connection, send: Send) -> None:
    """Send what waits in the outbox; `send` waits while the client does not read."""
    while True:
        await send({"type": "websocket.send", "text": await connection.outbox.get()})


async def _refuse(send: Send, refusal: Answer) -> None:
    headers = [(name.encode(), str(value).encode()) for name, value in refusal.headers]
    await send({"type": "websocket.http.response.start", "status": int(refusal.status), "headers": headers})
    await send({"type": "websocket.http.response.body", "body": refusal.body})


async def _whole(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"") if len(body) <= MESSAGE_BYTES else b""
        if not message.get("more_body"):
            return body


def _event(scope: Scope | Mapping[str, Any], connection: _Connection, route: str, body: str = "") -> dict[str, Any]:
    """The event that API Gateway sends."""
    kind = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}.get(route, "MESSAGE")
    context = {
        "routeKey": route,
        "eventType": kind,
        "connectionId": connection.id,
        "connectedAt": int(connection.since * 1000),
        "requestId": secrets.token_urlsafe(12) + "=",
        "requestTimeEpoch": int(time.time() * 1000),
        "stage": "local",
        "messageDirection": "IN",
    }
    event: dict[str, Any] = {"requestContext": context, "isBase64Encoded": False}
    if kind == "MESSAGE":
        return event | {"body": body}
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    query = {name: values[-1] for name, values in asked.items()}
    return event | {"headers": headers, "queryStringParameters": query or None}
