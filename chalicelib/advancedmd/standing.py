"""How appointments and patients stand at AdvancedMD, for those who may see them; and trying again by hand."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.advancedmd import outbox, setup, waiting, waking
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Conflict, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import OfficeLinkItem


class BeingTold(Conflict):
    """The appointment is being told to AdvancedMD at this moment."""

    code = "advancedmd_being_told"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This is being told to AdvancedMD right now; look again in a moment.")


TELLING = (setup.NotSetUp, BeingTold)


@dataclass(frozen=True, slots=True)
class Standing:
    """An appointment and its link, which it may not have, and in how many seconds it is told if it is to be.

    Nobody knows when while the office is paused.
    """

    appointment: AppointmentItem
    link: OfficeLinkItem | None
    wait: float | None = None


def of_appointment(appointment_id: str, by: Claims, now: datetime | None = None) -> Standing:
    """How an appointment stands; NotFound for who may not see it. With `now` also when it is told."""
    appointment = AppointmentItem.find(appointment_id)
    if appointment is None:
        raise NotFound(AppointmentItem.missing)
    access.check_appointment(by, appointment)
    return _standing(appointment, officelinks.find(appointment_id), now)


def may_see(by: Claims, appointment: AppointmentItem | None) -> bool:
    """Whether the caller sees how an appointment stands; of a visit that is no appointment here only administrators."""
    return by.role == "admin" if appointment is None else access.may_see_appointment(by, appointment)


def tell(appointment_id: str, *, stamp: Stamp) -> Standing:
    """Have the appointment told as soon as may be, whether or not it has changed. NotFound, NotSetUp, BeingTold."""
    found = of_appointment(appointment_id, stamp.by)
    office_key = setup.demanded().office_key
    outbox.mark(appointment_id, office_key=office_key, due=stamp.now, asked=True)
    if found.link is not None and not again(appointment_id, stamp.now, asked=True):
        raise BeingTold
    waking.wake(office_key, why=f"{appointment_id}-{stamp.request_id}")
    return _standing(found.appointment, officelinks.find(appointment_id), stamp.now)


def _standing(appointment: AppointmentItem, link: OfficeLinkItem | None, now: datetime | None) -> Standing:
    settled = setup.current() if now and link and link.due_at and link.status == officelinks.PENDING else None
    line = waiting.look(settled, now=now) if settled and now else None
    return Standing(appointment, link, line.of([appointment.id]) if line else None)


def again(appointment_id: str, now: datetime, *, asked: bool = False) -> bool:
    """Let what waits for people be told after all; False while somebody tells it."""
    return officelinks.again(appointment_id, now=clock.iso(now), asked=asked)
