"""`scripts/bench advancedmd`: a day on which a clinic and its office at AdvancedMD change the same appointments.

People at both desks book, move, receive and cancel, by a simulated clock. Three workers drain the feed at once, whose
messages come twice and late; they are killed between steps, the table is slow, the office fails, drops answers, ends
sessions, refuses calls, and people change things in between. At the end the simulator's records and the table's items
are compared by code that knows nothing of the sync: both sides have to agree field by field, or people have to be
asked; nothing may be there twice or be lost; no call may be over a limit. Beside it stands the negative control, the
same worker without a budget and without references, which must be found out. The exit code is 0 when both are so.

At last, what a change has cost in calls beside the least, how long an operation takes by itself, and, apart from that,
how long changes waited for their turn. Without `--proof` the day is a short one.
"""

import argparse
import os
import time

os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # read when the first metric is counted

from chalicelib.kit.log import logger
from infra.local.testing import Engine
from scripts.agreeing import proof
from scripts.agreeing.proof import Outcome, Size
from scripts.claiming.ground import own_engine, own_table

_SHORT = Size(appointments=60, hours=3, begins=5)
_CONTROL = Size(appointments=60, hours=1, begins=8, dropped=0.4)


def main() -> int:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench advancedmd", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--proof", action="store_true", help="24 hours and 500 appointments, which takes its time")
    parser.add_argument("--seed", type=int, default=1, help="the same day for the same seed (default 1)")
    arguments = parser.parse_args()
    logger.setLevel("CRITICAL")
    with own_engine() as engine:
        ours = _held(engine, Size() if arguments.proof else _SHORT, arguments.seed, "ours")
        control = _held(engine, _CONTROL, arguments.seed, "naive")
    _print_costs(ours)
    return 0 if ours.spotless and not control.spotless else 1


def _held(engine: Engine, size: Size, seed: int, name: str) -> Outcome:
    began = time.monotonic()
    with own_table(engine) as table:
        outcome = proof.hold(engine, table=table, size=size, seed=seed, handler=proof.HANDLERS[name])
    verdict = outcome.verdict
    met = ", ".join(f"{count} {fault}" for fault, count in sorted(outcome.met.items()))
    print(
        f"{name}: {size.hours:g} hours, {verdict.appointments} appointments and {verdict.visits} visits, "
        f"{outcome.deeds} changes by people; {sum(outcome.calls.values())} calls, {outcome.over} over a limit; "
        f"{verdict.agreeing} agree, {verdict.listed} are listed for people, {len(verdict.different)} differ, "
        f"{len(verdict.twice)} twice, {len(verdict.lost)} lost, {outcome.due} never dealt with; "
        f"{verdict.anew} made anew after one that was deleted before its number was known; "
        f"{time.monotonic() - began:.0f} s here; met {met}",
        flush=True,
    )
    for finding in [*verdict.different, *verdict.twice, *verdict.lost][:10] if name == "ours" else ():
        print(f"  {finding}")
    return outcome


def _print_costs(outcome: Outcome) -> None:
    costs = outcome.costs
    print(
        f"calls: {costs.for_each_told:.2f} for each of {costs.told} changes that were told, the least is "
        f"{costs.least:.2f}; {costs.hearing} heard what had changed there ({costs.heard} times it concerned an "
        f"appointment), {costs.sweeping} read whole days, {costs.others} looked up or signed in"
    )
    own, waited = costs.own, costs.waited
    print(f"own time of an operation: median {own[0]:.0f} ms, 99th {own[1]:.0f} ms, most {own[2]:.0f} ms")
    print(f"waiting for its turn, not in it: median {waited[0]:.0f} s, 99th {waited[1]:.0f} s, most {waited[2]:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
