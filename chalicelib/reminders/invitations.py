"""What a calendar is told of a visit: RFC 5545, under one id for all of its life, with a number that only grows.

It says when and where, and in the subject's words what; never a reason, a specialty or a note.
"""

from chalicelib.gateways.mime import Attachment
from chalicelib.kit import clock
from chalicelib.reminders.kinds import CANCELLATION, CONFIRMATION, RESCHEDULE
from chalicelib.reminders.texts import Message
from chalicelib.table.appointments import AppointmentItem

TELLING: frozenset[str] = frozenset({CONFIRMATION, RESCHEDULE, CANCELLATION})


def write(kind: str, appointment: AppointmentItem, message: Message, *, place: str, sender: str, to: str) -> Attachment:
    """The invitation, or its end, as it is attached to a mail; times are UTC, so that every calendar shows its own."""
    from icalendar import Calendar, Event, vCalAddress, vText  # noqa: PLC0415 - only what writes mails needs it

    gone = kind == CANCELLATION
    method = "CANCEL" if gone else "REQUEST"
    event = Event()
    event.add("uid", f"{appointment.id}@careslot")
    event.add("sequence", int(appointment.version))
    event.add("dtstamp", clock.parse(str(appointment.updated_at)))
    event.add("dtstart", appointment.starts)
    event.add("dtend", appointment.ends)
    event.add("summary", message.subject)
    event.add("description", message.text)
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{sender}"))
    guest = vCalAddress(f"mailto:{to}")
    guest.params["rsvp"] = vText("FALSE")
    event.add("attendee", guest)
    if place:
        event.add("location", place)
    calendar = Calendar()
    calendar.add("prodid", "-//CareSlot//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    text = calendar.to_ical().decode()
    return Attachment("appointment.ics", text, "text/calendar", {"method": method})
