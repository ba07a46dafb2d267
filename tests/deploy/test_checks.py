"""The security checks are on, and what they are told to pass over carries its reason."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bandit(path: Path) -> subprocess.CompletedProcess[str]:
    """Bandit with the repository's configuration, as scripts/check runs it."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--configfile", str(ROOT / "pyproject.toml"), str(path)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_every_line_that_bandit_passes_over_names_the_finding_and_a_reason() -> None:
    sources = [
        ROOT / "app.py",
        *(path for name in ("chalicelib", "infra", "scripts") for path in (ROOT / name).rglob("*.py")),
    ]
    marks = [line for path in sources for line in path.read_text().splitlines() if "nosec" in line]

    assert marks
    assert [line for line in marks if not re.search(r"# nosec B\d{3} # \w.{5,}", line)] == []


def test_bandit_finds_a_shell_and_a_weak_digest(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import hashlib, subprocess\nsubprocess.call('ls', shell=True)\nhashlib.md5(b'').hexdigest()\n")

    found = bandit(wrong)

    assert found.returncode == 1
    assert {"B602", "B324"} <= set(re.findall(r"B\d{3}", found.stdout))


def test_the_checks_of_every_change_run_bandit_and_look_at_the_locks() -> None:
    check = (ROOT / "scripts" / "check").read_text()
    ci = (ROOT / ".ci" / "run").read_text()

    assert "bandit" in check
    assert "scripts/lock --check" in check
    assert "scripts/check\nscripts/test\n" in ci
