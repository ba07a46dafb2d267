"""What goes along with an appointment: other slices move their things in the transaction that moves its status.

They join in at `kit.late.APPOINTMENT_MOVES`, where `app.py` names them, since scheduling knows none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chalicelib.kit.late import APPOINTMENT_MOVES
from chalicelib.kit.stamps import Stamp
from chalicelib.scheduling import statuses
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import revision
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.transaction import Transaction

R = TypeVar("R")
_ATTEMPTS = 40


class Outrun(ChangedMeanwhile):
    """What goes along with the appointment was changed at the same moment; reading it again helps."""


@dataclass(frozen=True, slots=True)
class Along:
    """What goes along: further fields of the appointment, and what is added to the transaction."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[Callable[[Transaction], None], ...] = ()


NOTHING = Along()
Companion = Callable[[AppointmentItem, Mapping[str, Any], Stamp], Along]
"""Is given an appointment as it was read and the fields that it is about to get, and answers what goes along."""


def along(appointment: AppointmentItem, fields: Mapping[str, Any], stamp: Stamp) -> Along:
    """What all companions add; they are asked about visits whose patient is, or will be, in the house."""
    status = fields.get("status", appointment.status)
    comes = status == statuses.CHECKED_IN or appointment.queue_entry_id
    if not comes or status == appointment.status:
        return NOTHING
    parts: list[Along] = [go_along(appointment, fields, stamp) for go_along in APPOINTMENT_MOVES.functions()]
    return Along(
        fields={name: value for part in parts for name, value in part.fields.items()},
        also=tuple(add for part in parts for add in part.also),
    )


def patiently(work: Callable[[], R]) -> R:
    """The result of the work, which is done again from its reading on while companions are outrun."""
    for attempt in range(_ATTEMPTS):
        revision.pause(attempt)
        try:
            return work()
        except Outrun:
            continue
    raise Outrun
