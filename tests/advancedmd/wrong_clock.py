"""A worker in a process of its own whose clock is wrong: `python -m tests.advancedmd.wrong_clock SECONDS OFFICE HOW`.

Each line that it reads is how many seconds the instance is put ahead; then it asks for calls of the third tier until
there are no more, and answers how many it would make. HOW is `budget`, or `own` for the negative control, whose bucket
is filled by the worker's own clock.
"""

import datetime
import sys
import time

_WRONG = float(sys.argv[1])


class _Wrong(datetime.datetime):
    """What the machine's clock tells here."""

    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(seconds=_WRONG)


_true = time.time
time.time = lambda: _true() + _WRONG
datetime.datetime = _Wrong

from chalicelib.advancedmd import budget, permits  # noqa: E402 - they see the wrong clock
from chalicelib.advancedmd.budget import SECOND  # noqa: E402
from chalicelib.gateways.advancedmd.refusals import NotYet  # noqa: E402
from chalicelib.kit import clock  # noqa: E402
from chalicelib.table import buckets  # noqa: E402


def would_call(office: str, how: str) -> bool:
    """Whether this worker has a call now."""
    if how == "own":
        now = int(clock.precise().timestamp()) * SECOND
        held = budget.rule("3", now)
        depth = held.depth * held.spacing
        return buckets.take(office, "3", cost=held.spacing, depth=depth, now=now).given
    try:
        permits.asking(office, urgent=True)("3")
    except NotYet:
        return False
    return True


def main() -> None:
    """Until there are no more lines."""
    office, how = sys.argv[2:]
    for line in sys.stdin:
        clock.put_ahead(datetime.timedelta(seconds=float(line)))
        made = 0
        while would_call(office, how):
            made += 1
        sys.stdout.write(f"{made}\n")
        sys.stdout.flush()


main()
