"""The logbook: what was told to AdvancedMD and what was taken over from it, for people to read and to count.

What it refused with is sealed for administrators: it may quote what we sent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from chalicelib.advancedmd import setup
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways import sealing
from chalicelib.kit import clock, cursor, ids, metrics
from chalicelib.kit.auth import SYSTEM, Claims
from chalicelib.kit.cache import Memory
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import described, logger
from chalicelib.people import patients
from chalicelib.table import officelog
from chalicelib.table.officelog import OfficeLogItem

Operation = Literal["push", "pull", "link", "unlink", "keep_ours", "keep_theirs"]
WEEK = timedelta(days=7)
POSTED = "posted"
"""The status of a row that says only that a visit has been charged: nothing of ours that could fail."""
DECIDED = "decided"
"""The status of a row that says only what somebody has decided."""
DISAGREE = "Both sides have changed this."
"""What is in the way where nothing was refused."""
_SETTLED = frozenset({"synced", "error"})
_WELL = frozenset({"synced", POSTED})


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows: of one kind of thing, with a status, from one local date of the office to another."""

    thing: str | None = None
    status: str | None = None
    first: date | None = None
    last: date | None = None

    def fits(self, row: OfficeLogItem) -> bool:
        """Whether a row is meant."""
        asked = ((self.thing, row.thing), (self.status, row.status))
        return all(wanted is None or wanted == found for wanted, found in asked)


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many rows of each status, the share that succeeded, how long one took, and what went wrong how often.

    `timed` rows say how long they took, `spent` milliseconds in all; `latest` is when each kind last went well.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    latest: Mapping[str, str] = field(default_factory=dict)
    timed: int = 0
    spent: float = 0.0

    @property
    def milliseconds(self) -> float | None:
        """How long one took on average."""
        return self.spent / self.timed if self.timed else None

    @property
    def success_rate(self) -> float | None:
        """Percent of what was settled either way."""
        good, bad = (sum(n for (_, status), n in self.counts.items() if status == one) for one in ("synced", "error"))
        return round(100 * good / (good + bad), 1) if good + bad else None


def note(
    office_key: str,
    operation: Operation,
    *,
    thing: str,
    thing_id: str,
    patient_id: str | None,
    status: str,
    error: str | None,
    detail: str,
    fields: tuple[str, ...],
    seconds: float,
    now: datetime,
    by: str = SYSTEM.actor,
) -> None:
    """Write a row, and count it; `detail` is what AdvancedMD wrote. That nobody can write it is no reason to stop."""
    try:
        officelog.note(
            office_key,
            at=clock.iso(now),
            expires_at=int(now.timestamp()) + officelog.KEPT_SECONDS,
            operation=operation,
            thing=thing,
            thing_id=thing_id,
            patient_id=patient_id,
            status=status,
            error=error,
            sealed=sealing.seal(detail, purpose=_purpose(office_key)) if detail else None,
            fields=list(fields) or None,
            milliseconds=round(seconds * 1000),
            updated_by=by,
        )
    except Unavailable as silent:
        logger.error("row not written", extra={thing: thing_id, **described(silent)})
        return
    if status in _SETTLED:
        metrics.share("AdvancedMDFailed", of=status == "error")
        metrics.took("AdvancedMDTook", milliseconds=round(seconds * 1000))
    if status == "error":
        metrics.count("AdvancedMDErrors", operation=operation)


def note_charge(office_key: str, *, visit_id: int, patient_id: str, at: datetime) -> None:
    """Write down that a visit was told to be charged, and nothing of what for; again it is the same row."""
    officelog.note(
        office_key,
        at=clock.iso(at),
        expires_at=int(at.timestamp()) + officelog.KEPT_SECONDS,
        row_id=ids.derived("log", str(visit_id), POSTED),
        operation="pull",
        thing="charge",
        thing_id=str(visit_id),
        patient_id=patient_id,
        status=POSTED,
        updated_by=SYSTEM.actor,
    )


def note_decision(
    office_key: str,
    keep: Literal["ours", "theirs"],
    *,
    thing: Literal["appointment", "visit"],
    thing_id: str,
    patient_id: str | None,
    fields: Iterable[str],
    now: datetime,
    by: str,
) -> None:
    """Write down who has decided that which side counts, and in what both differed."""
    note(
        office_key,
        "keep_ours" if keep == "ours" else "keep_theirs",
        thing=thing,
        thing_id=thing_id,
        patient_id=patient_id,
        status=DECIDED,
        error=None,
        detail="",
        fields=tuple(fields),
        seconds=0.0,
        now=now,
        by=by,
    )


