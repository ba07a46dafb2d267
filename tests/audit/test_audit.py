"""The trail of changes: one entry per version, however the stream repeats or reorders them, and nothing of patients."""

import json
import time

import pytest

from chalicelib.scheduling import expiry
from chalicelib.table import base, keys
from infra.local.testing import Engine
from tests.audit.auditing import handle, stream, trail, write_units
from tests.builders import Data, make_patient
from tests.client import Client
from tests.counting import counted
from tests.scheduling.desk import DAY, book, later, open_clinic, utc

pytestmark = pytest.mark.usefixtures("own_table")  # its stream begins with the test
SECRETS = ("Müller", "Zoë", "Chest pain", "Feeling better", "The doctor is ill", "555")


def lived(api: Client) -> Data:
    """An appointment that was booked, confirmed, moved against the rules and cancelled."""
    made = book(api, open_clinic(api), reason_for_visit="Chest pain", notes="Chest pain")
    desk, path = api.as_("receptionist", "ann"), f"/api/appointments/{made['id']}"
    desk.put(f"{path}/status", {"status": "confirmed"})
    desk.put(f"{path}/reschedule", {"scheduled_date": utc("12:00"), "override_reason": "The doctor is ill"})
    desk.delete(path, {"reason": "Feeling better", "reason_code": "patient_request"})
    return made


def test_every_change_leaves_one_entry_that_says_who_what_and_when(api: Client, engine: Engine) -> None:
    made = lived(api)

    answered = handle(stream(engine, f"APPOINTMENT#{made['id']}"))

    entries = trail(api, "appointment", made)
    assert answered == {"batchItemFailures": []}
    assert [(one["version"], one["action"], one["actor"]) for one in entries] == [
        (1, "created", "receptionist:test-receptionist"),
        (2, "confirmed", "receptionist:ann"),
        (3, "rescheduled", "receptionist:ann"),
        (4, "cancelled", "receptionist:ann"),
    ]
    assert entries[1]["changes"]["status"] == ["scheduled", "confirmed"]
    assert entries[2]["changes"]["start"] == [utc("10:00"), utc("12:00")]
    assert entries[3]["changes"]["cancel_reason_code"] == [None, "patient_request"]
    assert all(one["request_id"] and one["at"].endswith("Z") for one in entries)
    assert len({one["request_id"] for one in entries}) == 4


def test_repeats_and_reordering_leave_the_same_entries(api: Client, engine: Engine) -> None:
    made = lived(api)
    records = stream(engine, f"APPOINTMENT#{made['id']}")

    for order in (records[::-1], records, records[2:] + records[:2], [*records, *records]):
        handle(order)

    assert len(records) == 4
    assert [one["version"] for one in trail(api, "appointment", made)] == [1, 2, 3, 4]
    assert trail(api, "appointment", made)[1]["changes"]["status"] == ["scheduled", "confirmed"]


def test_entries_tell_nothing_about_the_patient(api: Client, engine: Engine) -> None:
    made = lived(api)
    patient = make_patient(api, medical_history={"allergies": ["Chest pain"]})
    api.as_("admin").put(f"/api/patients/{patient['id']}", {"address": "Chest pain"})

    handle(stream(engine, f"APPOINTMENT#{made['id']}"))
    handle(stream(engine, f"PATIENT#{patient['id']}"))

    entries = [*trail(api, "appointment", made), *trail(api, "patient", patient)]
    text = json.dumps(entries, ensure_ascii=False)
    assert len(entries) == 6
    assert [secret for secret in SECRETS if secret in text] == []
    assert entries[0]["changes"]["reason"] == [None, "…"]
    assert entries[5]["changes"]["address"] == [None, "…"]


def test_entries_keep_what_they_need_and_no_bookkeeping(api: Client, engine: Engine) -> None:
    made = lived(api)

    handle(stream(engine, f"APPOINTMENT#{made['id']}"))

    named = {name for one in trail(api, "appointment", made) for name in one["changes"]}
    assert {"status", "start", "doctor_key", "patient_key", "room_id", "reason", "moves"} <= named
    assert named & {"PK", "SK", "version", "updated_at", "updated_by", "request_id", "write", "due_key"} == set()


def test_an_expired_hold_is_recorded_as_the_systems_doing(api: Client, engine: Engine) -> None:
    made = book(api, open_clinic(api), path="/hold")
    expiry.release([made["id"]], later(minutes=11).now)

    handle(stream(engine, f"APPOINTMENT#{made['id']}"))

    last = trail(api, "appointment", made)[-1]
    assert (last["action"], last["actor"], last["request_id"]) == ("cancelled", "admin:system", "expiry")
    assert last["changes"]["cancel_reason_code"] == [None, "hold_expired"]


