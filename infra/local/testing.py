"""Starts engines for `scripts/run` and for tests: `with start_engine() as engine:` gives a fresh AWS in under two
seconds.
"""

from __future__ import annotations

import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 120  # replaying a large journal takes its time; an empty engine needs about one second


class EngineFailed(Exception):
    """The engine did not start; the message is its own sentence."""


class Engine:
    """A running engine; it ends with the process that started it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of this engine."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106  # nosec B106 # the engine accepts any
            **options,
        )

    def stop(self, patience: float = 60) -> int:
        """Stop it cleanly, its journal compacted; answers its exit code. One that hangs is killed: nothing is lost."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.returncode

    def kill(self) -> None:
        """End it as a power cut would, with SIGKILL."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_engine(data: Path | None = None, port: int = 0) -> Engine:
    """Start an engine and wait until it answers; without `data` it keeps nothing. EngineFailed carries a sentence."""
    command = [sys.executable, "-m", "infra.local.engine", "--port", str(port)]
    if data is not None:
        command += ["--data", str(data.absolute())]
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process; a pipe that nobody reads would block
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
    )
    line = _first_line(process)
    if not line.startswith("ready "):
        process.kill()
        process.wait()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
        raise EngineFailed(said[-1] if said else "the engine ended without a word")
    return Engine(process, int(line.split()[1]))


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None  # noqa: S101  # nosec B101 # it was asked for
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        readable, _, _ = select.select([process.stdout], [], [], 0.5)
        if readable:
            return process.stdout.readline().decode()
    return ""
