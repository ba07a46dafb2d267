"""What people have to decide: appointments on which both sides differ or that cannot be told, and visits that cannot
become appointments; each with both sides, and settled by saying whose side counts.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from chalicelib.advancedmd import pulling, pushing, setup, shared, standing, waking
from chalicelib.advancedmd.setup import NotSetUp
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Conflict, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.table import officeinbox, officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officeinbox import InboxItem
from chalicelib.table.officelinks import OfficeLinkItem

Keep = Literal["ours", "theirs"]
VISIT = "visit:"
"""What the id of a conflict about a visit begins with that is no appointment of ours."""
MOST = 200


class NothingToDecide(Conflict):
    """There is no conflict, or somebody works on it at this moment."""

    code = "advancedmd_nothing_to_decide"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("There is nothing to decide about this, or it is being settled right now.")


DECIDING = (NotSetUp, NothingToDecide)


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
        return str(self.link.error if self.link and self.link.error else "Both sides have changed this.")

    @property
    def differences(self) -> list[dict[str, Any]]:
        """Field by field what each side has; of a visit what is there."""
        if self.visit is not None:
            theirs = (self.visit.conflict or {}).get("theirs") or {}
            return [{"field": name, "base": None, "ours": None, "theirs": value} for name, value in theirs.items()]
        told = self.link.conflict if self.link else None
        return [one for one in told if "field" in one] if isinstance(told, list) else []


def listed(by: Claims) -> list[Open]:
    """What waits for people, the longest waiting first, as far as the caller may see it; at most two hundred."""
    if setup.current() is None:
        return []
    return list(islice((one for one in _all() if standing.may_see(by, one.appointment)), MOST))


def settle(conflict_id: str, *, keep: Keep, stamp: Stamp) -> None:
    """Let one side count, or try again what was refused.

    Of a visit that is no appointment here, `theirs` tries to make one, `ours` leaves it be. Raises NotFound, NotSetUp,
    NothingToDecide.
    """
    if conflict_id.startswith(VISIT):
        _settle_visit(conflict_id, keep, stamp)
        return
    found = standing.of_appointment(conflict_id, stamp.by)
    office_key, link = setup.demanded().office_key, found.link
    if link is None or link.status != officelinks.ERROR:
        raise NothingToDecide
    ours = pushing.of_appointment(found.appointment)
    told = link.conflict if isinstance(link.conflict, list) else []
    sides = {one["field"]: one for one in told if "field" in one}
    agreed = (pushing.read(link.agreed) or ours).with_values(_counted(sides, ours, keep))
    if not officelinks.settle(link, agreed=pushing.written(agreed), now=clock.iso(stamp.now)):
        raise NothingToDecide
    if keep == "theirs" and link.visit_id is not None:
        pulling.put_unread(office_key, int(link.visit_id), now=stamp.now)
    waking.wake(office_key, why=f"{conflict_id}-{stamp.request_id}")


def _counted(sides: dict[str, dict[str, Any]], ours: shared.Shared, keep: Keep) -> dict[shared.Field, Any]:
    """What is taken for agreed on, so that the side that counts is the one that has changed."""
    values: dict[shared.Field, Any] = {}
    for name in shared.FIELDS:
        if name in sides:
            theirs = sides[name]["theirs"]
            read = clock.parse(theirs) if name == "start" and theirs else theirs
            values[name] = read if keep == "ours" else ours.value(name)
    return values


def _settle_visit(conflict_id: str, keep: Keep, stamp: Stamp) -> None:
    number = conflict_id.removeprefix(VISIT)
    if stamp.by.role != "admin" or not number.isdecimal():
        raise NotFound("conflict")
    office_key = setup.demanded().office_key
    found = officeinbox.find(office_key, int(number))
    if found is None:
        raise NotFound("conflict")
    if keep == "ours":
        officeinbox.done(found)
        return
    officeinbox.again(found, now=clock.iso(stamp.now))
    waking.wake(office_key, why=f"{conflict_id}-{stamp.request_id}")


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
