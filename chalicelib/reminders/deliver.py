"""Delivery: one due reminder claimed, looked at again beside its appointment, sent, and written down.

claim with a lease ──► is it still called for? ──► was it sent? ──► may it go out now? ──► hand it over ──► record
     │ not due, or another's: nothing      │ no: cancelled      see tries.py   │ no: later          │ see tries.py

It may be asked for any number of times and by any number of workers at once: only one holds the lease. Who dies with
it leaves a reminder in `sending`, which is due again when the lease ends.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import logger
from chalicelib.people import directory
from chalicelib.reminders import letters, links, outlets, planning, quiet, sparing, standing_in, states, tries, visits
from chalicelib.reminders.kinds import CONFIRMATION, PATIENT, REMINDER, YOU_ARE_NEXT
from chalicelib.reminders.letters import Letter
from chalicelib.table import appointments, reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem
from chalicelib.telehealth import linking

_RECORD_ATTEMPTS = 5
_NOTED: dict[str, str] = {CONFIRMATION: "confirmation_sent", REMINDER: "reminder_sent"}


def deliver(reminder_id: str, appointment_id: str, now: datetime) -> str | None:
    """Send the reminder if it is due, called for and nobody else's; its status then, None when it was not ours."""
    claimed = reminders.claim(reminder_id, appointment_id, now=now, lease=tries.LEASE)
    if claimed is None:
        return None
    doubtful = claimed.status == states.SENDING
    if doubtful and (settled := _settled(claimed, now)):
        return settled
    appointment = _about(claimed, now)
    patient = PatientItem.find(appointment.patient_id) if appointment else None
    if appointment is None or not _is_called_for(claimed, appointment, patient, now):
        return _record(claimed, {"status": states.CANCELLED}, now)
    return _send(claimed, appointment, patient, doubtful=doubtful, now=now)


def _send(
    claimed: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None, *, doubtful: bool, now: datetime
) -> str:
    letter = letters.write(claimed, appointment, patient)
    if doubtful and claimed.channel in outlets.ASKED and (settled := _asked(claimed, letter, now)):
        return settled
    moved = _allowed(claimed, appointment, patient, now)
    if moved != now:
        later = (
            {"status": states.PENDING, "due_at": clock.iso(moved), "tries": int(claimed.tries) - 1} if moved else None
        )
        return _record(claimed, later or {"status": states.CANCELLED}, now)
    try:
        why = sparing.why_not(claimed, appointment, patient, letter, now)
    except Unavailable as closed:  # the key of the list of addresses, which is a secret
        return _later(claimed, appointment, {"error_message": str(closed)}, now)
    if why:
        left_out = {**_said(letter), "message": None, "error_message": why}
        if sparing.is_broken(claimed, letter):
            return _give_up(claimed, appointment, left_out, states.FAILED, now)
        return _record(claimed, {**left_out, "status": states.CANCELLED}, now)
    links.open_(letter.secret, claimed, until=appointment.starts, now=now)
    return _hand_over(claimed, appointment, letter, now)


def _settled(reminder: ReminderItem, now: datetime) -> str | None:
    """What is certain about one whose sender never came back, if anything is: its status."""
    if reminder.delivery_status:
        return _record(reminder, {"status": states.SENT, "sent_time": clock.iso(now)}, now)
    return None if int(reminder.tries) <= tries.MOST else _park(reminder, tries.UNKNOWN, now)


def _asked(reminder: ReminderItem, letter: Letter, now: datetime) -> str | None:
    """What the provider says about one whose sender never came back: its status, or None when it is sent again."""
    since = clock.parse(reminder.begun_at) if reminder.begun_at else reminder.due
    try:
        taken = outlets.taken(reminder, letter, since, tries.LEASE)
    except NotNow as silence:
        later = {"status": states.SENDING, "due_at": clock.iso(now + tries.LEASE), "error_message": str(silence)}
        return _record(reminder, later, now)
    if taken:
        return _record(reminder, {**_said(letter), **_sent(taken, now)}, now)
    return None if reminder.channel in tries.SENT_AGAIN else _park(reminder, tries.UNKNOWN, now)


def _about(reminder: ReminderItem, now: datetime) -> AppointmentItem | None:
    """The visit, or what stands for it: who is told to be next may have come without one."""
    if reminder.occasion != YOU_ARE_NEXT:
        return AppointmentItem.find(reminder.appointment_id)
    from chalicelib.reminders import near_turn  # noqa: PLC0415 - the waiting lines are much to load for the others

    return near_turn.visit(reminder.appointment_id, now)


