"""What somebody at the office does in AdvancedMD's own windows, without any limit."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from infra.simulators.advancedmd import clock, scheduler
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.office import Appointment

ACTIONS = ("move", "cancel", "noshow", "checkin", "checkout", "uncheckin", "uncheckout")
FORM = ("POST", "/scheduler/appointments")


class NotDone(Exception):
    """The office's own scheduler refuses it too, or it makes no sense."""


def do(desk: Desk, edit: dict[str, Any]) -> dict[str, Any]:
    """One edit: `{"kind": "book", …}` with the fields of a new appointment, `delete`, `charge`, or one of ACTIONS."""
    kind = edit.get("kind")
    wanted = {name: value for name, value in edit.items() if name != "kind"}
    if kind == "book":
        wanted = {"type": [{"id": min(desk.office.kinds)}]} | wanted
        said = scheduler.answer(desk, *FORM, {}, json.dumps(wanted).encode())
    elif kind == "charge":
        return _charge(desk, wanted)
    elif kind == "delete":
        said = scheduler.answer(desk, "DELETE", f"/scheduler/appointments/{wanted.get('id')}", {}, b"")
    elif kind in ACTIONS:
        path = f"/scheduler/appointments/{wanted.get('id')}/{kind}"
        said = scheduler.answer(desk, "PUT", path, {}, json.dumps(wanted).encode())
    else:
        raise NotDone(f"kind must be book, delete, charge or one of {', '.join(ACTIONS)}")
    if said.status >= 300:  # noqa: PLR2004 - not done
        raise NotDone(json.dumps(said.document))
    return dict(said.document)


def _charge(desk: Desk, wanted: dict[str, Any]) -> dict[str, Any]:
    one = desk.office.appointments.get(wanted.get("id", 0))
    if one is None:
        raise NotDone("there is no such appointment")
    one.charged_at = desk.clock.now()
    desk.touch(one)
    return {"id": one.id}


def nudge(desk: Desk) -> Appointment | None:
    """Somebody checks in the next patient who is expected: the edit that a fault injects."""
    waiting = [one for one in desk.office.appointments.values() if one.status == 0]
    if not waiting:
        return None
    one = min(waiting, key=lambda each: (each.start, each.id))
    do(desk, {"kind": "checkin", "id": one.id})
    return one


def shown(one: Appointment) -> dict[str, Any]:
    """An appointment for people who read the office's scheduler: no names, all wall time."""

    def told(instant: datetime | None) -> str | None:
        return instant.isoformat() if instant else None

    return {
        "id": one.id,
        "patient_id": one.patient_id,
        "column_id": one.column_id,
        "profile_id": one.profile_id,
        "facility_id": one.facility_id,
        "start": clock.iso(one.start),
        "duration": one.duration,
        "status": one.status,
        "comments": one.comments,
        "reference_id": one.reference_id,
        "modified_by": one.modified_by,
        "modified_at": told(one.modified_at),
        "charged_at": told(one.charged_at),
        "deleted_at": told(one.deleted_at),
    }
