"""The comparison at the end of the day: the simulator's own records beside the table's own items.

Nothing of the code that keeps the two in step is asked, except what it lists for people to decide.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from chalicelib.advancedmd import conflicts
from infra.simulators.advancedmd.demo import OFFICE_KEY, USER
from infra.simulators.advancedmd.office import DELETED, Appointment
from scripts.agreeing import ground as grounds
from scripts.agreeing.desks import STAGES_HERE, STAGES_THERE, Desks
from scripts.agreeing.ground import Ground
from scripts.agreeing.journal import GROUPS, Side, State, explains

_VISIT = f"ADVANCEDMD#{OFFICE_KEY}"


@dataclass
class Verdict:
    """What the comparison has found; each finding is a sentence about ids.

    `anew` is how many visits were made for another that the office deleted while its making was unanswered: nothing at
    AdvancedMD tells one that was deleted before its number was known from one that was never made.
    """

    appointments: int = 0
    visits: int = 0
    agreeing: int = 0
    listed: int = 0
    anew: int = 0
    different: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def spotless(self) -> bool:
        """Both sides agree or people are asked, nothing is there twice, nothing that anybody did is gone."""
        return not (self.different or self.twice or self.lost)


@dataclass(frozen=True)
class _Here:
    """An appointment of the table."""

    id: str
    state: State
    patient_id: str


def compare(ground: Ground, desks: Desks, table: str) -> Verdict:
    """Compare every appointment with every visit."""
    items = list(grounds.raw_items(ground, table))
    here = {one.id: one for one in map(_read, items) if one is not None}
    whose = {
        item["SK"]["S"].partition("#")[2]: item["appointment_id"]["S"]
        for item in items
        if item["PK"]["S"] == _VISIT and item["SK"]["S"].startswith("VISIT#")
    }
    listed = {one.id for one in conflicts.listed(grounds.ADMIN)}
    there: dict[str, list[Appointment]] = {}
    strangers = []
    for visit in ground.office.appointments.values():
        mine = visit.reference_id or whose.get(str(visit.id))
        if mine in here:
            there.setdefault(str(mine), []).append(visit)
        else:
            strangers.append(visit)
    verdict = Verdict(len(here), len(ground.office.appointments))
    for one in here.values():
        if one.id in listed:
            verdict.listed += 1
        else:
            visits = there.get(one.id, [])
            counted = that_count(visits, known={number for number, mine in whose.items() if mine == one.id})
            verdict.anew += len(visits) - len(counted)
            _judge(verdict, one, counted, ground, desks)
    for visit in strangers:
        _judge_stranger(verdict, visit, f"{conflicts.VISIT}{visit.id}" in listed)
    _count_shared(verdict, whose)
    return verdict


def that_count(visits: Iterable[Appointment], *, known: Container[str]) -> list[Appointment]:
    """An appointment's visits but for those that were deleted before the next was made, and never known as its."""
    made = sorted(visits, key=lambda one: one.created_at)
    gone = [
        one.id
        for one, after in pairwise(made)
        if one.status == DELETED and one.modified_at <= after.created_at and str(one.id) not in known
    ]
    return [one for one in made if one.id not in gone]


def _read(item: dict[str, Any]) -> _Here | None:
    if item.get("kind", {}).get("S") != "appointment" or item["status"]["S"] == "held":
        return None
    start = item["start"]["S"].replace("Z", "+00:00")
    slot = (start, int(item["duration_minutes"]["N"]), item["doctor_key"]["S"].partition("#")[2])
    state = State(slot, STAGES_HERE[item["status"]["S"]])
    return _Here(item["PK"]["S"].partition("#")[2], state, item["patient_key"]["S"].partition("#")[2])


def _judge(verdict: Verdict, one: _Here, visits: list[Appointment], ground: Ground, desks: Desks) -> None:
    if not visits:
        if one.state.stage != "cancelled":
            verdict.different.append(f"{one.id} is {one.state} here and has no visit")
        return
    if len(visits) > 1:
        verdict.twice.append(f"{one.id} has the visits {[visit.id for visit in visits]}")
        return
    (visit,) = visits
    theirs = desks.state_there(visit)
    gone = one.state.stage == theirs.stage == "cancelled"  # of what is cancelled the time is nobody's
    column = ground.office.columns[visit.column_id]
    same_place = (visit.profile_id, visit.facility_id) == (column.profile_id, column.facility_id)
    same_patient = ground.numbers.get(one.patient_id) == visit.patient_id
    if not (same_patient and same_place and (gone or theirs == one.state)):
        verdict.different.append(f"{one.id} is {one.state} here, {visit.id} is {theirs} there")
        return
    things: set[tuple[Side, str]] = {("here", one.id), ("there", str(visit.id))}
    entries = desks.journal.about(things)
    for group in GROUPS:
        if not (gone and group == "slot") and not explains(entries, group, theirs.of(group)):
            verdict.lost.append(f"{one.id} ends as {theirs.of(group)}: {entries}")
            return
    verdict.agreeing += 1


def _judge_stranger(verdict: Verdict, visit: Appointment, listed: bool) -> None:
    """A visit that is no appointment here: people are asked, or it is over."""
    if visit.created_by == USER:
        verdict.twice.append(f"the visit {visit.id} was made by us, and is no appointment's")
    elif listed:
        verdict.listed += 1
    elif STAGES_THERE[visit.status] in {"expected", "arrived"}:
        verdict.different.append(f"the visit {visit.id} at {visit.start} is nobody's here")


def _count_shared(verdict: Verdict, whose: dict[str, str]) -> None:
    shared = [one for one, count in Counter(whose.values()).items() if count > 1]
    verdict.twice += [f"{one} is said to have several visits" for one in shared]
