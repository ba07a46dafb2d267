"""Makes the repository's virtual environment and keeps it in step with the pinned requirements. Standard library only.

Quick when nothing changed. Safe when two scripts prepare at once: the second waits, then finds the work done.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
# What these bring along that is deployed too has the deployed version, so that what is tested is what is deployed.
LOCKS = ("requirements.lock", "requirements-packager.lock")
_MARK = VENV / "prepared.txt"
_CONSTRAINTS = VENV / "constraints.txt"


def main() -> int:
    """0 when the environment is ready; 1 and a sentence on standard error when it cannot be made."""
    if _is_ready():
        return 0
    with (ROOT / REQUIREMENTS[0]).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_ready():
            return 0
        return _make()


def _make() -> int:
    wanted = _wanted()
    if not _works():
        _say("making the virtual environment .venv")
        made = subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "venv", "--clear", str(VENV)], check=False, capture_output=True, text=True
        )
        if made.returncode:
            return _refuse(
                "Python cannot make a virtual environment (on Debian and Ubuntu: install python3-venv)", made
            )
    _say("installing the pinned packages (the first time this takes a minute or two)")
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    for name in REQUIREMENTS:
        command += ["-r", str(ROOT / name)]
    _CONSTRAINTS.write_text("\n".join(_locked()) + "\n", encoding="utf-8")
    installed = _run_with_progress([*command, "-c", str(_CONSTRAINTS)])
    if installed.returncode:
        return _refuse("the packages could not be installed", installed)
    _MARK.write_text(wanted, encoding="utf-8")
    return 0


def _run_with_progress(command: list[str]) -> subprocess.CompletedProcess[str]:
    said: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603 - pip
        assert pip.stdout is not None  # noqa: S101  # nosec B101 # it was asked for
        for line in pip.stdout:
            said.append(line)
            if line.startswith(("Collecting ", "Installing ")):
                _say("  " + line.split(" (")[0].strip()[:100])
    return subprocess.CompletedProcess(command, pip.returncode, "".join(said), "")


def _is_ready() -> bool:
    return _MARK.exists() and _MARK.read_text(encoding="utf-8") == _wanted()


def _works() -> bool:
    """The environment is there and was made for this place (it does not survive being moved or copied)."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return False
    asked = [str(python), "-c", "import sys; print(sys.prefix, sys.version_info >= (3, 11))"]
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603 - our own environment
    pip = VENV / "bin" / "pip"
    at_home = pip.exists() and str(VENV) in pip.read_text(encoding="utf-8", errors="replace")
    return at_home and answer.stdout.strip() == f"{VENV} True"


def _wanted() -> str:
    digest = hashlib.sha256(str(VENV).encode())
    for name in REQUIREMENTS:
        digest.update((ROOT / name).read_bytes())
    digest.update("\n".join(_locked()).encode())
    return digest.hexdigest()


def _locked() -> list[str]:
    """The locked versions without their digests, which pip does not take as constraints; pip's own is left alone."""
    lines = [line for name in LOCKS for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    versions = [line.partition(" ")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))]
    return [version for version in versions if not version.startswith(("pip==", "setuptools==", "wheel=="))]


def _refuse(sentence: str, done: subprocess.CompletedProcess[str]) -> int:
    reason = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-3:]
    print("\n".join([sentence + ":", *reason]), file=sys.stderr)
    return 1


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
