"""What the day has cost: calls for each change that was told, how long an operation takes, how long a change waits.

The least that a change can cost is the call that makes the visit, or one for its time and one for how far it has come.
Several changes that are told together count as one, and what is heard costs nothing for each: one call tells of all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from chalicelib.advancedmd.shared import FIELDS, SLOT
from chalicelib.kit import clock
from chalicelib.table import officelog
from infra.simulators.advancedmd.demo import OFFICE_KEY
from scripts.agreeing.ground import Ground
from scripts.agreeing.journal import Journal

_TELLING = ("post /scheduler/appointments", "put /scheduler/appointments")
_READING = ("get /scheduler/appointments", "getvisitidbyrefid")
_HUNDREDTHS = 100


@dataclass(frozen=True)
class Costs:
    """Calls by what they are for; own milliseconds of an operation, and simulated seconds that a change waited."""

    changing: int
    reading: int
    hearing: int
    sweeping: int
    others: int
    told: int
    needed: int
    heard: int
    own: tuple[float, float, float]
    waited: tuple[float, float, float]

    @property
    def for_each_told(self) -> float:
        """Calls for each change that was told: those that change, those that read before, those that failed."""
        return (self.changing + self.reading) / self.told if self.told else 0.0

    @property
    def least(self) -> float:
        """The lower bound of it."""
        return self.needed / self.told if self.told else 0.0


def of(ground: Ground, journal: Journal) -> Costs:
    """What the office's call log and the clinic's own log say."""
    actions = [row.action.lower() for row in ground.running.whole.calls.rows()]
    changing, reading = (sum(one.startswith(kind) for one in actions) for kind in (_TELLING, _READING))
    hearing = sum(one in {"getupdatedvisits", "getvisitsbyid"} for one in actions)
    sweeping = sum(one == "getdatevisits" for one in actions)
    first, last = clock.iso(clock.now() - timedelta(days=9)), clock.iso(clock.now() + timedelta(days=1))
    rows = list(officelog.rows(OFFICE_KEY, first=first, last=last))
    pushed = [row for row in rows if row.operation == "push" and row.fields and row.status == "synced"]
    return Costs(
        changing=changing,
        reading=reading,
        hearing=hearing,
        sweeping=sweeping,
        others=len(actions) - changing - reading - hearing - sweeping,
        told=len(pushed),
        needed=sum(_needed(set(row.fields)) for row in pushed),
        heard=sum(row.operation == "pull" for row in rows),
        own=_spread([float(row.milliseconds) for row in rows if row.milliseconds is not None]),
        waited=_spread(_waits(journal, {(row.thing_id, row.at) for row in pushed})),
    )


def _needed(fields: set[str]) -> int:
    """A visit is made by one call; its time is changed by one, and how far it has come by another."""
    return 1 if fields >= set(FIELDS) else bool(fields & set(SLOT)) + ("stage" in fields)


def _waits(journal: Journal, told: set[tuple[str, str]]) -> list[float]:
    """From the last time that people changed an appointment here until it was told."""
    found = []
    for thing, at in told:
        instant = datetime.fromisoformat(at)
        before = [one.at for one in journal.entries if one.side == "here" and one.thing == thing and one.at <= instant]
        found += [(instant - max(before)).total_seconds()] if before else []
    return found


def _spread(numbers: list[float]) -> tuple[float, float, float]:
    """Median, 99th hundredth, and the most."""
    if len(numbers) < 2:  # noqa: PLR2004 - what has no hundredths
        return (0.0, 0.0, 0.0)
    return median(numbers), quantiles(numbers, n=_HUNDREDTHS)[-1], max(numbers)
