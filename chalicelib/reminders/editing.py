"""Reminders as people plan, move and cancel them; what they have decided, no plan undoes."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.kit.errors import Conflict, Invalid, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.people import directory
from chalicelib.reminders import offsets, plan, states, visits
from chalicelib.reminders.kinds import PATIENT, REMINDER, Channel
from chalicelib.reminders.pending import pending
from chalicelib.scheduling import changing, settling
from chalicelib.scheduling.refusals import ChangedMeanwhile
from chalicelib.table import base, reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem


class ReminderOver(Conflict):
    """The reminder is not waiting any more, so it cannot be changed."""

    code = "reminder_over"
    sampled = ("sent",)

    def __init__(self, status: str) -> None:
        super().__init__(
            f"This reminder is {status} already.", details=[{"field": "status", "problem": f"is {status}"}]
        )


CHANGING = (ReminderOver, ChangedMeanwhile)


def of_appointment(appointment_id: str, stamp: Stamp) -> list[ReminderItem]:
    """Every reminder of an appointment that the caller may see, in order of time."""
    return reminders.of_appointment(changing.read(appointment_id, stamp.by).id)


def schedule(
    *,
    appointment_id: str,
    channels: Sequence[Channel],
    timings: Sequence[int] = (),
    at: When | None = None,
    custom_message: str | None = None,
    stamp: Stamp,
) -> list[ReminderItem]:
    """Plan a reminder on each channel for each of these minutes before the visit, or for one instant.

    The same wish twice plans nothing twice. Raises Invalid for a visit that is over, a channel on which the patient
    cannot be reached or does not want to be, and a time that is past or after the visit has begun.
    """
    try:
        appointment = changing.read(appointment_id, stamp.by)
    except NotFound:
        raise NotFound("appointment", "appointment_id") from None
    _check(appointment, channels)
    zone = _zone(appointment)
    wanted = [(offset, offsets.before(appointment.starts, offset, zone)) for offset in timings]
    planned: list[tuple[int | None, datetime]] = [
        *((offset, _ahead(due, appointment, stamp, "timing")) for offset, due in wanted),
        *([(None, _ahead(at.at(zone), appointment, stamp, "scheduled_time"))] if at else []),
    ]
    return [
        _planned(appointment, channel, offset=offset, due=due, custom_message=custom_message, stamp=stamp)
        for channel in channels
        for offset, due in planned
    ]


def change(
    *, reminder_id: str, at: When | None = None, custom_message: str | None = None, stamp: Stamp
) -> ReminderItem:
    """Let a reminder that waits go out at another time, or say something more."""
    found, appointment = _waiting(reminder_id, stamp)
    fields: dict[str, object] = {"by_hand": True}
    if at is not None:
        due = clock.iso(_ahead(at.at(_zone(appointment)), appointment, stamp, "scheduled_time"))
        fields |= {"scheduled_time": due, "due_at": due, "offset": None}
    if custom_message is not None:
        fields["custom_message"] = custom_message or None
    return _write(found, fields, stamp)


def cancel(*, reminder_id: str, stamp: Stamp) -> ReminderItem:
    """Let a reminder that waits not go out; cancelling twice answers the same again."""
    found, _ = _read(reminder_id, stamp)
    if found.status == states.CANCELLED and found.by_hand:
        return found
    found, _ = _waiting(reminder_id, stamp)
    return _write(found, {"status": states.CANCELLED, "by_hand": True}, stamp)


def _zone(appointment: AppointmentItem) -> ZoneInfo:
    return ZoneInfo(directory.location(appointment.location_id).zone)


def _ahead(due: datetime | None, appointment: AppointmentItem, stamp: Stamp, field: str) -> datetime:
    """The instant, refused unless it is still to come and before the visit, and on the clock at all."""
    if due is None or not stamp.now < due < appointment.starts:
        raise Invalid.field(field, "must lie between now and the visit")
    return due


def _read(reminder_id: str, stamp: Stamp) -> tuple[ReminderItem, AppointmentItem]:
    appointment_id = plan.appointment_of(reminder_id)
    found = reminders.find(reminder_id, appointment_id) if appointment_id else None
    if found is None:
        raise NotFound(ReminderItem.missing)
    try:
        return found, changing.read(found.appointment_id, stamp.by)
    except NotFound:
        raise NotFound(ReminderItem.missing) from None


def find(reminder_id: str, stamp: Stamp) -> ReminderItem:
    """The reminder as it is now, if its visit exists for the caller."""
    return _read(reminder_id, stamp)[0]


def _waiting(reminder_id: str, stamp: Stamp) -> tuple[ReminderItem, AppointmentItem]:
    found, appointment = _read(reminder_id, stamp)
    stamp.check_match(int(found.version))
    if found.status != states.PENDING:
        raise ReminderOver(found.status)
    return found, appointment


def _write(found: ReminderItem, fields: dict[str, object], stamp: Stamp) -> ReminderItem:
    if not reminders.change(found, {**fields, "updated_by": stamp.by.actor}, now=stamp.now):
        raise ChangedMeanwhile
    return found


def _check(appointment: AppointmentItem, channels: Sequence[Channel]) -> None:
    patient = PatientItem.find(appointment.patient_id)
    if visits.standing(appointment) != "ahead" or patient is None:
        raise Invalid.field("appointment_id", "is of a visit that is not to come any more")
    person = visits.person(patient, appointment)
    for channel in channels:
        if channel not in person.reachable or person.consents.get(channel) is False:
            raise Invalid.field("channel", f"the patient cannot be reached by {channel}, or does not want to be")


def _planned(
    appointment: AppointmentItem,
    channel: Channel,
    *,
    offset: int | None,
    due: datetime,
    custom_message: str | None,
    stamp: Stamp,
) -> ReminderItem:
    at = clock.iso(due)
    for there in reminders.of_appointment(appointment.id):
        same = (there.occasion, there.channel, there.scheduled_time) == (REMINDER, channel, at)
        if same and there.status != states.CANCELLED:
            return there  # the plan, or somebody else, has thought of it
    reminder_id = plan.id_of(appointment.id, appointment.id, channel, at)
    item = pending(
        appointment.id,
        reminder_id,
        due=due,
        now=stamp.now,
        because=stamp.request_id,
        by=stamp.by.actor,
        occasion=REMINDER,
        channel=channel,
        audience=PATIENT,
        offset=offset,
        round=settling.times(appointment),
        recipient_id=appointment.patient_id,
        custom_message=custom_message or None,
        by_hand=True,
    )
    base.put_new(item)
    return reminders.find(reminder_id, appointment.id) or item
