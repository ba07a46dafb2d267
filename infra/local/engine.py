"""The embedded AWS: MiniStack in a process of its own, on the loopback only, durable when it is given a folder.

`python -m infra.local.engine --port 4566 --data .local/engine` prints `ready <port>` once it accepts requests. It
stops, cleanly, on SIGTERM or when its standard input ends: so it never outlives the process that started it, however
that one ended.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from infra.local.folder import FolderRefused, hold_engine
from infra.local.wal import BrokenJournal, Journal

HOST = "127.0.0.1"
REGION = "us-east-1"


def main() -> int:
    """Serve until told to stop; 1 and a sentence on standard error when that cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.engine", description="Run the embedded AWS alone.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one (default)")
    parser.add_argument("--data", type=Path, help="folder that keeps the state; without it nothing is kept")
    arguments = parser.parse_args()
    # a terminal sends it to the whole group; the parent decides when to stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        listener = socket.create_server((HOST, arguments.port), backlog=1024)
        _run(listener, arguments.data)
    except (BrokenJournal, FolderRefused, OSError) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    return 0


def _run(listener: socket.socket, data: Path | None) -> None:
    if data:
        data.mkdir(parents=True, exist_ok=True)
    lock = hold_engine(data) if data else None
    _configure(data)
    import ministack.app  # noqa: PLC0415 - it reads the environment when it is imported
    from ministack.services import dynamodb  # noqa: PLC0415 - same

    from infra.local.durable import DurableTables  # noqa: PLC0415 - it imports ministack
    from infra.local.saved import SavedServices  # noqa: PLC0415 - same

    tables = services = None
    if data:
        services = SavedServices(ministack.app, data / "services")
        services.start()
        tables = DurableTables(dynamodb, Journal(data / "tables"))
        tables.start()
    _with_fast_loop(_serve(ministack.app.app, listener))
    if tables and services:
        services.save()
        tables.stop()
    if lock:
        lock.close()


def _configure(data: Path | None) -> None:
    """MiniStack reads its environment when it is imported."""
    os.environ |= {
        "GATEWAY_PORT": "4566",  # only a part of stored names (queues are found by it), so the same in every run
        "MINISTACK_REGION": REGION,
        # Whose signed addresses are honoured: those of the instance, whatever this machine has.
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",  # nosec B105 # an emulator's, on loopback
        "LOG_LEVEL": os.environ.get("ENGINE_LOG_LEVEL", "ERROR"),
        "PERSIST_STATE": "0",  # its own snapshots do not scale; see infra/local/durable.py
        "IOT_MTLS_ENABLED": "0",  # these two would listen on every interface
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",  # nothing here runs in containers, and nobody else's may be touched
    }
    if data:
        os.environ |= {"S3_PERSIST": "1", "S3_DATA_DIR": str(data / "objects")}


async def _serve(app: Any, listener: socket.socket) -> None:
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.keep_alive_max_requests = 2**31  # the default closes a client's connection after 1,000
    config.graceful_timeout = 1
    config.loglevel = "ERROR"
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True, name="parent-watch").start()
    await serve(_announcing(app, listener.getsockname()[1]), config, shutdown_trigger=stop.wait)


def _announcing(app: Any, port: int) -> Callable[..., Awaitable[None]]:
    """The application, which prints `ready <port>` when it has started; earlier requests wait in the socket."""

    async def announced(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                print(f"ready {port}", flush=True)
                os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads the pipe after this line

        await app(scope, receive, sent if scope["type"] == "lifespan" else send)

    return announced


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    loop.call_soon_threadsafe(stop.set)


def _with_fast_loop(work: Any) -> None:
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError:  # not built for this platform
        asyncio.run(work)
        return
    uvloop.run(work)


if __name__ == "__main__":
    sys.exit(main())
