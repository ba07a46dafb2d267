"""Opening a room for a talk that nobody has booked, and showing a room to who has a seat in it."""

from datetime import datetime

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, directory
from chalicelib.table import telehealth
from chalicelib.table.patients import PatientItem
from chalicelib.telehealth import linking, rooms, turns
from chalicelib.telehealth.linking import Link
from chalicelib.telehealth.seats import Seat
from chalicelib.telehealth.terms import HOST, PATIENT
from chalicelib.telehealth.views import VisitRoomView


def seen(seat: Seat, now: datetime) -> VisitRoomView:
    """The room as it is now, from a seat."""
    people = telehealth.visitors(seat.room.id)
    return VisitRoomView.of(seat, people, now, turn=turns.of(seat, people, now))


def open_(*, patient_id: str, minutes: int, stamp: Stamp) -> tuple[Link, Link]:
    """A new room of the doctor who asks, for a patient of theirs: the host's link and the patient's."""
    access.check_patient(stamp.by, patient_id, field="patient_id")
    patient = PatientItem.find(patient_id)
    if patient is None:
        raise NotFound("patient", "patient_id")
    room = rooms.without_appointment(
        doctor_id=stamp.by.sub,
        patient_id=patient_id,
        doctor_name=directory.doctor(stamp.by.sub).name,
        patient_name=f"{patient.first_name} {patient.last_name}",
        minutes=minutes,
        stamp=stamp,
    )
    return linking.into(room, HOST), linking.into(room, PATIENT)
