"""Sparing: the last look before a message goes out, at its address and at how much its reader was told today."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.people import directory
from chalicelib.reminders import suppression, visits
from chalicelib.reminders.kinds import PATIENT, REMINDER, SMS
from chalicelib.reminders.letters import Letter
from chalicelib.table import correspondence
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem

ENOUGH = "The patient has been told enough for one day."


def why_not(
    reminder: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None, letter: Letter, now: datetime
) -> str | None:
    """The sentence with which a message is left out, or None; then it counts as told, however often it is tried."""
    why = suppression.reason(reminder.channel, letter.to) if letter.to else None
    if why:
        return f"This address is not written to: {why}."
    if reminder.audience != PATIENT or patient is None:
        return None
    zone = visits.home(patient, ZoneInfo(directory.location(appointment.location_id).zone))
    # Only reminders are left out; the rest is news, and counts all the same.
    most = visits.policy(appointment).cap if reminder.occasion == REMINDER else None
    if not correspondence.count_told(patient.id, clock.local_date(now, zone), reminder.id, most=most, now=now):
        return ENOUGH
    if reminder.channel == SMS and letter.to:
        correspondence.note_told(*suppression.place(SMS, letter.to), reminder.id, now=now)
    return None


def is_broken(reminder: ReminderItem, letter: Letter) -> bool:
    """Whether the address takes nothing though nobody has asked for that, so that another channel may stand in."""
    return bool(letter.to) and suppression.reason(reminder.channel, letter.to) in suppression.BROKEN
