"""Changing an appointment: read it, judge it, write it on the condition that nobody else did."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import sheets
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.sheets import Change
from chalicelib.table.transaction import Transaction


def read(appointment_id: str, by: Claims) -> AppointmentItem:
    """The appointment as it is now, if it exists for the caller."""
    found = AppointmentItem.find(appointment_id)
    if found is None:
        raise NotFound("appointment")
    access.check_appointment(by, found)
    return found


def read_for_change(appointment_id: str, stamp: Stamp) -> AppointmentItem:
    """The same, refused when it is not the version that the caller meant."""
    found = read(appointment_id, stamp.by)
    stamp.check_match(int(found.version))
    return found


def write(
    appointment: AppointmentItem,
    stamp: Stamp,
    actions: Sequence[Action],
    changes: dict[str, list[Change]] | None = None,
    *,
    also: Iterable[Callable[[Transaction], None]] = (),
) -> AppointmentItem:
    """Change the appointment and the sheets together, or nothing; answers the appointment as it then is.

    Each of `also` is called with the transaction to add to it. Raises ChangedMeanwhile when the
    appointment or a sheet is not as it was read.
    """
    version = int(appointment.version) + 1

    def landed() -> bool:
        there = AppointmentItem.find(appointment.id)
        return there is not None and there.write == tx.token

    tx = Transaction(landed=landed)
    for sheet_changes in (changes or {}).values():
        for change in sheet_changes:
            tx.raw_update(sheets.operation(change), refusal=ChangedMeanwhile)
    stamps = [
        AppointmentItem.version.set(version),
        AppointmentItem.updated_at.set(clock.iso(stamp.now)),
        AppointmentItem.updated_by.set(stamp.by.actor),
        AppointmentItem.request_id.set(stamp.request_id),
        AppointmentItem.write.set(tx.token),
    ]
    unchanged = AppointmentItem.unchanged(int(appointment.version))
    tx.update(appointment.key, [*actions, *stamps], condition=unchanged, refusal=ChangedMeanwhile)
    for add in also:
        add(tx)
    tx.commit()
    written = AppointmentItem.find(appointment.id)
    if written is None:
        raise NotFound("appointment")
    return written


def stamped(appointment: AppointmentItem, stamp: Stamp, **said: Any) -> list[dict[str, Any]]:
    """The appointment's stamps with one more: who moved it, when, from which status to which."""
    entry = {
        "at": clock.iso(stamp.now),
        "by": stamp.by.actor,
        **{name: value for name, value in said.items() if value},
    }
    return [*(appointment.stamps or []), entry]
