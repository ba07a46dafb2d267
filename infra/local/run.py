"""Starts everything on one laptop: the embedded engine, its resources, the HTTP server, the pollers and a demo
clinic.

Prints its steps and, when requests are answered, `ready http://127.0.0.1:<port>` on a line of its own. SIGINT and
SIGTERM stop it cleanly; SIGKILL loses nothing that was acknowledged.
"""

from __future__ import annotations

import argparse
import errno
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from infra.deploy import migrations
from infra.deploy.migrate import migrate
from infra.local import demo, office, resources, serving
from infra.local.folder import DataFolder, FolderRefused
from infra.local.issuer import Issuer, NoIssuer
from infra.local.outside import Outside
from infra.local.serving import HOST, Ground
from infra.local.testing import EngineFailed, start_engine
from infra.simulators.advancedmd.server import Running

ROOT = Path(__file__).parents[2]
_LOG_BYTES = 10_000_000


class PortRefused(Exception):
    """The port cannot be listened on."""


class EngineLost(Exception):
    """The engine ended while it was needed."""


def main(argv: list[str] | None = None) -> int:
    """Run until told to stop: 0; 1 and one sentence on standard error when that cannot be."""
    arguments = _arguments(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both signals end the wait below in the same way
    _isolate()
    say = _progress()
    try:
        with ExitStack() as stack:
            try:
                _start(arguments, stack, say)
            finally:
                _ignore_signals()
    except KeyboardInterrupt:
        say("stopped")
        return 0
    except (
        PortRefused,
        FolderRefused,
        EngineFailed,
        NoIssuer,
        EngineLost,
        demo.DemoRefused,
        migrations.MigrationRefused,
    ) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/run", description="Run CareSlot on this machine, everything included."
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="HTTP port on 127.0.0.1; 0 picks a free one (default 8000)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT / ".local",
        help="folder that keeps all data (default .local in the repository)",
    )
    parser.add_argument(
        "--ws-port",
        type=int,
        default=os.environ.get("WS_PORT") or "0",
        help="a second port, for clients that look for sockets there (default WS_PORT of the environment, or none)",
    )
    parser.add_argument("--no-demo", action="store_true", help="do not fill a new data folder with the demo clinic")
    parser.add_argument("--reset", action="store_true", help="empty the data folder first")
    arguments = parser.parse_args(argv)
    for name, port in (("--port", arguments.port), ("--ws-port", arguments.ws_port)):
        if not 0 <= port <= 65535:  # noqa: PLR2004 - what a port is
            parser.error(f"{name} must be between 0 and 65535")
    return arguments


def _start(arguments: argparse.Namespace, stack: ExitStack, say: Callable[[str], None]) -> None:
    listener = _listen(arguments.port)
    stack.callback(listener.close)
    others = [_listen(arguments.ws_port)] if arguments.ws_port else []
    folder = DataFolder.open(arguments.data, reset=arguments.reset)
    stack.callback(folder.close)
    issuer = Issuer.load_or_create(folder.path)
    say("starting the embedded engine")
    engine = start_engine(folder.engine)
    stack.callback(engine.stop)
    outside = Outside(folder.path, f"http://{HOST}:{listener.getsockname()[1]}")
    outside.served.start()
    stack.callback(outside.served.stop)
    ground = Ground(listener, others, folder, issuer, engine, outside, _office(folder, stack))

    say("creating tables, feeds and buckets")
    os.environ |= serving.environment(ground) | outside.environment | resources.create_all(engine.client)
    migrate(engine.client("dynamodb"), os.environ["TABLE_NAME"], migrations.load(), say=say)
    (folder.path / "engine.txt").write_text(f"{engine.url} {os.environ['TABLE_NAME']}\n", encoding="utf-8")
    say("loading the application")
    _log_to(folder.log)
    serving.serve(ground, stack)
    serving.seed(ground, say, declined=arguments.no_demo)
    if folder.demo == "done":
        serving.keep_waiting(ground, stack)
    print(f"ready {ground.base_url}", file=sys.__stdout__, flush=True)
    while engine.process.poll() is None:
        time.sleep(0.25)
    raise EngineLost(f"the embedded engine ended unexpectedly, with code {engine.process.returncode}")


def _office(folder: DataFolder, stack: ExitStack) -> Running:
    """AdvancedMD's stand-in."""
    try:
        running = office.start(folder.path)
    except ValueError as damage:
        raise FolderRefused(f"AdvancedMD's offices are damaged: {damage}") from damage
    stack.callback(running.stop)
    return running


def _isolate() -> None:
    """Nothing of this machine's AWS account or proxy may reach the instance, nor the other way round."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ |= nowhere | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=2048)
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            raise PortRefused(f"port {port} is in use by another program: choose another with --port") from None
        raise PortRefused(f"port {port} cannot be used: {failure.strerror}") from None


def _log_to(path: Path) -> None:
    """Log requests to a file, so that the start-up lines stay readable; Powertools and Chalice use standard output."""
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    sys.stdout = path.open("a", encoding="utf-8", buffering=1)
    form = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format=form)


def _progress() -> Callable[[str], None]:
    terminal, started = sys.stdout, time.monotonic()

    def say(step: str) -> None:
        print(f"  {time.monotonic() - started:5.1f} s  {step}", file=terminal, flush=True)

    return say


def _ignore_signals() -> None:
    """A second Ctrl-C must not break into the clean stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
