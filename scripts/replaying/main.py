"""`scripts/replay`: the bookings of a real day against a running instance, then an audit of the whole table."""

import argparse
import secrets
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from infra import table_snapshot
from infra.local.issuer import Issuer, NoIssuer
from infra.table_audit import audit
from scripts.metering import here
from scripts.metering.here import NotMeasured
from scripts.replaying import desk, figures, plan, rows, spread, stage
from scripts.replaying.caller import Caller, NoAnswer
from scripts.replaying.desk import Outcome
from scripts.replaying.plan import Plan, Wish
from scripts.replaying.progress import Progress

ROOT = Path(__file__).parents[2]
_TOKEN_SECONDS = 12 * 3600


class NoInstance(Exception):
    """There is no running instance with that data folder; the message is a sentence."""


def main() -> int:
    """Replay and audit: 0; 1 when the table is wrong or a key too hot, or in one sentence why it could not be."""
    arguments = _arguments()
    try:
        return _spread(arguments) if arguments.spread else _replay(arguments)
    except (rows.BadFile, NoIssuer, NoInstance, NoAnswer, NotMeasured, stage.NotPrepared, BotoCoreError) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/replay",
        description="Replay the real bookings made on a day against a running instance, and audit its table.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="gzip csv of bookings")
    parser.add_argument("--day", type=date.fromisoformat, help="when they were made (default: the busiest day)")
    parser.add_argument("--days", type=int, default=1, help="replay this many days from there on (default 1)")
    parser.add_argument(
        "--speed", type=float, default=0, help="times faster than they arrived; 0: as fast as possible (default)"
    )
    parser.add_argument("--workers", type=int, default=16, help="bookings at one time (default 16)")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the instance (default %(default)s)")
    parser.add_argument("--data", type=Path, default=ROOT / ".local", help="its data folder (default .local)")
    parser.add_argument(
        "--spread",
        action="store_true",
        help="replay in this process instead, without an instance, and tell which partition keys get the most",
    )
    arguments = parser.parse_args()
    if arguments.days < 1 or arguments.workers < 1 or arguments.speed < 0:
        parser.error("--days and --workers must be at least 1, --speed at least 0")
    return arguments


def _planned(arguments: argparse.Namespace) -> Plan:
    every = rows.read(arguments.file)
    day = arguments.day or rows.busiest(every)
    planned = plan.make(rows.made_on(every, day, arguments.days), datetime.now(UTC).date())
    print(
        f"{len(planned.wishes)} bookings made on {day}: {len(planned.patients)} patients, "
        f"{len(planned.places)} locations, {len(planned.doctor_ids)} doctors",
        flush=True,
    )
    return planned


def _spread(arguments: argparse.Namespace) -> int:
    planned = _planned(arguments)
    with here.alone() as application:
        found = spread.measure(application, planned)
    print("\n".join(spread.lines(found)))
    return 1 if found.too_hot() or found.too_large() else 0


def _replay(arguments: argparse.Namespace) -> int:
    planned = _planned(arguments)
    table, table_name = _table(arguments.data)
    issuer = Issuer.load(arguments.data)
    with ThreadPoolExecutor(arguments.workers) as pool:
        admin = issuer.mint("admin", "replay", ttl=_TOKEN_SECONDS)
        with closing(Caller(arguments.url, admin, arguments.workers)) as caller:
            stage.prepare(caller, planned, pool)
        before = set(table_snapshot.take(table, table_name).appointments)
        receptionist = issuer.mint("receptionist", "replay", hospital="*", ttl=_TOKEN_SECONDS)
        with closing(Caller(arguments.url, receptionist, arguments.workers)) as caller:
            begun = time.monotonic()
            outcomes = _book(caller, planned, pool, arguments.speed)
            print("\n".join(figures.lines(outcomes, time.monotonic() - begun, caller)), flush=True)
    report = audit(table, table_name, datetime.now(UTC))
    acknowledged = {outcome.appointment_id: outcome.start for outcome in outcomes if outcome.appointment_id}
    comparison = report.compare(acknowledged, doubtful=before, doctor_ids=planned.doctor_ids)
    print(report)
    print(f"lost: {len(comparison.lost)}, ghosts: {len(comparison.ghosts)}")
    return 0 if report.ok and not comparison.lost and not comparison.ghosts else 1


def _book(caller: Caller, planned: Plan, pool: Executor, speed: float) -> list[Outcome]:
    run = secrets.token_hex(4)
    progress = Progress("bookings", len(planned.wishes))
    outcomes: list[Outcome] = []
    waiting: deque[Future[Outcome]] = deque()
    for wish in _in_time(planned.wishes, speed):
        waiting.append(pool.submit(desk.book, caller, wish, run))
        while waiting and waiting[0].done():
            outcomes.append(waiting.popleft().result())
            progress.step()
    for future in waiting:
        outcomes.append(future.result())
        progress.step()
    progress.end()
    return outcomes


def _in_time(wishes: Sequence[Wish], speed: float) -> Iterator[Wish]:
    """The wishes, each not before its time."""
    begun = time.monotonic()
    for wish in wishes:
        if speed:
            time.sleep(max(0.0, begun + wish.due / speed - time.monotonic()))
        yield wish


def _table(data: Path) -> tuple[Any, str]:
    """A client of the instance's engine, and the name of its table."""
    try:
        endpoint, table_name = (data / "engine.txt").read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        raise NoInstance(f"no instance runs with the data folder {data}: start scripts/run --data {data}") from None
    client = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106  # nosec B106 # the engine accepts any
        config=Config(read_timeout=300),
    )
    return client, table_name


if __name__ == "__main__":
    sys.exit(main())
