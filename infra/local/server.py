"""One port for everything: the app over HTTP, the issuer's keys, sockets and `/@connections/`.

A raw ASGI application on uvicorn. The app's views are ordinary blocking Python, so they run in a pool of threads;
what must stay quick while the pool is busy (the keys that every request verifies its token with) is answered on the
event loop, as a *mount*.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import uvicorn

from infra.local.gateway import Answer, Gateway

BODY_LIMIT = 6 * 1024 * 1024
MESSAGE_BYTES = 128 * 1024  # of one message on a socket, as in AWS
_THREADS = 32
_START_SECONDS = 10
_STOP_SECONDS = 5

logger = logging.getLogger("careslot.server")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]


class Site:
    """The ASGI application.

    `mounts` are endpoints on the event loop, by the beginning of their path (`/.well-known/`,
    `/@connections/`). `sockets` serves WebSockets; without it they are refused.
    """

    def __init__(
        self, gateway: Gateway, *, mounts: Mapping[str, Endpoint] | None = None, sockets: Endpoint | None = None
    ) -> None:
        self._gateway = gateway
        self._mounts = dict(mounts or {})
        self._sockets = sockets
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of uvicorn."""
        if scope["type"] == "websocket":
            if self._sockets:
                await self._sockets(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1000})
            return
        for beginning, endpoint in self._mounts.items():
            if scope["path"].startswith(beginning):
                await endpoint(scope, receive, send)
                return
        await self._application(scope, receive, send)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        if len(body) > BODY_LIMIT:
            accept = next((value for name, value in headers if name == "accept"), "")
            await reply(send, self._gateway.refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, accept))
            return
        answer = await asyncio.get_running_loop().run_in_executor(
            self._pool,
            self._gateway.answer,
            scope["method"],
            scope["raw_path"],
            scope["query_string"],
            headers,
            body,
        )
        await reply(send, answer)


async def reply(send: Send, answer: Answer) -> None:
    """Send one complete answer."""
    headers = [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in answer.headers
    ]
    if answer.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _body(receive: Receive) -> bytes | None:
    """The whole body, cut behind the limit but read to its end, so that the client hears a refusal; None if it left."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        if size <= BODY_LIMIT:
            chunks.append(chunk[: BODY_LIMIT + 1 - size])
        size += len(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


class Server:
    """A site, served from a thread of its own on sockets that are already bound."""

    def __init__(self, site: Site, *listeners: socket.socket) -> None:
        self._site = site
        self._listeners = listeners
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                site,
                http="httptools",
                ws="websockets-sansio",
                ws_max_size=MESSAGE_BYTES,
                ws_per_message_deflate=False,  # as API Gateway, which compresses none
                lifespan="off",
                log_config=None,
                access_log=False,  # query strings may carry tokens
                server_header=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._thread = threading.Thread(
            target=self._uvicorn.run, kwargs={"sockets": list(listeners)}, name="http-server", daemon=True
        )

    def start(self) -> None:
        """Begin to serve; returns when requests are answered."""
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._uvicorn.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the HTTP server did not start; its log says why")
            time.sleep(0.005)

    def stop(self) -> None:
        """Answer what is running, then stop."""
        self._uvicorn.should_exit = True
        self._thread.join(_STOP_SECONDS + 1)
        self._site.close()
        for listener in self._listeners:
            listener.close()
