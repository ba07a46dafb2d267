"""The logbook: what was told to AdvancedMD and what was taken over from it, for people to read and to count.

What it refused with is sealed for administrators: it may quote what we sent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from chalicelib.advancedmd import setup
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
_MOST_READ = 5_000
_SETTLED = frozenset({"synced", "error"})
_WELL = frozenset({"synced", POSTED})


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows: of appointments, patients, doctors or charges, with a status, of one patient, between instants."""

    thing: str | None = None
    status: str | None = None
    patient_id: str | None = None
    first: datetime | None = None
    last: datetime | None = None

    def fits(self, row: OfficeLogItem) -> bool:
        """Whether a row is meant."""
        asked = ((self.thing, row.thing), (self.status, row.status), (self.patient_id, row.patient_id))
        return all(wanted is None or wanted == found for wanted, found in asked)


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many rows of each status, the share that succeeded, how long one took, and what went wrong how often.

    `latest` is when the last of each kind of thing went well.
    """

    counts: Counter[tuple[str, str]]
    milliseconds: float | None
    errors: Counter[str]
    latest: Mapping[str, str]

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
    """The newest rows of one patient; NotFound for who may not see them."""
    patients.find(patient_id, by=by)
    return list(islice(_rows(Wish(patient_id=patient_id), now), limit))


def opened(row: OfficeLogItem) -> str | None:
    """What AdvancedMD wrote, if it refused."""
    return sealing.opened(row.sealed, purpose=_purpose(setup.office_key())) if row.sealed else None


def week() -> Statistics:
    """What the rows of the last seven days add up to; of very many the newest.

    Added up once in five minutes, and anew whenever somebody has written a row since, in whichever process.
    """
    settled = setup.current()
    if settled is None:
        return Statistics(Counter(), None, Counter(), {})
    return _week(settled.office_key, officelog.newest(settled.office_key))


def _add_up(_office_key: str, _newest: str) -> Statistics:
    counts: Counter[tuple[str, str]] = Counter()
    errors: Counter[str] = Counter()
    spent: list[float] = []
    latest: dict[str, str] = {}
    for row in islice(_rows(Wish(), clock.now()), _MOST_READ):
        counts[row.thing, row.status] += 1
        if row.error and row.status == "error":
            errors[row.error] += 1
        if row.milliseconds is not None:
            spent.append(float(row.milliseconds))
        if row.status in _WELL:
            latest.setdefault(row.thing, row.at)
    return Statistics(counts, sum(spent) / len(spent) if spent else None, errors, latest)


_week: Memory[Statistics] = Memory(_add_up, seconds=300.0)


def _rows(wish: Wish, now: datetime, behind: list[str] | None = None) -> Iterator[OfficeLogItem]:
    """The rows that are meant, behind the one at this instant with this id; none of a clinic without an office."""
    settled = setup.current()
    if settled is None:
        return
    after = officelog.place(settled.office_key, behind[0], behind[1]) if behind else None
    first, last = clock.iso(wish.first or now - WEEK), clock.iso(wish.last or now)
    for row in officelog.rows(settled.office_key, first=first, last=last, after=after):
        if wish.fits(row):
            yield row


def _purpose(office_key: str) -> str:
    return f"advancedmd log of {office_key}"
