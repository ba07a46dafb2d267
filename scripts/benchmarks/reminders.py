"""`scripts/bench reminders`: thousands of reminders due in one minute, under faults, and what they cost.

Three workers send them from a feed that delivers a tenth twice. The provider is busy, fails, or takes a message and
loses the answer; workers are killed before and after it takes one. Some visits are cancelled or moved in the moment
before. Each reminder has to be sent once, none may be lost, and none sent for those visits. Beside it stands the
negative control, a worker that looks first and has no lease, which must be found out. The exit code is 0 when both are
so. At last, what the sweep and each sending ask of the table, in DynamoDB's units, without faults.
"""

import argparse
import os
import time
from typing import Any

from chalicelib.kit import cache
from chalicelib.kit.log import logger
from chalicelib.kit.settings import settings
from chalicelib.reminders import sweep
from infra.local.testing import Engine
from scripts.claiming.ground import own_engine, own_table
from scripts.metering import ledger
from scripts.reminding import contest, ground
from scripts.reminding.contest import Handler, Outcome

_MEASURED = 60  # visits whose sending is measured


def main() -> int:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench reminders", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reminders", type=int, default=10_000, help="that are due in one minute (default 10000)")
    parser.add_argument("--workers", type=int, default=3, help="at the same time (default 3)")
    parser.add_argument("--rate", type=float, default=0.03, help="of each of five faults (default 0.03)")
    parser.add_argument("--seed", type=int, default=1, help="the same faults for the same seed (default 1)")
    arguments = parser.parse_args()
    logger.setLevel("ERROR")
    with own_engine() as engine:
        ours = _held(engine, arguments, arguments.reminders // 2, contest.leased, "leased")
        control = _held(engine, arguments, max(arguments.reminders // 20, 100), contest.careless, "without a lease")
        _print_units(engine)
    return 0 if ours.spotless and not control.spotless else 1


def _held(engine: Engine, arguments: argparse.Namespace, visits: int, handler: Handler, name: str) -> Outcome:
    with own_table(engine) as table:
        sqs = _feed(engine, table)
        due, began = ground.prepare(visits), time.monotonic()
        outcome = contest.hold(
            due, sqs, workers=arguments.workers, rate=arguments.rate, seed=arguments.seed, handler=handler
        )
        seconds = time.monotonic() - began
    met = ", ".join(f"{count} {fault}" for fault, count in sorted(outcome.met.items()) if fault != "taken")
    print(
        f"{name}: {outcome.wanted} due and {outcome.unwanted} of cancelled or moved visits; {outcome.sent} sent, "
        f"{outcome.twice} twice, {outcome.lost} lost, {outcome.wrong} that should not; {outcome.minutes} minutes of "
        f"the clinic's clock, {seconds:.0f} s here; met {met}",
        flush=True,
    )
    return outcome


def _print_units(engine: Engine) -> None:
    """Units of one sweep over what is due, of one over nothing, and of each sending with warm caches."""
    with own_table(engine) as table:
        sqs = _feed(engine, table)
        reader = engine.client("dynamodb")
        with ledger.kept(reader) as idle:
            sweep.run(ground.MINUTE)
        due = ground.prepare(_MEASURED)
        with ledger.kept(reader) as swept:
            sweep.run(ground.MINUTE)
        with ledger.kept(reader) as all_of_it:
            contest.hold(due, sqs, workers=1, rate=0.0, seed=1)
        sent = len(due.wanted)
        reads, writes = (all_of_it.reads - 2 * swept.reads) / sent, all_of_it.writes / sent
    print(f"a sweep over nothing: {idle.reads:g} read units in {len(idle.sent)} requests")
    print(f"a sweep over {2 * _MEASURED} due: {swept.reads:g} read units in {len(swept.sent)} requests")
    print(f"each that is sent: {reads:.1f} read and {writes:.1f} write units")


def _feed(engine: Engine, table: str) -> Any:
    sqs = engine.client("sqs")
    os.environ["REMINDERS_FEED_URL"] = sqs.create_queue(QueueName=f"{table}-feed")["QueueUrl"]
    settings.cache_clear()
    cache.forget_everything()
    return sqs


if __name__ == "__main__":
    raise SystemExit(main())
