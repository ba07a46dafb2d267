"""Answering: a patient says to a reminder that they come, or that they do not, and the visit is confirmed or cancelled.

What was said is noted before it is done, and done again by a repeat until that is noted too; so neither a kill nor two
answers at once leave a visit half answered. What the patient themselves may not do by now, no answer does.
"""

from datetime import datetime

from chalicelib.kit import clock, ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.stamps import Stamp
from chalicelib.reminders import visits
from chalicelib.reminders.answers import CANCEL, Meaning
from chalicelib.reminders.links import LinkDead
from chalicelib.scheduling import cancelling, settling, status, statuses
from chalicelib.table import reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.reminders import ReminderItem


def visit(reminder: ReminderItem, now: datetime) -> AppointmentItem:
    """The visit that a reminder is still about; LinkDead when it was moved or called off, has begun, or was answered.

    What was moved is told of by another reminder, with links of its own.
    """
    appointment = AppointmentItem.find(reminder.appointment_id)
    if appointment is None or now >= appointment.starts or int(reminder.round) != settling.times(appointment):
        raise LinkDead
    is_open = visits.standing(appointment) == "ahead" and not reminder.answered_at
    is_half_done = bool(reminder.answered) and not reminder.answered_at
    if not (is_open or is_half_done):
        raise LinkDead
    return appointment


def answer(reminder: ReminderItem, said: Meaning, now: datetime) -> AppointmentItem:
    """The visit as the answer leaves it.

    Raises LinkDead, also when another answer came first, and what refuses the patient that change (TooLate, Forbidden,
    NotAllowedNow).
    """
    appointment = visit(reminder, now)
    if reminder.answered not in {None, said}:
        raise LinkDead
    if reminder.answered is None and not reminders.change(reminder, {"answered": said}, now=now):
        raise LinkDead
    claims = Claims(sub=appointment.patient_id, role="patient")
    stamp = Stamp(by=claims, now=now, request_id=ids.new("ans"))
    try:
        if said == CANCEL:
            changed = cancelling.cancel(appointment_id=appointment.id, stamp=stamp, reason_code="patient_request")
        else:
            changed = status.set_status(appointment_id=appointment.id, status=statuses.CONFIRMED, stamp=stamp)
    except Exception:
        reminders.change(reminder, {"answered": None}, now=now)
        raise
    reminders.change(reminder, {"answered_at": clock.iso(now)}, now=now)
    return changed
