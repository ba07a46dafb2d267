"""What the functions need beside our own code, installed as Lambda will find it, from the lock."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from infra.deploy import lock
from infra.deploy.runtimes import Interpreter, wheel_platforms

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


class InstallFailed(Exception):
    """pip refused; the message is what it said last."""


def libraries(interpreter: Interpreter, architecture: str, wanted: Path = lock.DEPLOYED) -> Path:
    """A folder with the deployed packages for one machine: exactly those of the lock."""
    return _installed(interpreter, f"libraries-{architecture}", wanted, architecture)


def packager(interpreter: Interpreter, architecture: str) -> Path:
    """A folder with Chalice's command and what it needs, for this machine."""
    return _installed(interpreter, "packager", lock.PACKAGER, architecture)


def installed(folder: Path) -> list[str]:
    """Every version in a folder of `libraries`, as `name==version`."""
    metadata = [path.read_text(encoding="utf-8") for path in folder.glob("*.dist-info/METADATA")]
    return sorted(f"{lock.normalised(_field('Name', text))}=={_field('Version', text)}" for text in metadata)


def _field(name: str, metadata: str) -> str:
    found = re.search(rf"^{name}: (.+)$", metadata, re.MULTILINE)
    assert found, f"a package without {name}"  # noqa: S101  # nosec B101 # every package has both
    return found[1].strip()


def _installed(interpreter: Interpreter, name: str, wanted: Path, architecture: str) -> Path:
    """Kept by what was asked for, so that only the first packaging waits for it."""
    lock.read(wanted)
    platforms = wheel_platforms(architecture, interpreter.version)
    key = "\n".join([interpreter.version, name, wanted.read_text(encoding="utf-8"), *platforms])
    asked = hashlib.sha256(key.encode()).hexdigest()[:12]
    target = BUILD / "packages" / f"python{interpreter.version}-{name}-{asked}"
    if target.exists():
        return target
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    # `--python` runs our pip on the chosen interpreter, whose version then decides the environment markers. Digests are
    # required, so pip refuses a wheel with other bytes, and a package that the lock does not have.
    command = [sys.executable, "-m", "pip", "--python", interpreter.path, "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-compile", "--target", str(unfinished), "--only-binary", ":all:"]
    for tag in platforms:
        command += ["--platform", tag]
    command += ["--require-hashes", "-r", str(wanted)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - pip
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise InstallFailed(_reason(done.stderr))
    try:
        unfinished.rename(target)
    except OSError:  # another process was quicker, with the same packages
        shutil.rmtree(unfinished)
    return target


def _reason(said: str) -> str:
    """pip's own error, of all that it said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["pip ended without a word"])[0]
