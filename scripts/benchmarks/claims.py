"""`scripts/bench claims`: very many claims on few doctors, rooms and patients, under faults.

First contests, one per seed: callers book, hold, confirm, move and cancel at the same time, while requests to the
table meet throttling, conflicts, and time-outs before and after the commit; afterwards the whole table is audited and
compared with what the callers were told. Then a history of operations is written and judged for linearizability.
Beside both stands the negative control, a clinic that checks and then puts, whose flaws must be found. The exit code is
0 when ours has none and the control has of every kind.
"""

import argparse
import sys
import time

from infra.local.testing import Engine
from scripts.claiming import contest, figures, proof
from scripts.claiming.callers import CARESLOT, NAIVE
from scripts.claiming.contest import Outcome
from scripts.claiming.ground import own_engine

_CONTROL_SHARE = 10  # the control runs a tenth of the claims, which is plenty


def main() -> int:
    """Run everything and print it."""
    arguments = _arguments()
    with own_engine() as engine:
        sound = [_contests(engine, seed, arguments) for seed in range(1, arguments.seeds + 1)]
        proved = _histories(engine, arguments.operations) if arguments.operations else True
    return 0 if all(sound) and proved else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench claims", description="Race claims under faults, audit the table, judge the history."
    )
    parser.add_argument("--claims", type=int, default=10_000, help="of each seed (default 10000)")
    parser.add_argument("--seeds", type=int, default=5, help="contests (default 5)")
    parser.add_argument("--callers", type=int, default=32, help="at the same time (default 32)")
    parser.add_argument("--rate", type=float, default=0.03, help="of each of four faults per request (default 0.03)")
    parser.add_argument("--operations", type=int, default=100_000, help="of the history, at least (default 100000)")
    arguments = parser.parse_args()
    if min(arguments.claims, arguments.callers) < 1 or min(arguments.seeds, arguments.operations) < 0:
        parser.error("--claims and --callers must be at least 1, --seeds and --operations at least 0")
    if not 0 <= arguments.rate <= 1 / 8:
        parser.error("--rate must be between 0 and 0.125")
    return arguments


def _contests(engine: Engine, seed: int, arguments: argparse.Namespace) -> bool:
    """Ours and the control's, with one seed."""
    asked = {"seed": seed, "callers": arguments.callers, "rate": arguments.rate}
    ours = contest.hold(engine, CARESLOT, claims=arguments.claims, **asked)
    print(figures.contest(f"seed {seed}", ours), flush=True)
    control = contest.hold(engine, NAIVE, claims=max(arguments.claims // _CONTROL_SHARE, 1_000), **asked)
    print(figures.contest(f"seed {seed}, check-then-put", control), flush=True)
    return ours.spotless and is_found_out(control)


def is_found_out(control: Outcome) -> bool:
    """Whether the control has flaws of every kind that is looked for."""
    return bool(control.found["overlap"] and control.found["orphaned_cell"] and control.lost and control.ghosts)


def _histories(engine: Engine, operations: int) -> bool:
    begun = time.monotonic()

    def progress(done: int) -> None:
        seconds = time.monotonic() - begun
        print(f"\r  history: {done} of {operations} operations, {seconds:.0f} s", end="", file=sys.stderr, flush=True)

    ours = proof.prove(engine, CARESLOT, operations=operations, seed=1, progress=progress)
    print(file=sys.stderr)
    print(figures.judgement("history", ours, time.monotonic() - begun), flush=True)
    begun = time.monotonic()
    control = proof.prove(engine, NAIVE, operations=max(operations // 50, 1_000), seed=1)
    print(figures.judgement("history, check-then-put", control, time.monotonic() - begun), flush=True)
    return ours.holds and control.not_linearizable > 0


if __name__ == "__main__":
    sys.exit(main())
