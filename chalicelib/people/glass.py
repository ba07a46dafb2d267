"""Break-glass: in an emergency a doctor may open the record of a patient who is not theirs, and everyone will know.

The reason is kept with the access and stands in the patient's audit trail; an alarm tells those who must look at it.
"""

from datetime import timedelta

from chalicelib.kit import clock, metrics
from chalicelib.kit.errors import Conflict, NotFound
from chalicelib.kit.log import logger
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.table import base, keys
from chalicelib.table.glass import GlassItem
from chalicelib.table.patients import PatientItem

OPEN_FOR = timedelta(hours=4)


class GlassNotNeeded(Conflict):
    """The record is open to the doctor anyway."""

    code = "glass_not_needed"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("The patient is yours; the record is open to you.")


def break_glass(patient_id: str, *, reason: str, stamp: Stamp) -> GlassItem:
    """Open the patient's record to the doctor for four hours, once more if it is open; the reason is recorded."""
    doctor_id = stamp.by.sub
    if PatientItem.find(patient_id) is None:
        raise NotFound("patient")
    if access.treats(doctor_id, patient_id):
        raise GlassNotNeeded
    item = GlassItem(
        *keys.glass(patient_id, doctor_id, clock.iso(stamp.now)),
        patient_key=keys.patient(patient_id).pk,
        open_until=int((stamp.now + OPEN_FOR).timestamp()),
        reason=reason,
        created_at=clock.iso(stamp.now),
        updated_at=clock.iso(stamp.now),
        updated_by=stamp.by.actor,
        request_id=stamp.request_id,
    )
    if base.put_new(item):  # otherwise a repeat within the second
        logger.warning("glass broken", extra={"doctor_id": doctor_id, "patient_id": patient_id})
        metrics.count("GlassBroken")
    return item
