"""Previews: what a message would say, with nothing planned, kept or counted; and one sent to the caller themselves."""

from dataclasses import replace

from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit.errors import Invalid, NotFound, Unavailable
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.reminders import letters, outlets, plan
from chalicelib.reminders.kinds import CALL, DOCTOR, EMAIL, NEW_APPOINTMENT, PATIENT, PUSH, SMS, Channel, Kind
from chalicelib.reminders.letters import Letter
from chalicelib.reminders.pending import pending
from chalicelib.scheduling import changing, settling
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem

_NO_LINK = ""
_SHOWN: tuple[Channel, ...] = (EMAIL, SMS, PUSH, CALL)


def of(
    *, appointment_id: str, kind: Kind, language: str | None, custom_message: str | None, stamp: Stamp
) -> tuple[str, list[tuple[Channel, Letter]]]:
    """The visit's patient and what each channel would say, for those who may see the visit."""
    appointment = _appointment(appointment_id, stamp)
    patient = PatientItem.find(appointment.patient_id)
    channels = _SHOWN if kind != NEW_APPOINTMENT else (EMAIL, PUSH)
    items = [(channel, _unsaved(appointment, kind, channel, custom_message, stamp)) for channel in channels]
    return appointment.patient_id, [
        (channel, letters.write(item, appointment, patient, language=language)) for channel, item in items
    ]


def send_to_caller(
    *, appointment_id: str, kind: Kind, language: str | None, custom_message: str | None, stamp: Stamp
) -> str:
    """Send the e-mail to the caller's own address and to nobody else's; the address.

    Raises Invalid for a caller of whom no address is known: a doctor's and a patient's are.
    """
    appointment = _appointment(appointment_id, stamp)
    patient = PatientItem.find(appointment.patient_id)
    address = _own_address(patient, stamp)
    if not address:
        raise Invalid.field("send", "goes to the address of the doctor or patient who asks; none is known of you")
    item = _unsaved(appointment, kind, EMAIL, custom_message, stamp)
    written = letters.write(item, appointment, patient, language=language)
    letter = replace(written, to=address, headers={}, secret=_NO_LINK, invitation=None)
    try:
        outlets.send(item, letter, stamp.now)
    except (Refused, NotNow, NoAnswer):
        raise Unavailable("The mail provider did not take the message; try again shortly.") from None
    return address


def _own_address(patient: PatientItem | None, stamp: Stamp) -> str:
    if stamp.by.role == "doctor":
        return directory.doctor(stamp.by.sub).email or ""
    return str(patient.email or "") if patient and stamp.by.role == "patient" else ""


def _appointment(appointment_id: str, stamp: Stamp) -> AppointmentItem:
    try:
        return changing.read(appointment_id, stamp.by)
    except NotFound:
        raise NotFound("appointment", "appointment_id") from None


def _unsaved(
    appointment: AppointmentItem, kind: Kind, channel: Channel, custom_message: str | None, stamp: Stamp
) -> ReminderItem:
    return pending(
        appointment.id,
        plan.id_of(appointment.id, "preview", kind),
        due=stamp.now,
        now=stamp.now,
        because=stamp.request_id,
        occasion=kind,
        channel=channel,
        audience=DOCTOR if kind == NEW_APPOINTMENT else PATIENT,
        round=settling.times(appointment),
        recipient_id=appointment.patient_id,
        custom_message=custom_message,
    )
