"""What the functions need beside our own code, installed as Lambda will find it, from one list of exact versions."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from infra.deploy.runtimes import Interpreter, wheel_platforms

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
# Chalice puts its runtime (two files) into the archive itself; the rest of it is a command with many packages.
_PACKAGER = "chalice"


class InstallFailed(Exception):
    """pip refused; the message is what it said last."""


def requirements() -> tuple[list[str], str]:
    """The pins that are deployed, and the packager's own."""
    lines = [line.strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    pins = [line for line in lines if line and not line.startswith("#")]
    (packager,) = [pin for pin in pins if pin.startswith(f"{_PACKAGER}==")]
    return [pin for pin in pins if pin != packager], packager


def libraries(interpreter: Interpreter, architecture: str, lock: list[str] | None = None) -> Path:
    """A folder with the deployed packages for one machine; with a `lock`, exactly those versions and no others."""
    pins, _ = requirements()
    return _installed(
        interpreter, f"libraries-{architecture}", lock or pins, wheel_platforms(architecture, interpreter.version)
    )


def packager(interpreter: Interpreter, architecture: str) -> Path:
    """A folder with Chalice's command and what it needs, for this machine."""
    _, pin = requirements()
    return _installed(interpreter, "packager", [pin], wheel_platforms(architecture, interpreter.version))


def locked(folder: Path) -> list[str]:
    """Every version in a folder of `libraries`: the direct pins and what they brought."""
    metadata = [path.read_text(encoding="utf-8") for path in folder.glob("*.dist-info/METADATA")]
    return sorted(f"{_field('Name', text)}=={_field('Version', text)}" for text in metadata)


def _field(name: str, metadata: str) -> str:
    found = re.search(rf"^{name}: (.+)$", metadata, re.MULTILINE)
    assert found, f"a package without {name}"  # noqa: S101 - every package has both
    return found[1].strip()


def _installed(interpreter: Interpreter, name: str, pins: list[str], platforms: list[str]) -> Path:
    """Kept by what was asked for, so that only the first packaging waits for it."""
    asked = hashlib.sha256("\n".join([interpreter.version, name, *pins, *platforms]).encode()).hexdigest()[:12]
    target = BUILD / "packages" / f"python{interpreter.version}-{name}-{asked}"
    if target.exists():
        return target
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    # `--python` runs our pip on the chosen interpreter, whose version then decides the environment markers.
    command = [sys.executable, "-m", "pip", "--python", interpreter.path, "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-compile", "--target", str(unfinished), "--only-binary", ":all:"]
    for tag in platforms:
        command += ["--platform", tag]
    done = subprocess.run([*command, *pins], check=False, capture_output=True, text=True)  # noqa: S603 - pip
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise InstallFailed((done.stderr.strip().splitlines() or ["pip ended without a word"])[-1])
    try:
        unfinished.rename(target)
    except OSError:  # another process was quicker, with the same packages
        shutil.rmtree(unfinished)
    return target
