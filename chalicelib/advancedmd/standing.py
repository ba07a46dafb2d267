"""How appointments and patients stand at AdvancedMD, for those who may see them; and trying again by hand."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.advancedmd import outbox, setup, waking
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
    """An appointment and its link, which it may not have."""

    appointment: AppointmentItem
    link: OfficeLinkItem | None


def of_appointment(appointment_id: str, by: Claims) -> Standing:
    """How an appointment stands; NotFound for who may not see it."""
    appointment = AppointmentItem.find(appointment_id)
    if appointment is None:
        raise NotFound(AppointmentItem.missing)
    access.check_appointment(by, appointment)
    return Standing(appointment, officelinks.find(appointment_id))


def tell(appointment_id: str, *, stamp: Stamp) -> Standing:
    """Have the appointment told as soon as may be, whether or not it has changed. NotFound, NotSetUp, BeingTold."""
    found = of_appointment(appointment_id, stamp.by)
    office_key = setup.demanded().office_key
    outbox.mark(appointment_id, office_key=office_key, due=stamp.now)
    if found.link is not None and not again(appointment_id, stamp.now):
        raise BeingTold
    waking.wake(office_key, why=f"{appointment_id}-{stamp.request_id}")
    return Standing(found.appointment, officelinks.find(appointment_id))


def again(appointment_id: str, now: datetime) -> bool:
    """Let what waits for people be told after all; False while somebody tells it."""
    return officelinks.again(appointment_id, now=clock.iso(now))
