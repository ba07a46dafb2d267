"""`scripts/audit`: asks pip-audit about known vulnerabilities of every package that is deployed, packages, or tests.

Ends with 0 only when every package was looked up and none is known to be vulnerable; with 1 when one is; with 3 when
none is but some could not be looked up, for pip-audit itself ends with 0 then and calls that clean. It asks the
package registry's own service, because OSV's answer for a package that it does not know is that of a clean one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from infra.deploy import lock

CLEAN, VULNERABLE, INCOMPLETE = 0, 1, 3
_PATIENCE_SECONDS = 15  # for one answer of the service


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of the packages: vulnerabilities by package, and why the others could not be looked up."""

    asked: int
    vulnerable: dict[str, list[str]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> int:
        """The exit code."""
        return VULNERABLE if self.vulnerable else INCOMPLETE if self.unknown else CLEAN


def main(argv: list[str] | None = None) -> int:
    """CLEAN, VULNERABLE or INCOMPLETE, as the module's docstring says."""
    parser = argparse.ArgumentParser(
        prog="scripts/audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deployed", action="store_true", help="only what is deployed, not what packages and tests")
    parser.add_argument("--package", action="append", metavar="NAME==VERSION", help="ask about this one instead")
    arguments = parser.parse_args(argv)
    if arguments.package and not all("==" in package for package in arguments.package):
        parser.error("--package takes an exact version: NAME==VERSION")
    given = dict(package.split("==", 1) for package in arguments.package or ())
    finding = look_up(given or packages(everything=not arguments.deployed))
    report(finding, print)
    return finding.code


def packages(*, everything: bool) -> dict[str, str]:
    """Versions by name: what requirements.lock deploys, and with `everything` what packages and tests too."""
    found = {package.name: package.version for package in lock.read(lock.DEPLOYED)}
    if everything:
        found |= {package.name: package.version for package in lock.read(lock.PACKAGER) if package.name not in found}
        here = {lock.normalised(one.metadata["Name"]): one.version for one in distributions()}
        found |= {name: version for name, version in here.items() if name not in found}
    return found


def look_up(wanted: Mapping[str, str]) -> Finding:
    """Ask pip-audit about exact versions."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "packages.txt"
        asked.write_text("".join(f"{name}=={version}\n" for name, version in sorted(wanted.items())), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "-r", str(asked), "--no-deps", "--disable-pip"]
        # A cache of its own, for one run: an answer of last month is not an answer.
        command += ["--format", "json", "--progress-spinner", "off", "--cache-dir", f"{folder}/cache"]
        command += ["--timeout", str(_PATIENCE_SECONDS)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - pip-audit
    try:
        answers = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        # It gives up as a whole when the service cannot be reached, and has said nothing of any package then.
        reason = (done.stderr.strip().splitlines() or ["pip-audit ended without a word"])[-1]
        return Finding(len(wanted), unknown=dict.fromkeys(sorted(wanted), reason))
    return _read(wanted, answers)


def _read(wanted: Mapping[str, str], answers: list[dict[str, object]]) -> Finding:
    finding = Finding(len(wanted))
    told = {lock.normalised(str(answer["name"])): answer for answer in answers}
    for name, version in sorted(wanted.items()):
        answer = told.get(lock.normalised(name), {"skip_reason": "pip-audit left it out"})
        found = answer.get("vulns")
        if not isinstance(found, list) or "skip_reason" in answer:
            finding.unknown[name] = str(answer.get("skip_reason", "pip-audit said nothing of it"))
        elif found:
            finding.vulnerable[f"{name} {version}"] = [
                f"{one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}" for one in found
            ]
    return finding


def report(finding: Finding, say: Callable[[str], None]) -> None:
    """Say all of it, the packages that could not be looked up by name."""
    for package, found in finding.vulnerable.items():
        for one in found:
            say(f"VULNERABLE  {package}: {one}")
    for name, reason in finding.unknown.items():
        say(f"not looked up  {name}: {reason}")
    known = finding.asked - len(finding.unknown)
    say(f"looked up: {known} of {finding.asked}, of which {len(finding.vulnerable)} are known to be vulnerable")
    if finding.unknown:
        say(f"could not be looked up: {len(finding.unknown)} of {finding.asked}; of these nothing is known")


if __name__ == "__main__":
    sys.exit(main())
