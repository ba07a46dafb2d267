"""Where a telehealth appointment takes place: the id of its room, and the address of the page that leads into it.

Both follow from the appointment as it stands, so they are there as soon as it is, cost no write, and become others when
it is moved. The address holds no secret: it shows nothing to who cannot prove who they are.
"""

from chalicelib.kit import ids
from chalicelib.kit.settings import settings
from chalicelib.scheduling import settling, statuses
from chalicelib.table.appointments import AppointmentItem

_NOT_A_VISIT = frozenset({statuses.HELD, statuses.CANCELLED})


def takes_place(appointment: AppointmentItem) -> bool:
    """Whether the appointment is one for which a room stands open."""
    return appointment.mode == "telehealth" and appointment.status not in _NOT_A_VISIT


def room_id(appointment: AppointmentItem, which: int | None = None) -> str:
    """The id of the room for the present settling of the appointment, or for that one."""
    return ids.derived("vis", appointment.id, str(settling.times(appointment) if which is None else which))


def address(appointment: AppointmentItem) -> str | None:
    """Where the page of the visit is; what another system has said counts before our own. None where none is held."""
    if appointment.telehealth_url or not takes_place(appointment):
        return appointment.telehealth_url
    return page(room_id(appointment))


def page(room: str) -> str:
    """Where the page of a room is."""
    return f"{settings().public_url}/portal/visit/{room}"
