"""The negative control: look first, then write without a condition, as most schedulers do."""

from typing import Any

from chalicelib.kit import clock, ids
from chalicelib.scheduling import claims, drafting, fitting
from chalicelib.scheduling.booking import Booking
from chalicelib.table import base, keys, sheets
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem


def book(wish: Booking) -> AppointmentItem:
    """Check the sheets, then put the appointment and count the cells."""
    visit = fitting.settle(wish.asked, wish.stamp.now, certain=True)
    patient_id = str(wish.patient_id)
    found = base.get_many([*fitting.keys_of(visit, patient_id), keys.patient(patient_id)], consistent=True)
    claim = fitting.fit(visit, patient_id, found, wish.stamp.now)
    patient = PatientItem.from_raw_data(found[keys.patient(patient_id)])
    item: Any = drafting.draft(
        visit, claim, patient, appointment_id=ids.new("apt"), stamp=wish.stamp, details=wish.details
    )
    item.write = clock.iso(wish.stamp.now)
    for changes in claims.take(claim).values():
        for change in changes:
            operation = sheets.operation(change)
            operation.pop("ConditionExpression", None)
            for name in (":k", ":cap"):
                operation["ExpressionAttributeValues"].pop(name, None)
            base.call("UpdateItem", operation)
    base.put_new(item)
    return AppointmentItem.from_raw_data(base.get(item.key, consistent=True) or {})
