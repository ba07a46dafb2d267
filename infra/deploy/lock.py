"""`scripts/lock`: every package that is deployed or packages, in one exact version, with the digests of its wheels.

Two lists beside requirements.txt: `requirements.lock` is what the archives hold, `requirements-packager.lock` is
Chalice's command with what it needs. Both serve every Python and machine that CareSlot is packaged for, so that an
archive for this machine and one for Lambda are of the same versions. Each list names the digest of the pins that it
was made from, so a pin that changed without a new lock is noticed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.deploy import runtimes
from infra.deploy.runtimes import Interpreter, wheel_platforms

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements.txt"
DEPLOYED, PACKAGER = ROOT / "requirements.lock", ROOT / "requirements-packager.lock"
LOCKS = (DEPLOYED, PACKAGER)
# Chalice puts its runtime (two files) into the archive itself; the rest of it is a command with many packages.
_PACKAGER = "chalice"
_MADE_FROM = "# made from the pins sha256:"


class NoLock(Exception):
    """A lock could not be made or read; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Locked:
    """One package: its normalised name, its version, the digests of its wheels, and the Pythons that need it."""

    name: str
    version: str
    digests: tuple[str, ...]
    pythons: tuple[str, ...] = runtimes.SUPPORTED

    def lines(self) -> str:
        """The package as pip reads it."""
        some = " or ".join(f'python_version == "{version}"' for version in sorted(self.pythons))
        marker = "" if set(self.pythons) == set(runtimes.SUPPORTED) else f" ; {some}"
        return " \\\n    ".join([f"{self.name}=={self.version}{marker}", *(f"--hash=sha256:{d}" for d in self.digests)])


def main() -> int:
    """0 when the lists are in step with requirements.txt, or were brought there."""
    parser = argparse.ArgumentParser(
        prog="scripts/lock", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a list is not in step")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            said = [line for lock in LOCKS for line in complaints(lock)]
            print("\n".join(said) or "the locks are in step with requirements.txt")
            return 1 if said else 0
        refresh()
    except (NoLock, runtimes.NoInterpreter) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def pins(lock: Path, requirements: Path = REQUIREMENTS) -> list[str]:
    """The pins of requirements.txt that a lock is made from."""
    lines = [line.strip() for line in requirements.read_text(encoding="utf-8").splitlines()]
    every = [line for line in lines if line and not line.startswith("#")]
    return [pin for pin in every if pin.startswith(f"{_PACKAGER}==") == (lock.name == PACKAGER.name)]


def read(lock: Path) -> list[Locked]:
    """What a lock holds, in order of names; the Pythons are not read back."""
    if not lock.exists():
        raise NoLock(f"{lock.name} is missing: make it with scripts/lock")
    joined = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        package = re.match(r"([a-z0-9-]+)==(\S+)", line)
        if package:
            found.append(Locked(package[1], package[2], tuple(re.findall(r"--hash=sha256:(\w+)", line))))
    return found


def complaints(lock: Path, requirements: Path = REQUIREMENTS) -> list[str]:
    """Why a lock must be made again; nothing when it is in step."""
    wanted = pins(lock, requirements)
    there = {package.name: package for package in read(lock)}
    versions = {name: package.version for name, package in there.items()}
    asked = {normalised(name): version for name, _, version in (pin.partition("==") for pin in wanted)}
    said = [
        f"{lock.name} has {name} {versions.get(name, 'nowhere')}, and requirements.txt {version}: run scripts/lock"
        for name, version in asked.items()
        if versions.get(name) != version
    ]
    said += [f"{lock.name} has no digest of {name}" for name, package in there.items() if not package.digests]
    if not said and f"{_MADE_FROM}{_digest(wanted)}\n" not in lock.read_text(encoding="utf-8"):
        said = [f"{lock.name} was made from other pins than those of requirements.txt: run scripts/lock"]
    return said


def refresh() -> None:
    """Resolve the pins for every supported Python and machine, and write both lists."""
    interpreters = [runtimes.newest([version]) for version in runtimes.SUPPORTED]
    settled: dict[str, str] = {}
    for lock in LOCKS:
        # What is deployed was settled first, and the packager keeps to it.
        packages = _resolved(pins(lock), interpreters, settled)
        settled |= {package.name: package.version for package in packages}
        write(lock, pins(lock), packages)
        print(f"{lock.name}: {len(packages)} packages, {sum(len(package.digests) for package in packages)} wheels")


def write(lock: Path, wanted: list[str], packages: Iterable[Locked]) -> None:
    """Write a lock."""
    head = f"# Made by scripts/lock, which says what this is.\n{_MADE_FROM}{_digest(wanted)}\n"
    lock.write_text(head + "".join(f"{package.lines()}\n" for package in sorted(packages)), encoding="utf-8")


def normalised(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _resolved(wanted: list[str], interpreters: list[Interpreter], settled: Mapping[str, str]) -> list[Locked]:
    digests: dict[tuple[str, str], set[str]] = defaultdict(set)
    pythons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for interpreter in interpreters:
        for architecture in runtimes.ARCHITECTURES:
            for name, version, digest in _asked(wanted, interpreter, architecture, settled):
                digests[name, version].add(digest)
                pythons[name, version].add(interpreter.version)
    return [
        Locked(name, version, tuple(sorted(found)), tuple(sorted(pythons[name, version])))
        for (name, version), found in digests.items()
    ]


def _asked(
    wanted: list[str], interpreter: Interpreter, architecture: str, settled: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """What pip would install, with the digests of the wheels; nothing is installed."""
    with tempfile.TemporaryDirectory() as folder:
        report, limits = Path(folder) / "report.json", Path(folder) / "constraints.txt"
        limits.write_text("".join(f"{name}=={version}\n" for name, version in settled.items()), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "--python", interpreter.path, "install", "--quiet", "--no-input"]
        command += ["--dry-run", "--ignore-installed", "--only-binary", ":all:", "--target", f"{folder}/nothing"]
        command += ["--report", str(report), "-c", str(limits), "--disable-pip-version-check"]
        for tag in wheel_platforms(architecture, interpreter.version):
            command += ["--platform", tag]
        done = subprocess.run([*command, *wanted], check=False, capture_output=True, text=True)  # noqa: S603 - pip
        if done.returncode:
            raise NoLock((done.stderr.strip().splitlines() or ["pip ended without a word"])[-1])
        chosen = json.loads(report.read_text(encoding="utf-8"))["install"]
    return [
        (
            normalised(one["metadata"]["name"]),
            one["metadata"]["version"],
            one["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for one in chosen
    ]


def _digest(wanted: list[str]) -> str:
    return hashlib.sha256("\n".join(wanted).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
