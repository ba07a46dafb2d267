"""How appointments stand at AdvancedMD, for those who may see them."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.advancedmd import setup, waiting
from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import NotFound
from chalicelib.people import access
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import OfficeLinkItem


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


def _standing(appointment: AppointmentItem, link: OfficeLinkItem | None, now: datetime | None) -> Standing:
    settled = setup.current() if now and link and link.due_at and link.status == officelinks.PENDING else None
    line = waiting.look(settled, now=now) if settled and now else None
    return Standing(appointment, link, line.of([appointment.id]) if line else None)


def again(appointment_id: str, now: datetime, *, asked: bool = False) -> bool:
    """Let what waits for people be told after all; False while somebody tells it."""
    return officelinks.again(appointment_id, now=clock.iso(now), asked=asked)
