"""What need not be deployed: data of AWS services that nobody calls, stubs, tests, tools; and what is precompiled."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from infra.deploy.runtimes import Interpreter

# botocore carries every service of AWS; a client of another one fails with UnknownServiceError. The verification compares
# this list with the clients that the code asks for.
SERVICES = frozenset(
    {
        "dynamodb",  # the table
        "sqs",  # dead letters
        "secretsmanager",  # the settings' one secret
        "sts",  # botocore's own, where credentials are assumed
    }
)
# Folders that nothing imports: names of places, carriers and zones by telephone number; scripts; metadata of wheels.
_UNUSED = ("phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata", "bin", "share")
_TESTS = ("test", "tests")
_NOT_RUN = (".pyi", ".pyc", ".pyx", ".pxd", ".c", ".h", ".mo.bak")


def prune(archive: Path) -> None:
    """Take out of an unpacked archive what is never read there."""
    for folder in (archive / "botocore" / "data", archive / "boto3" / "data"):
        for service in _folders(folder):
            if service.name not in SERVICES:
                shutil.rmtree(service)
    for name in _UNUSED:
        shutil.rmtree(archive / name, ignore_errors=True)
    for folder in [*archive.rglob("*")]:
        if folder.is_dir() and (folder.name == "__pycache__" or folder.name in _TESTS):
            shutil.rmtree(folder)
    for path in archive.rglob("*"):
        if path.is_file() and path.suffix in _NOT_RUN:
            path.unlink()


def precompile(archive: Path, interpreter: Interpreter) -> None:
    """Byte code beside every module, trusted without a look at times: an archive's are all 1980."""
    command = [interpreter.path, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    # The path that tracebacks show is the one on Lambda, and the bytes do not depend on who packaged.
    subprocess.run([*command, "-s", str(archive), "-p", "/var/task", str(archive)], check=True)  # noqa: S603 - an interpreter


def _folders(parent: Path) -> Iterator[Path]:
    return (path for path in [*parent.iterdir()] if path.is_dir()) if parent.is_dir() else iter(())
