"""Which Python and which machine the functions run on: Lambda's runtime is the interpreter that packages."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUPPORTED = ("3.13", "3.12", "3.11")  # newest first; what Lambda offers and Chalice packages for
_GLIBC = {"3.11": 26, "3.12": 34, "3.13": 34}  # Amazon Linux 2 up to 3.11, Amazon Linux 2023 from 3.12
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
ARCHITECTURES = tuple(_MACHINES)


class NoInterpreter(Exception):
    """No Python that Lambda offers is on this machine, or the machine cannot try what it packages."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine, by its path and as Lambda calls it (`3.13`)."""

    path: str
    version: str


def newest(wanted: Iterable[str] = SUPPORTED) -> Interpreter:
    """The first of these whose interpreter is on the PATH, or of pyenv's, and starts: versions, or one's own path."""
    if platform.system() != "Linux":
        raise NoInterpreter("packages are for Linux and are tried before they are deployed, so they are built on Linux")
    tried = list(wanted)
    for version in tried:
        for path in _candidates(version):
            found = _asked(path)
            if found and found.version in SUPPORTED and version in (found.version, path):
                return found
    names = ", ".join(version if "/" in version else f"python{version}" for version in tried)
    raise NoInterpreter(f"none of these starts and is what Lambda offers ({', '.join(SUPPORTED)}): {names}")


def _candidates(version: str) -> Iterator[str]:
    """Where an interpreter may be: a shim on the PATH may stand before the one that works."""
    if "/" in version:
        yield version
        return
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = shutil.which(f"python{version}", path=folder) if folder else None
        if path:
            yield path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from map(str, sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True))


def current() -> Interpreter:
    """The interpreter that runs this, which is also the embedded engine's."""
    return Interpreter(sys.executable, f"{sys.version_info[0]}.{sys.version_info[1]}")


def _asked(path: str) -> Interpreter | None:
    """The interpreter behind a name: a shim may stand there, and for a version that is not switched on."""
    asked = [path, "-c", "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')"]
    try:
        said = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.split("\n")  # noqa: S603 - an interpreter
    except OSError:  # a path that was given and is none
        return None
    return Interpreter(said[0], said[1]) if len(said) > 1 else None


def host_architecture() -> str:
    """This machine, as Lambda calls it."""
    return "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


def wheel_platforms(architecture: str, version: str) -> list[str]:
    """The wheel platforms that run on Lambda: up to the C library of the runtime's Linux, newest first."""
    machine = _MACHINES[architecture]
    modern = [f"manylinux_2_{minor}_{machine}" for minor in range(_GLIBC[version], 16, -1)]
    return [*modern, f"manylinux2014_{machine}"]
