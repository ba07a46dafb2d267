"""Which Python and which machine the functions run on: Lambda's runtime is the interpreter that packages."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

SUPPORTED = ("3.13", "3.12", "3.11")  # newest first; what Lambda offers and Chalice packages for
_GLIBC = {"3.11": 26, "3.12": 34, "3.13": 34}  # Amazon Linux 2 up to 3.11, Amazon Linux 2023 from 3.12
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}


class NoInterpreter(Exception):
    """No Python that Lambda offers is on this machine, or the machine cannot try what it packages."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine, by its path and as Lambda calls it (`3.13`)."""

    path: str
    version: str


def newest(wanted: Iterable[str] = SUPPORTED) -> Interpreter:
    """The first of these versions whose interpreter is on the PATH and starts."""
    if platform.system() != "Linux":
        raise NoInterpreter("packages are for Linux and are tried before they are deployed, so they are built on Linux")
    for version in wanted:
        path = shutil.which(f"python{version}")
        found = _asked(path) if path else None
        if found and found.version == version:
            return found
    raise NoInterpreter(f"none of these is on the PATH: {', '.join(f'python{version}' for version in wanted)}")


def current() -> Interpreter:
    """The interpreter that runs this, which is also the embedded engine's."""
    return Interpreter(sys.executable, f"{sys.version_info[0]}.{sys.version_info[1]}")


def _asked(path: str) -> Interpreter | None:
    """The interpreter behind a name: a shim may stand there, and for a version that is not switched on."""
    asked = [path, "-c", "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')"]
    said = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.split("\n")  # noqa: S603 - an interpreter
    return Interpreter(said[0], said[1]) if len(said) > 1 else None


def host_architecture() -> str:
    """This machine, as Lambda calls it."""
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


def wheel_platforms(architecture: str, version: str) -> list[str]:
    """The wheel platforms that run on Lambda: up to the C library of the runtime's Linux, newest first."""
    machine = _MACHINES[architecture]
    modern = [f"manylinux_2_{minor}_{machine}" for minor in range(_GLIBC[version], 16, -1)]
    return [*modern, f"manylinux2014_{machine}"]