def _is_called_for(
    reminder: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None, now: datetime
) -> bool:
    if reminder.occasion == REMINDER and now >= appointment.starts:
        return False
    if reminder.occasion == YOU_ARE_NEXT:
        return True  # while they wait, which has just been looked at
    if reminder.by_hand or reminder.instead_of:
        return visits.standing(appointment) == "ahead"
    return reminder.id in {one.id for one in planning.wanted(appointment, patient)}


def _allowed(
    reminder: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None, now: datetime
) -> datetime | None:
    """When it may go out, `now` if at once; a retry, or a worker that was late, may have got into the quiet hours."""
    if reminder.audience != PATIENT or patient is None:
        return now
    zone = visits.home(patient, ZoneInfo(directory.location(appointment.location_id).zone))
    allowed = quiet.settle(
        now,
        kind=reminder.occasion,
        channel=reminder.channel,
        quiet=visits.policy(appointment).quiet,
        zone=zone,
        since=now,
        start=appointment.starts,
    )
    return max(allowed, now) if allowed else None


def _hand_over(reminder: ReminderItem, appointment: AppointmentItem, letter: Letter, now: datetime) -> str:
    said = _said(letter)
    try:
        taken = outlets.send(reminder, letter, now)
    except Refused as refusal:
        return _give_up(reminder, appointment, {**said, "error_message": str(refusal)}, states.FAILED, now)
    except NotNow as refusal:
        return _later(reminder, appointment, {**said, "error_message": str(refusal)}, now)
    except NoAnswer as silence:
        # It stays ours until the lease ends; by then the provider may have told.
        return _record(reminder, {**said, "status": states.SENDING, "error_message": str(silence)}, now)
    return _record(reminder, {**said, **_sent(taken, now)}, now)


def _later(reminder: ReminderItem, appointment: AppointmentItem, failed: Mapping[str, Any], now: datetime) -> str:
    """Try it again after a while, unless that was done often enough."""
    again = tries.next_try(int(reminder.tries), now)
    if again is None:
        return _give_up(reminder, appointment, failed, states.PARKED, now)
    return _record(reminder, {**failed, "status": states.PENDING, "lease": None, "due_at": clock.iso(again)}, now)


def _said(letter: Letter) -> dict[str, Any]:
    return {
        "subject": letter.message.subject,
        "message": linking.without_secrets(letter.message.text),
        "recipient_email" if "@" in letter.to else "recipient_phone": letter.to or None,
    }


def _sent(provider_id: str, now: datetime) -> dict[str, Any]:
    return {"status": states.SENT, "sent_time": clock.iso(now), "provider_id": provider_id, "error_message": None}


def _give_up(
    reminder: ReminderItem, appointment: AppointmentItem, fields: Mapping[str, Any], status: str, now: datetime
) -> str:
    """Let another channel stand in for it; where none is left, it is parked or failed, and somebody is told."""
    if standing_in.stand_in(reminder, appointment, now):
        return _record(reminder, {**fields, "status": states.FAILED}, now)
    if status == states.PARKED:
        return _park(reminder, str(fields["error_message"]), now, **fields)
    return _record(reminder, {**fields, "status": status}, now)


def _park(reminder: ReminderItem, why: str, now: datetime, **fields: Any) -> str:
    from chalicelib.kit import metrics  # noqa: PLC0415 - rarely needed

    metrics.count("ReminderParked")
    return _record(reminder, {**fields, "status": states.PARKED, "error_message": why}, now)


def _record(reminder: ReminderItem, fields: Mapping[str, Any], now: datetime) -> str:
    """Write down what became of it; a receipt that came first changed another field, and is kept."""
    ours, lease = reminder, reminder.lease
    for _ in range(_RECORD_ATTEMPTS):
        if reminders.change(ours, fields, now=now):
            break
        found = reminders.find(reminder.id, reminder.appointment_id)
        if found is None or found.lease != lease:
            logger.warning("a lease ended before its work", extra={"reminder": reminder.id})
            break
        ours = found
    if fields["status"] == states.SENT and reminder.occasion in _NOTED:
        appointments.note_sent(reminder.appointment_id, _NOTED[reminder.occasion])
    return str(fields["status"])
