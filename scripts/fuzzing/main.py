"""`scripts/fuzz`: generated requests by every role, each answer checked; prints what was found."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scripts.fuzzing import campaign
from scripts.fuzzing.campaign import Run
from scripts.fuzzing.stage import NotReady, raised

_CASES = 12_000
_WALKS = 40


def main(argv: list[str] | None = None) -> int:
    """0 when every answer was as described; 1 when one was not, or nothing could be run."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=_CASES, help=f"about how many at least (default {_CASES})")
    parser.add_argument("--walks", type=int, default=_WALKS, help=f"along the links, by each walker (default {_WALKS})")
    parser.add_argument("--seed", type=int, default=1, help="another one generates other requests (default 1)")
    parser.add_argument("--thorough", action="store_true", help="every role tries every parameter at its edges")
    arguments = parser.parse_args(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="careslot-fuzz-") as folder, raised(Path(folder)) as stage:
            runs = campaign.walk(stage, walks=arguments.walks, seed=arguments.seed)
            runs += campaign.roam(stage, cases=arguments.cases, seed=arguments.seed, thorough=arguments.thorough)
    except (NotReady, campaign.RunFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    return _report(runs)


def _report(runs: Sequence[Run]) -> int:
    for run in runs:
        print(f"{run.cases:7,} cases  {run.seconds:6.1f} s  {len(run.failures)} failures  {run.name}")
    cases, failures = sum(run.cases for run in runs), sum(len(run.failures) for run in runs)
    print(f"{cases:7,} cases in all, {failures} failures")
    for run in runs:
        if run.failures:
            print(run.said)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
