"""What most tests of telehealth do: a clinic that sees patients by video, a visit about to begin, its people."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import Clinic, Data
from tests.client import Answer, Client
from tests.queue import waiting

TAB, OTHER_TAB = "3f0c9a52-77aa-4c1e-9df1-1c7c0a7e54b0", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
ALL_WELL = {"internet": True, "webcam": True, "microphone": True, "browser": True}
_FIVE = 5


def video_clinic(api: Any, **parts: Any) -> Clinic:
    """A clinic whose doctor works now, and can be booked from one five minutes to the next."""
    return waiting.waiting_room(api, schedule={"grid_minutes": 5, "daily_cap": 200}, **parts)


def soon(minutes: int = 0) -> datetime:
    """The next five minutes of the clock that are more than a minute away, and so many minutes later."""
    ahead = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=_FIVE + 1)
    return ahead - timedelta(minutes=ahead.minute % _FIVE) + timedelta(minutes=minutes)


def book(api: Any, place: Clinic, start: datetime | None = None, **fields: Any) -> Data:
    """A telehealth appointment; soon, unless it says when."""
    body = {
        "doctor_id": place.doctor["id"],
        "patient_id": place.patient["id"],
        "scheduled_date": (start or soon()).isoformat(),
        "mode": "telehealth",
        **fields,
    }
    answer = api.as_("receptionist").post("/api/appointments", body)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def doctor(api: Client, place: Clinic) -> Client:
    """The clinic's doctor."""
    return api.as_("doctor", place.doctor["id"])


def patient(api: Client, place: Clinic) -> Client:
    """The clinic's patient."""
    return api.as_("patient", place.patient["id"])


def link(who: Any, appointment: Data) -> Data:
    """The caller's link to the visit."""
    answer = who.post(f"/api/telehealth/generate-url/{appointment['id']}")
    assert answer.status == 200, answer.body
    made: Data = answer.data
    return made


def holding(api: Client, secret: str) -> Client:
    """Whoever has the secret of a link."""
    return api.with_(authorization=f"Bearer {secret}")


def enter(who: Client, room_id: str, tab: str = TAB, **requirements: bool) -> Answer:
    """What somebody is told who comes to the room's door."""
    body = {"tab": tab, "requirements": {**ALL_WELL, **requirements}}
    return who.post(f"/api/telehealth/room/{room_id}/enter", body)


def room(who: Client, room_id: str) -> Data:
    """The room as somebody sees it."""
    found: Data = who.get(f"/api/telehealth/room/{room_id}").data
    return found


def people(seen: Data) -> dict[str, str]:
    """Who is in a room as somebody sees it, with the state of each."""
    return {one["person"]: one["state"] for one in seen["people"]}
