"""A replay in this process, in which every request to the table is seen: which partition keys get how much of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

from scripts.metering import ledger
from scripts.metering.heat import PARTITION_WRITES, PEAK, Heat, Spread
from scripts.metering.here import Here
from scripts.replaying import desk, stage
from scripts.replaying.caller import Answer
from scripts.replaying.desk import Outcome
from scripts.replaying.plan import Plan, Wish
from scripts.replaying.progress import Progress

_STAGE_HANDS = 8
_HOTTEST = 10


class Inside:
    """Sends to the application in this process, always in the same role."""

    def __init__(self, here: Here, role: str) -> None:
        self._here, self._role = here, role

    def send(self, kind: str, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:  # noqa: ARG002 - a Sender
        """One request."""
        answer = self._here.send(method, path, body, role=self._role, key=key)
        return Answer(answer.status, answer.json)


def measure(here: Here, plan: Plan, after_each: Callable[[Outcome], None] = lambda _: None) -> Spread:
    """Book the whole plan, one after another, and let the followers come to rest after each of its minutes.

    Every request and every follower's request is entered under the minute of the bookings. Looking up free times
    counts too, as the desk does it for each booking. `after_each` is called inside the count.
    """
    with ThreadPoolExecutor(_STAGE_HANDS) as pool:
        stage.prepare(Inside(here, "admin"), plan, pool)
    while changes := here.changes():
        here.follow(changes)
    spread, progress = Spread(), Progress("bookings", len(plan.wishes))
    with ledger.kept(here.reader) as book:
        for minute, wishes in groupby(plan.wishes, key=_minute):
            for wish in wishes:
                outcome = desk.book(Inside(here, "receptionist"), wish, "spread")
                spread.bookings += bool(outcome.appointment_id)
                after_each(outcome)
                progress.step()
            while changes := here.changes():
                here.follow(changes)
            spread.add((touch for sent in book.sent for touch in sent.touches), minute)
            book.sent.clear()
    progress.end()
    return spread


def lines(spread: Spread) -> Iterator[str]:
    """The ten hottest keys by what they are, and the hottest of each kind; ids are not told, they are places' names."""
    heats = spread.heats()
    hottest: dict[str, Heat] = {}
    for heat in heats:
        hottest.setdefault(heat.kind, heat)
    yield f"{spread.bookings} bookings; keys: {len(heats)}"
    yield f"{'the hottest keys':<42}{'writes':>8}{'share':>8}{'a minute':>10}{'at peak':>9}{'reads':>8}"
    yield from map(_line, heats[:_HOTTEST])
    yield "the hottest of each kind"
    yield from map(_line, hottest.values())
    yield "share: of all that is written to the table or to that index; a minute: most write units in one minute;"
    yield f"at peak: write units a second at {PEAK} bookings a second, of {PARTITION_WRITES} that a partition gives,"
    yield f"so {PARTITION_WRITES / heats[0].peak_writes:.1f} × as many bookings a second are possible"


def _line(heat: Heat) -> str:
    writes = f"{heat.writes:>8.0f}{heat.share:>8.1%}{heat.burst:>10.0f}{heat.peak_writes:>9.1f}"
    return f"{heat.kind:<42}{writes}{heat.reads:>8.0f}"


def _minute(wish: Wish) -> int:
    return int(wish.due // 60)
