"""What people have to decide: appointments on which both sides differ or that cannot be told, and visits that cannot
become appointments; each with both sides, and settled by saying whose side counts.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from chalicelib.advancedmd import logbook, pulling, pushing, setup, shared, standing, waking
from chalicelib.advancedmd.setup import NotSetUp
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Conflict, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.scheduling import cancelling
from chalicelib.scheduling.refusals import ChangedMeanwhile, NotAllowedNow
from chalicelib.table import officeinbox, officelinks, officesettling
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import InboxItem
from chalicelib.table.officelinks import OfficeLinkItem

Keep = Literal["ours", "theirs"]
VISIT = "visit:"
"""What the id of a conflict about a visit begins with that is no appointment of ours."""
MOST = 200
_OF_ANOTHER = (
    "The visit in AdvancedMD is another patient's. It stays theirs: to keep ours makes another visit, "
    "to take theirs cancels the appointment here."
)


class NothingToDecide(Conflict):
    """There is no conflict, or somebody works on it at this moment."""

    code = "advancedmd_nothing_to_decide"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("There is nothing to decide about this, or it is being settled right now.")


DECIDING = (NotSetUp, NothingToDecide, NotAllowedNow, ChangedMeanwhile)


@dataclass(frozen=True, slots=True)
class Open:
    """One conflict: an appointment with its link, or a visit from the inbox."""

    id: str
    since: str
    appointment: AppointmentItem | None = None
    link: OfficeLinkItem | None = None
    visit: InboxItem | None = None

    @property
    def problem(self) -> str:
        """What stands in the way, as a sentence."""
        if self.visit is not None:
            return str((self.visit.conflict or {}).get("problem", ""))
        if self.link is not None and self.link.error:
            return str(self.link.error)
        of_another = any(one["field"] == "patient_id" for one in self.differences)
        return _OF_ANOTHER if of_another else logbook.DISAGREE

    @property
    def differences(self) -> list[dict[str, Any]]:
        """Field by field what each side has; of a visit what is there."""
        if self.visit is not None:
            theirs = (self.visit.conflict or {}).get("theirs") or {}
            return [{"field": name, "base": None, "ours": None, "theirs": value} for name, value in theirs.items()]
        return self.link.differences if self.link else []


def listed(by: Claims) -> list[Open]:
    """What waits for people, the longest waiting first, as far as the caller may see it; at most two hundred."""
    if setup.current() is None:
        return []
    return list(islice((one for one in _all() if _is_for(by, one)), MOST))


def settle(conflict_id: str, *, keep: Keep, stamp: Stamp) -> None:
    """Let one side count, or try again what was refused.

    A visit of another patient is left to that patient: with `ours` the appointment is told by a visit of its own, with
    `theirs` it is cancelled. Of a visit that is no appointment here, `theirs` tries to make one, `ours` leaves it be.
    Raises NotFound, NotSetUp, NothingToDecide, and for `theirs` of another patient what cancelling raises.
    """
    if conflict_id.startswith(VISIT):
        _settle_visit(conflict_id, keep, stamp)
        return
    found = standing.of_appointment(conflict_id, stamp.by)
    office_key, link = setup.demanded().office_key, found.link
    if link is None or link.status != officelinks.ERROR:
        raise NothingToDecide
    sides = {one["field"]: one for one in link.differences if one["theirs"] is not None}
    of_another = "patient_id" in sides
    values = _counted(sides, pushing.of_appointment(found.appointment), keep)
    if not (_part(link, keep, stamp) if of_another else _agree(link, values, stamp)):
        raise NothingToDecide
    if (keep == "theirs" or of_another) and link.visit_id is not None:
        pulling.put_unread(office_key, int(link.visit_id), now=stamp.now)
    waking.wake(office_key, why=f"{conflict_id}-{stamp.request_id}")


def _agree(link: OfficeLinkItem, values: dict[shared.Field, Any], stamp: Stamp) -> bool:
    agreed = pushing.read(link.agreed)
    stored = pushing.written(agreed.with_values(values)) if agreed else None
    return officesettling.settle(link, agreed=stored, now=clock.iso(stamp.now))


def _part(link: OfficeLinkItem, keep: Keep, stamp: Stamp) -> bool:
    """The appointment goes first: whoever is stopped in between finds the same to decide."""
    if keep == "theirs":
        why = "Its time is another patient's in AdvancedMD."
        cancelling.cancel(appointment_id=link.appointment_id, stamp=stamp, reason=why, override_reason=why)
    return officesettling.part(link, now=clock.iso(stamp.now))


def _counted(sides: dict[str, dict[str, Any]], ours: shared.Shared, keep: Keep) -> dict[shared.Field, Any]:
    """What is taken for agreed on, so that the side that counts is the one that has changed."""
    values: dict[shared.Field, Any] = {}
    for name in shared.FIELDS:
        if name in sides:
            theirs = sides[name]["theirs"]
            read = clock.parse(theirs) if name == "start" else theirs
            values[name] = read if keep == "ours" else ours.value(name)
    return values


def _settle_visit(conflict_id: str, keep: Keep, stamp: Stamp) -> None:
    number = conflict_id.removeprefix(VISIT)
    office_key = setup.demanded().office_key
    found = officeinbox.find(office_key, int(number)) if number.isdecimal() else None
    if found is None or not _may_see(stamp.by, found):
        raise NotFound("conflict")
    if not found.conflict:
        raise NothingToDecide
    if keep == "ours":
        officeinbox.done(found)
        return
    officeinbox.again(found, now=clock.iso(stamp.now))
    waking.wake(office_key, why=f"{conflict_id}-{stamp.request_id}")


def _is_for(by: Claims, one: Open) -> bool:
    return _may_see(by, one.visit) if one.visit is not None else standing.may_see(by, one.appointment)


def _may_see(by: Claims, visit: InboxItem) -> bool:
    """A visit is seen at the desks of the location that its column is at; where that is nobody's, by administrators."""
    location_id = ((visit.conflict or {}).get("theirs") or {}).get("location_id")
    if by.role == "admin" or location_id is None or shared.is_foreign(location_id):
        return by.role == "admin"
    return access.reaches_location(by, location_id)


def _all() -> list[Open]:
    found = []
    for key, since in officeinbox.waiting():
        if key.pk.startswith("ADVANCEDMD#"):
            visit = officeinbox.find(key.pk.partition("#")[2], int(key.sk.partition("#")[2]))
            found += [Open(f"{VISIT}{visit.visit_id}", since, visit=visit)] if visit and visit.conflict else []
            continue
        appointment_id = key.pk.partition("#")[2]
        appointment = AppointmentItem.find_linked(appointment_id)
        if appointment is not None and appointment.link and appointment.link.status == officelinks.ERROR:
            found.append(Open(appointment_id, since, appointment=appointment, link=appointment.link))
    return found
