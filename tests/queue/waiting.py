"""What most tests of the waiting room do: a clinic that is always open, patients who join, what the board shows."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.builders import Clinic, Data, make_patient
from tests.client import Answer, Client
from tests.scheduling.desk import open_clinic


def waiting_room(api: Client, schedule: Data | None = None, **parts: Any) -> Clinic:
    """A clinic whose doctor works now, and at all other times; the clock on its wall is far from midnight."""
    return open_clinic(api, schedule={"daily_cap": 200, **(schedule or {})}, **{"zone": midday()} | parts)


def midday() -> str:
    """A zone in which it is about noon."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}" if east else "UTC"  # POSIX counts to the west


def today() -> str:
    """The date of such a clinic, as its numbers begin."""
    return f"{datetime.now(ZoneInfo(midday())):%Y%m%d}"


def ask_to_join(api: Client, place: Clinic, **fields: Any) -> Answer:
    """What the desk is told that puts the clinic's patient in line."""
    body = {"doctor_id": place.doctor["id"], "patient_id": place.patient["id"], **fields}
    return api.as_("receptionist").post("/api/queue/join", body)


def join(api: Client, place: Clinic, **fields: Any) -> Data:
    """An entry of a patient of its own unless one is named."""
    fields = {"patient_id": make_patient(api)["id"]} | fields
    answer = ask_to_join(api, place, **fields)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def current(api: Client, place: Clinic, role: str = "receptionist", sub: str = "", **scope: Any) -> Data:
    """The doctor's queue as somebody sees it."""
    found = api.as_(role, sub, **scope).get("/api/queue/current", doctor_id=place.doctor["id"]).data
    assert len(found) == 1
    only: Data = found[0]
    return only


def tokens(queue: Data, status: str = "waiting") -> list[str]:
    """The numbers of those who have a status, in the order in which they are shown."""
    return [one["token_number"][9:] for one in queue["queue"] if one["current_status"] == status]


def call_next(api: Client, place: Clinic, **fields: Any) -> Answer:
    """What the desk is told that calls the doctor's next patient."""
    body = {"doctor_id": place.doctor["id"], "location_id": place.location["id"], **fields}
    return api.as_("receptionist").post("/api/queue/call-next", body)


def put(api: Client, entry: Data, status: str, role: str = "receptionist", **fields: Any) -> Answer:
    """What the caller is told who moves an entry to a status."""
    return api.as_(role).put(f"/api/queue/{entry['id']}/status", {"status": status, **fields})


def act(api: Client, entry: Data, deed: str, body: Data | None = None, role: str = "receptionist") -> Answer:
    """What the caller is told who does something with an entry: `call`, `hold`, `transfer`, …"""
    return api.as_(role).post(f"/api/queue/{entry['id']}/{deed}", body or {})


def read(api: Client, entry: Data) -> Data:
    """The entry as it is now."""
    found: Data = api.as_("admin").get(f"/api/queue/{entry['id']}").data
    return found
