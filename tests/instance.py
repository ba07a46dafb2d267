"""A whole instance in a process of its own: what `scripts/run` starts, with the demo clinic only where asked for."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from infra.local import rights
from infra.local.issuer import Issuer

ROOT = Path(__file__).parents[1]


class Instance:
    """One running instance; `lines` is what it printed until it was ready."""

    def __init__(self, data: Path, *options: str, module: str = "infra.local.run", demo: bool = False) -> None:
        clinic = [] if demo else ["--no-demo"]
        command = [sys.executable, "-m", module, "--port", "0", *clinic, "--data", str(data), *options]
        self.data = data
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
        )
        assert self.process.stdout is not None
        self.lines: list[str] = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("ready "):
                break
        assert self.lines, self.process.communicate()[1]
        assert self.lines[-1].startswith("ready "), self.process.communicate()[1]
        self.base_url = self.lines[-1].removeprefix("ready ")

    def token(self, role: str, sub: str = "", *, hospital: str | None = "*", location: str | None = None) -> str:
        """A token that the instance accepts."""
        return Issuer.load(self.data).mint(role, sub or f"test-{role}", hospital, location, 3600)

    def kill(self) -> None:
        """End all of it at one moment with SIGKILL, the engine too, as when the machine's power goes."""
        with contextlib.suppress(ProcessLookupError):  # all of it has ended already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=30)
        self._check_rights()

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop it; its exit code. The engine notices and ends by itself."""
        self.process.send_signal(by)
        self.process.communicate(timeout=30)
        self._check_rights()
        return self.process.returncode

    def _check_rights(self) -> None:
        """No function of it has asked for what its deployed policy does not allow."""
        log = self.data / "careslot.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        assert [line for line in lines if rights.REFUSED in line] == []
