"""The proof: a day of changes on both sides, under faults, drained by three workers, and what the comparison finds.

The minutes are those of a simulated clock. When the people have gone home and nothing goes wrong any more, the workers
finish; then the two sides are compared, and the office's own log says whether anybody asked too often.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.advancedmd import feed
from chalicelib.kit import clock
from chalicelib.table import officeinbox, officelinks
from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running
from scripts.agreeing import comparing, costs, ground, naive, trouble
from scripts.agreeing.comparing import Verdict
from scripts.agreeing.costs import Costs
from scripts.agreeing.desks import Desks
from scripts.agreeing.hours import Hours
from scripts.agreeing.trouble import Trouble
from scripts.agreeing.workers import Crew, Handler

START = datetime(2031, 3, 7, 7, 0, tzinfo=UTC)
"""A Friday's midnight in Denver, two days before its clocks are put ahead."""
AT_THE_OFFICE = {"error": 0.02, "slow": 0.01, "expired": 0.002, "storm": 0.003, "edit": 0.005}
_MINUTE = timedelta(minutes=1)
_BOOKING = 0.9  # of the day, after which everything is made
_PATIENCE = 50
_LONGEST = timedelta(hours=30)  # what the workers may need to finish


@dataclass(frozen=True)
class Size:
    """How many appointments are made, not half of them there, and how many changes each of them sees.

    The day begins so many hours after midnight. The trouble is how likely it is at each request to the table, `dropped`
    how likely an answer of the office is lost.
    """

    appointments: int = 500
    hours: float = 24.0
    begins: float = 0.0
    changes: float = 3.0
    kills: float = 0.001
    table: float = 0.001
    edits: float = 0.002
    dropped: float = 0.02


@dataclass(frozen=True)
class Outcome:
    """What has come of the day; `over` are calls above a limit, `due` is what was never finished."""

    verdict: Verdict
    calls: Counter[str]
    over: int
    due: int
    deeds: int
    refused: int
    met: Counter[str]
    unfinished: int
    finished_after: timedelta
    costs: Costs

    @property
    def spotless(self) -> bool:
        """No call too many, nothing left to do, and both sides as people made them."""
        return self.verdict.spotless and not self.over and not self.due


def ours(event: dict[str, Any], pause: Callable[[float], None]) -> bool:
    """The worker as it is."""
    return not feed.handle(event, clock.now, pause=pause)["batchItemFailures"]


HANDLERS: dict[str, Handler] = {"ours": ours, "naive": naive.handle}


def hold(
    engine: Engine,
    *,
    table: str,
    size: Size,
    seed: int,
    handler: Handler = ours,
    look: Callable[..., None] | None = None,
) -> Outcome:
    """Live the day in a table of its own, finish, compare; `look` may look at everything before it is gone."""
    with Running() as running, _back_at_present(), ground.settings_of(engine, running) as feed_url:
        start = START + timedelta(hours=size.begins)
        hours = Hours(running, start)
        laid = ground.lay(engine, running, table=table, feed=feed_url, people=max(6, size.appointments // 3))
        desks = Desks(laid, start, seed)
        met = Trouble(kills=size.kills, table=size.table, edits=size.edits, seed=seed, edit=desks.anything)
        crew = Crew(laid, hours, met, seed=seed, handler=handler)
        running.whole.switches.counts_per_action = False  # the stricter guess
        running.whole.somebody = lambda _desk: desks.change_there()
        running.whole.faults.draw(AT_THE_OFFICE | {"dropped": size.dropped}, seed=seed)
        with trouble.between_steps(met):
            _live(crew, desks, hours, size)
            running.whole.faults.clear()
            met.stop()
            ended = clock.precise()
            due = _finish(crew, hours)
        crew.close()
        verdict = comparing.compare(laid, desks, table)
        log = running.whole.calls
        outcome = Outcome(
            verdict=verdict,
            calls=Counter(row.action for row in log.rows()),
            over=len(log.over()),
            due=due,
            deeds=len(desks.journal.entries),
            refused=desks.refused,
            met=met.counted() + running.whole.faults.met,
            unfinished=crew.unfinished,
            finished_after=clock.precise() - ended,
            costs=costs.of(laid, desks.journal),
        )
        if look is not None:
            look(laid, desks, outcome)
    return outcome


@contextmanager
def _back_at_present() -> Iterator[None]:
    before = clock.ahead()
    try:
        yield
    finally:
        clock.put_ahead(before)


def _live(crew: Crew, desks: Desks, hours: Hours, size: Size) -> None:
    minutes = int(size.hours * 60)
    changes = size.appointments * size.changes / minutes
    for minute in range(minutes):
        hours.go_to(desks.first + minute * _MINUTE)
        _book(desks, round(size.appointments * min(1.0, (minute + 1) / (minutes * _BOOKING))))
        for _ in range(int(changes) + (desks.dice.random() < changes % 1)):
            desks.anything()
        _serve(crew)


def _book(desks: Desks, wanted: int) -> None:
    """Make appointments until there are so many, more of them here than there; what is refused is asked for anew."""
    for _ in range(_PATIENCE):
        there = sum(one.reference_id is None for one in desks.ground.office.appointments.values())
        if len(desks.made) + there >= wanted:
            return
        (desks.book_here if desks.dice.random() < 0.6 else desks.book_there)()  # noqa: PLR2004 - see above


def _serve(crew: Crew) -> None:
    crew.follow()
    feed.run(clock.now())
    crew.serve()


def _finish(crew: Crew, hours: Hours) -> int:
    """Go on until nothing is due and the stream is silent; how much is left."""
    began, quiet = clock.precise(), 0
    while quiet < 3 and clock.precise() - began < _LONGEST:  # noqa: PLR2004 - what comes late has come by then
        hours.go_to(clock.precise() + _MINUTE)
        told = crew.follow()
        feed.run(clock.now())
        heard = crew.serve()
        quiet = 0 if told or _due() else quiet + bool(heard)
    return _due()


def _due() -> int:
    return len(officelinks.due("9999", most=1000)) + len(officeinbox.due("9999", most=1000))
