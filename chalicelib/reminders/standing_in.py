"""Standing in: when a channel fails for good, the patient is told the same on another one, once."""

from datetime import datetime

from chalicelib.reminders import plan, states, tries, visits
from chalicelib.reminders.kinds import PATIENT
from chalicelib.reminders.pending import pending
from chalicelib.table import base, reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem

_UNDER_WAY = states.WAITING | {states.SENT}


def stand_in(failed: ReminderItem, appointment: AppointmentItem, now: datetime) -> bool:
    """Plan the same message on the channel that stands in, due at once; False where there is none.

    One that stands in has nobody to stand in for it. A patient who is told the same there anyway is not told twice.
    """
    channel = tries.INSTEAD[failed.channel]
    patient = PatientItem.find(appointment.patient_id)
    if failed.instead_of or failed.audience != PATIENT or patient is None:
        return False
    person = visits.person(patient, appointment)
    if channel not in person.reachable or person.consents.get(channel) is False:
        return False
    if person.wish.channels.get(channel) is False:
        return False
    if any(_tells_the_same(one, failed, channel) for one in reminders.of_appointment(appointment.id)):
        return True
    base.put_new(_item(failed, channel, now))
    return True


def _tells_the_same(other: ReminderItem, failed: ReminderItem, channel: str) -> bool:
    same = (other.occasion, other.offset, other.round) == (failed.occasion, failed.offset, failed.round)
    return same and other.channel == channel and other.status in _UNDER_WAY


def _item(failed: ReminderItem, channel: str, now: datetime) -> ReminderItem:
    return pending(
        failed.appointment_id,
        plan.id_of(failed.appointment_id, failed.id, channel),
        due=now,
        now=now,
        because=f"instead-{failed.lease}",
        occasion=failed.occasion,
        channel=channel,
        audience=failed.audience,
        offset=failed.offset,
        round=failed.round,
        recipient_id=failed.recipient_id,
        custom_message=failed.custom_message,
        instead_of=failed.id,
    )