@pytest.mark.parametrize("kind", ["doctor", "location", "room", "hospital"])
def test_people_and_places_have_a_trail_too(api: Client, engine: Engine, kind: str) -> None:
    place = open_clinic(api)
    thing = {
        "doctor": place.doctor,
        "location": place.location,
        "room": place.rooms[0],
        "hospital": place.hospital,
    }[kind]
    api.as_("admin", "root").put(f"/api/{kind}s/{thing['id']}", {"name": "Renamed"})

    handle(stream(engine, f"{kind.upper()}#{thing['id']}"))

    entries = trail(api, kind, thing)
    assert entries[0]["action"] == "created"
    assert (entries[-1]["action"], entries[-1]["actor"]) == ("changed", "admin:root")
    assert [one["version"] for one in entries] == list(range(1, len(entries) + 1))


def test_sheets_tallies_and_entries_leave_none_of_their_own(api: Client, engine: Engine) -> None:
    place = open_clinic(api)
    book(api, place)
    handle(stream(engine, f"PATIENT#{place.patient['id']}"))
    sheets = [record for record in stream(engine, f"ROOM#{place.rooms[0]['id']}") if "DAY#" in json.dumps(record)]

    handle(stream(engine, f"PATIENT#{place.patient['id']}"))
    handle(sheets)

    assert len(sheets) == 1
    assert [one["action"] for one in trail(api, "patient", place.patient)] == ["created"]
    assert trail(api, "room", place.rooms[0]) == []
    assert base.get(keys.room_day(place.rooms[0]["id"], DAY)) is not None


def test_what_was_deleted_has_a_last_entry(api: Client) -> None:
    image = {
        "PK": {"S": "ROOM#room_gone"},
        "SK": {"S": "PROFILE"},
        "kind": {"S": "room"},
        "version": {"N": "3"},
        "name": {"S": "Old"},
        "updated_at": {"S": "2026-01-01T00:00:00Z"},
    }
    record = {
        "eventName": "REMOVE",
        "eventSource": "aws:dynamodb",
        "dynamodb": {"SequenceNumber": "1", "OldImage": image, "ApproximateCreationDateTime": time.time()},
    }

    handle([record, record])

    (entry,) = trail(api, "room", {"id": "room_gone"})
    assert (entry["version"], entry["action"], entry["changes"]["name"]) == (4, "deleted", ["…", None])


def test_recording_a_booking_costs_an_entry_and_its_place_in_the_index(api: Client, engine: Engine) -> None:
    made = book(api, open_clinic(api), reason_for_visit="Chest pain", notes="Since Monday")
    (record,) = stream(engine, f"APPOINTMENT#{made['id']}")

    with counted() as calls:
        handle([record])

    assert write_units(calls) == 2


def test_a_trail_is_read_page_by_page(api: Client, engine: Engine) -> None:
    made = lived(api)
    handle(stream(engine, f"APPOINTMENT#{made['id']}"))
    path, admin = f"/api/audit/appointment/{made['id']}", api.as_("admin")

    first = admin.get(path, limit=3)
    second = admin.get(path, limit=3, cursor=first.json["meta"]["next_cursor"])

    assert [[one["version"] for one in page.data] for page in (first, second)] == [[1, 2, 3], [4]]
    assert second.json["meta"] == {"next_cursor": None}
    assert admin.get(path, cursor="nonsense").fields == ["cursor"]


def test_a_record_that_cannot_be_read_comes_again_alone(api: Client, engine: Engine) -> None:
    made = lived(api)
    records = stream(engine, f"APPOINTMENT#{made['id']}")
    broken = json.loads(json.dumps(records[1]))
    broken["dynamodb"]["NewImage"]["version"] = {"N": "three"}
    broken["dynamodb"]["SequenceNumber"] = "broken"

    answered = handle([records[0], broken, *records[2:]])

    assert answered == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert [one["version"] for one in trail(api, "appointment", made)] == [1, 3, 4]


def test_a_kind_without_a_trail_is_not_found(api: Client) -> None:
    unknown = api.as_("admin").get("/api/audit/sheet/x")
    nothing = api.as_("admin").get("/api/audit/appointment/apt_none")

    assert (unknown.status, unknown.fields) == (404, ["kind"])
    assert (nothing.status, nothing.data) == (200, [])
