"""`scripts/parked`: list the reminders that were given up, and let them be tried again once the cause is mended.

Each is said with its reason, by its id and never by whom it is for. One that is tried again goes out with the next
sweep if it is still called for; of a channel whose provider cannot be asked, it may then come twice.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from infra.deploy import places
from infra.deploy.asking import Say


def main(argv: list[str] | None = None) -> int:
    """0 when all that were to be tried again will be."""
    parser = argparse.ArgumentParser(
        prog="scripts/parked", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    places.add_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="only list them")
    arguments = parser.parse_args(argv)
    try:
        place = places.find(arguments)
    except places.NoPlace as refusal:
        print(refusal, file=sys.stderr)
        return 1
    places.enter(place)
    from chalicelib.kit import clock  # noqa: PLC0415 - after the environment names the table

    left = replay(say=print, now=clock.now(), dry_run=arguments.dry_run)
    return 1 if left else 0


def replay(*, say: Say, now: datetime, dry_run: bool = False) -> int:
    """Try every parked reminder again; how many changed meanwhile and stay as they are."""
    from chalicelib.reminders import replaying  # noqa: PLC0415 - as in main
    from chalicelib.table import reminders  # noqa: PLC0415 - same

    left = tried = 0
    for one in list(reminders.parked()):
        say(f"{one.id} {one.occasion} by {one.channel}, due {one.scheduled_time}: {one.error_message}")
        if dry_run:
            continue
        done = replaying.release(one, by="system:operator", now=now)
        tried, left = tried + done, left + (not done)
    say(f"{tried} will be tried again, {left} changed meanwhile")
    return left


if __name__ == "__main__":
    sys.exit(main())
