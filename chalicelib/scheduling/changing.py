"""Changing an appointment: read it, judge it, write it on the condition that nobody else did."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.scheduling import companions
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import base, sheets
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.sheets import Change
from chalicelib.table.transaction import Transaction


def read(appointment_id: str, by: Claims) -> AppointmentItem:
    """The appointment as it is now, if it exists for the caller."""
    found = AppointmentItem.find_linked(appointment_id)
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
    fields: Mapping[str, Any],
    changes: dict[str, list[Change]] | None = None,
    *,
    also: Iterable[Callable[[Transaction], None]] = (),
    accompanied: bool = False,
) -> AppointmentItem:
    """Change the appointment's fields (None removes one) and the sheets together, or nothing.

    Each of `also` is called with the transaction to add to it; companions add theirs unless it is `accompanied`
    already. Answers the appointment as it then is; raises ChangedMeanwhile when the appointment or a sheet is not as
    it was read, and Outrun when a companion's is not.
    """
    along = companions.NOTHING if accompanied else companions.along(appointment, fields, stamp)

    def landed() -> bool:
        there = AppointmentItem.find(appointment.id)
        return there is not None and there.write == tx.token

    tx = Transaction(landed=landed)
    for sheet_changes in (changes or {}).values():
        for change in sheet_changes:
            tx.raw_update(sheets.operation(change), refusal=ChangedMeanwhile)
    unchanged = AppointmentItem.unchanged(int(appointment.version))
    new = {
        **fields,
        **along.fields,
        "version": int(appointment.version) + 1,
        "updated_at": clock.iso(stamp.now),
        "updated_by": stamp.by.actor,
        "request_id": stamp.request_id,
        "write": tx.token,
    }
    tx.update(appointment.key, base.setting(AppointmentItem, new), condition=unchanged, refusal=ChangedMeanwhile)
    for add in (*also, *along.also):
        add(tx)
    tx.commit()
    for name, value in new.items():
        setattr(appointment, name, value)
    return appointment


def stamped(appointment: AppointmentItem, stamp: Stamp, **said: Any) -> list[dict[str, Any]]:
    """The appointment's stamps with one more: who moved it, when, from which status to which."""
    entry = {
        "at": clock.iso(stamp.now),
        "by": stamp.by.actor,
        **{name: value for name, value in said.items() if value},
    }
    return [*(appointment.stamps or []), entry]
