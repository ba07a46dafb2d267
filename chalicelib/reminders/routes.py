"""Reminders over HTTP: what is planned for a visit, and what people plan, move and cancel themselves."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply
from chalicelib.reminders import editing
from chalicelib.reminders.schemas import ChangeReminder, ReminderView, ScheduleReminder

api = Api(__name__)
CALLERS: frozenset[Role] = ANYONE - {"display", "kiosk"}


@api.post("/api/reminders/schedule", roles=CALLERS, body=ScheduleReminder, view=list[ReminderView], status=201)
def schedule_reminders(call: Call[ScheduleReminder, Any]) -> Reply:
    """Remind a patient of a visit once more, on these channels at these times; the same wish twice plans it once."""
    body = call.body
    planned = editing.schedule(
        appointment_id=body.appointment_id,
        channels=body.channels,
        timings=body.timings,
        at=body.scheduled_time,
        custom_message=body.custom_message,
        stamp=call.stamp,
    )
    return Reply([ReminderView.of(item) for item in planned])


@api.get("/api/reminders/appointment/{id}", roles=CALLERS, view=list[ReminderView])
def list_reminders_of_appointment(call: Call[Any, Any], id: str) -> Reply:
    """Every message about a visit, those that went out and those that wait, in order of time."""
    return Reply([ReminderView.of(item) for item in editing.of_appointment(id, call.stamp)])


@api.put("/api/reminders/{id}", roles=CALLERS, body=ChangeReminder, view=ReminderView, refuses=editing.CHANGING)
def change_reminder(call: Call[ChangeReminder, Any], id: str) -> Reply:
    """Let a reminder that waits go out at another time, or say something more; no plan changes it after that."""
    body = call.body
    changed = editing.change(
        reminder_id=id, at=body.scheduled_time, custom_message=body.custom_message, stamp=call.stamp
    )
    return _one(changed)


@api.delete("/api/reminders/{id}", roles=CALLERS, view=ReminderView, refuses=editing.CHANGING)
def cancel_reminder(call: Call[Any, Any], id: str) -> Reply:
    """Let a reminder that waits not go out, whatever is planned later."""
    return _one(editing.cancel(reminder_id=id, stamp=call.stamp))


def _one(reminder: Any) -> Reply:
    return Reply(ReminderView.of(reminder), etag=f'"{int(reminder.version)}"')