def page(wish: Wish, *, limit: int, after: str | None, now: datetime) -> tuple[list[OfficeLogItem], str | None]:
    """The newest rows that are meant, of the last seven days unless it says otherwise, and where to go on."""
    behind = cursor.decode(after, 2) if after else None
    found = list(islice(_rows(wish, now, behind), limit + 1))
    more = len(found) > limit
    return found[:limit], cursor.encode(found[limit - 1].at, found[limit - 1].id) if more else None


def of_patient(patient_id: str, *, by: Claims, limit: int, now: datetime) -> list[OfficeLogItem]:
    """The newest rows of one patient of the last seven days; NotFound for who may not see them."""
    patients.find(patient_id, by=by)
    return officelog.of_patient(patient_id, first=clock.iso(now - WEEK), limit=limit)


def opened(row: OfficeLogItem) -> str | None:
    """What AdvancedMD wrote, if it refused."""
    return sealing.opened(row.sealed, purpose=_purpose(setup.office_key())) if row.sealed else None


def week(*, now: datetime) -> Statistics:
    """What the rows of the last seven days of the office add up to, today's among them."""
    settled = setup.current()
    if settled is None:
        return Statistics()
    today = now.astimezone(settled.zone).date()
    return of_days(settled, today - timedelta(days=6), today, now=now)


def of_days(settled: Setup, first: date, last: date, *, now: datetime) -> Statistics:
    """What the rows of these local dates add up to.

    A day that is over is added up once in an hour, today anew whenever somebody has written a row since.
    """
    today = now.astimezone(settled.zone).date()
    newest = officelog.newest(settled.office_key)
    days = [last - timedelta(days=offset) for offset in range((last - first).days + 1)]
    added = [_day(settled.office_key, str(settled.zone), str(day), newest if day >= today else "") for day in days]
    latest: dict[str, str] = {}
    for one in added:
        latest = {**one.latest, **latest}
    return Statistics(
        counts=sum((one.counts for one in added), Counter()),
        errors=sum((one.errors for one in added), Counter()),
        latest=latest,
        timed=sum(one.timed for one in added),
        spent=sum(one.spent for one in added),
    )


def _add_up(office_key: str, zone: str, day: str, _newest: str) -> Statistics:
    counts: Counter[tuple[str, str]] = Counter()
    errors: Counter[str] = Counter()
    spent: list[float] = []
    latest: dict[str, str] = {}
    begins, ends = _bounds(date.fromisoformat(day), date.fromisoformat(day), ZoneInfo(zone))
    for row in officelog.counted(office_key, first=begins, last=ends):
        counts[row.thing, row.status] += 1
        if row.status == "error":
            errors[row.error or DISAGREE] += 1
        if row.milliseconds is not None:
            spent.append(row.milliseconds)
        if row.status in _WELL:
            latest.setdefault(row.thing, row.at)
    return Statistics(counts, errors, latest, len(spent), sum(spent))


_day: Memory[Statistics] = Memory(_add_up, seconds=3_600.0)


def _bounds(first: date, last: date, zone: ZoneInfo) -> tuple[str, str]:
    """When the first of these local dates begins, and when the last is over."""
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return clock.iso(begins.astimezone(UTC)), clock.iso(ends.astimezone(UTC))


def _rows(wish: Wish, now: datetime, behind: list[str] | None = None) -> Iterator[OfficeLogItem]:
    """The rows that are meant, behind the one at this instant with this id; none of a clinic without an office."""
    settled = setup.current()
    if settled is None:
        return
    after = officelog.place(settled.office_key, behind[0], behind[1]) if behind else None
    today = now.astimezone(settled.zone).date()
    begins, ends = _bounds(wish.first or today, wish.last or today, settled.zone)
    first = begins if wish.first else clock.iso(now - WEEK)
    for row in officelog.rows(settled.office_key, first=first, last=ends, after=after):
        if wish.fits(row):
            yield row


def _purpose(office_key: str) -> str:
    return f"advancedmd log of {office_key}"
