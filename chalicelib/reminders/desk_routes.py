"""Reminders for who runs the day: many at once, one before it goes out, one that was given up."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from typing import Any

from chalicelib.kit.auth import STAFF, Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply
from chalicelib.kit.models import Page
from chalicelib.reminders import bulk, preview, replaying
from chalicelib.reminders.desk_schemas import ManagedView, ManageReminders, PreviewReminder, PreviewView
from chalicelib.reminders.schemas import ReminderView

api = Api(__name__)
RUNNING: frozenset[Role] = STAFF | {"doctor"}
CALLERS: frozenset[Role] = ANYONE - {"display", "kiosk"}


@api.post(
    "/api/reminders/bulk",
    roles=RUNNING,
    body=ManageReminders,
    view=list[ManagedView],
    meta=Page,
    costly=True,
)
def manage_reminders(call: Call[ManageReminders, Any]) -> Reply:
    """Send now, cancel or move the reminders of a day's visits page by page, or tell what that would do."""
    body = call.body
    outcomes, following = bulk.run(body.wish(), limit=body.limit, after=body.cursor, stamp=call.stamp)
    return Reply([ManagedView.of(one) for one in outcomes], meta={"next_cursor": following})


@api.post("/api/reminders/preview", roles=CALLERS, body=PreviewReminder, view=list[PreviewView])
def preview_reminder(call: Call[PreviewReminder, Any]) -> Reply:
    """Show what each channel would say of a visit, and send the e-mail to the caller's own address when asked."""
    body = call.body
    about: dict[str, Any] = {
        "appointment_id": body.appointment_id,
        "kind": body.kind,
        "language": body.language,
        "custom_message": body.custom_message,
        "stamp": call.stamp,
    }
    sent_to = preview.send_to_caller(**about) if body.send else None
    patient_id, written = preview.of(**about)
    return Reply([PreviewView.of(one, letter, patient_id=patient_id, sent_to=sent_to) for one, letter in written])


@api.post("/api/reminders/{id}/replay", roles=STAFF, view=ReminderView, refuses=replaying.REPLAYING)
def replay_reminder(call: Call[Any, Any], id: str) -> Reply:
    """Try a reminder again that was given up; it goes out with the next sweep, if it is still called for."""
    found = replaying.replay(reminder_id=id, stamp=call.stamp)
    return Reply(ReminderView.of(found), etag=f'"{int(found.version)}"')
