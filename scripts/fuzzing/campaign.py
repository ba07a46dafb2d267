"""Campaigns: Schemathesis as a process per role, and what its reports say of all of them together."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.local.issuer import ROLES
from scripts.fuzzing import settings
from scripts.fuzzing.stage import Stage

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
_MOST_POWERFUL = "admin"
_WALKERS = ("receptionist", "patient")
_ALONG = {
    "availability_of_doctor",
    "find_doctors",
    "cancel_appointment",
    "confirm_appointment",
    "create_appointment",
    "hold_appointment",
    "read_appointment",
    "reschedule_appointment",
    "set_appointment_status",
    "undo_appointment_change",
}
_PREFER_PROBLEMS = ("doctor", "billing", "kiosk")
_AT_ONCE = 2  # processes: as many as small machines have cores
_FEWEST = 3
_REFUSED = 300


class RunFailed(Exception):
    """A run did not come to its end; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found: its cases, its failures as sentences, and what a walk was granted, by operation."""

    name: str
    cases: int
    seconds: float
    failures: list[str]
    granted: Mapping[str, int]
    said: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One run to be made: by whom, which phases, how many examples of each operation, and whether to keep a record."""

    role: str
    phases: tuple[str, ...]
    examples: int
    config: str
    options: tuple[str, ...] = ()
    recorded: bool = False


def walk(stage: Stage, *, walks: int, seed: int) -> list[Run]:
    """Follow the links from reply to request, so many times by each walker: find a time, book, read, move, cancel."""
    config = settings.workflows(stage.words, aside=sorted(stage.operations.keys() - _ALONG))
    options = ("--mode", "positive")
    plans = [_Plan(role, ("stateful",), walks, config, options, recorded=True) for role in _WALKERS]
    return _all(stage, plans, seed)


def roam(stage: Stage, *, cases: int, seed: int, thorough: bool = False) -> list[Run]:
    """Try every operation with a token of each role at random, until there were about so many cases in all.

    First, the role that may do the most (or each, when `thorough`) tries every parameter at its edges.
    """
    config = settings.broad(stage.words)
    at_edges = ROLES if thorough else (_MOST_POWERFUL,)
    runs = _all(stage, [_Plan(role, ("examples", "coverage"), _FEWEST, config) for role in at_edges], seed)
    left = cases - sum(run.cases for run in runs)
    examples = max(_FEWEST, -(-left // (len(ROLES) * len(stage.operations))))
    return runs + _all(stage, [_Plan(role, ("fuzzing",), examples, config) for role in ROLES], seed)


def granted(runs: Iterable[Run]) -> Counter[str]:
    """How many requests were granted by operation, over all runs."""
    found: Counter[str] = Counter()
    for run in runs:
        found.update(run.granted)
    return found


def _granted(stage: Stage, exchanges: Iterable[dict[str, Any]]) -> Counter[str]:
    """How many of the recorded requests were granted, by operation."""
    shapes = {
        operation: re.compile(re.sub(r"{\w+}", "[^/]+", operation))
        for operation in sorted(stage.operations.values(), key=lambda one: one.count("{"))  # literal words first
    }
    found: Counter[str] = Counter()
    for exchange in exchanges:
        if exchange["response"]["status"] < _REFUSED:
            asked = f"{exchange['request']['method']} {urlsplit(exchange['request']['url']).path}"
            found[next(operation for operation, shape in shapes.items() if shape.fullmatch(asked))] += 1
    return found


def _accepted(role: str) -> str:
    """What a caller with this role accepts: some are refused in our envelope, others with problem details."""
    return "application/problem+json, */*" if role in _PREFER_PROBLEMS else "*/*"


def _all(stage: Stage, plans: Sequence[_Plan], seed: int) -> list[Run]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda plan: _run(stage, plan, seed), plans))


def _run(stage: Stage, plan: _Plan, seed: int) -> Run:
    with tempfile.TemporaryDirectory(prefix="careslot-fuzz-") as folder:
        config, report, record = (Path(folder, name) for name in ("schemathesis.toml", "report.json", "record.har"))
        config.write_text(settings.head(stage.token(plan.role), _accepted(plan.role)) + plan.config, encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "--no-color", "run"]
        command += [f"{stage.base_url}/api/openapi.json", "--checks", ",".join(_CHECKS), "--seed", str(seed)]
        command += ["--phases", ",".join(plan.phases), "--max-examples", str(plan.examples), "--continue-on-failure"]
        command += ["--generation-database", "none", "--report-json-path", str(report), *plan.options]
        if plan.recorded:
            command += ["--report-har-path", str(record)]
        environment = os.environ | {"NO_PROXY": "127.0.0.1"}
        done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - pinned
        if not report.exists():
            raise RunFailed((done.stdout + done.stderr)[-2_000:])
        found = json.loads(report.read_text(encoding="utf-8"))
        exchanges = json.loads(record.read_text(encoding="utf-8"))["log"]["entries"] if plan.recorded else []
    wrong = [*found["failures"], *found["errors"]]
    return Run(
        name=f"{plan.role}: {', '.join(plan.phases)}",
        cases=found["test_cases"]["generated"],
        seconds=found["running_time"],
        failures=[f"{one['title']} ({one['count']}): {', '.join(one.get('operations', ()))}" for one in wrong],
        granted=_granted(stage, exchanges),
        said=done.stdout,
    )
