"""Every body that the seed documents print for booking, posted as printed to the demo clinic.

Only the dates are others, because the printed ones have passed.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.table import base
from infra.local import demo
from infra.local.resources import create_table
from infra.local.testing import Engine
from tests.client import Client
from tests.scheduling.seeds import s1_record, s1_record_in_camel_case, s2_book, s2_row, working_day

TABLE = "careslot-demo"
Data = dict[str, Any]


@pytest.fixture(scope="module")
def seeded(engine: Engine, token: Callable[..., str]) -> Iterator[Client]:
    """The API in front of the demo clinic, in a table of its own, so that its John Doe is the only one."""
    usual, client, api = base.table_name(), engine.client("dynamodb"), Client(token)
    create_table(client, TABLE)
    base.use(TABLE)
    fill(api, [])
    yield api
    base.use(usual)
    client.delete_table(TableName=TABLE)


def fill(api: Client, said: list[str]) -> None:
    def send(method: str, path: str, body: Data | None) -> tuple[int, Any]:
        answer = api.as_("admin").send(method, path, body)
        return answer.status, answer.json

    demo.fill(send, said.append)


def booked(api: Client, body: Data, path: str = "/api/appointments") -> Data:
    answer = api.as_("receptionist").post(path, body)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def assert_s2_reply(reply: Data) -> None:
    """S2's printed reply: `{"success": true, "data": {"id", "appointment_number": "APT-2024-0001", "status"}}`."""
    assert reply["success"] is True
    assert {"id", "appointment_number", "status"} <= reply["data"].keys()
    assert re.fullmatch(r"APT-\d{4}-\d{4,}", reply["data"]["appointment_number"])
    assert reply["data"]["status"] == "scheduled"


def test_the_demo_clinic_can_be_filled_again(seeded: Client) -> None:
    said: list[str] = []

    fill(seeded, said)

    assert said[-1] == "30 patients"
    assert seeded.as_("admin").get("/api/doctors/123").data["schedule_version"] == 1


def test_the_demo_clinic_is_what_the_examples_need(seeded: Client) -> None:
    admin = seeded.as_("admin")

    doctor, patient = admin.get("/api/doctors/123").data, admin.get("/api/patients/789").data
    zones = {place["zone"] for place in admin.get("/api/locations").data}

    assert (doctor["name"], doctor["specialty"], doctor["fee"]) == ("Dr. Smith", "Cardiology", 100.0)
    assert (patient["phone"], patient["phone_valid"]) == ("+1234567890", False)
    assert zones == {"Africa/Accra", "America/New_York", "Europe/Berlin"}
    assert len(admin.get("/api/hospitals").data) == 2


@pytest.mark.parametrize("path", ["/api/appointments/book", "/api/appointments"])
def test_s2_book_by_a_receptionist_is_for_the_patient_who_is_known(seeded: Client, path: str) -> None:
    answer = seeded.as_("receptionist").post(path, s2_book(working_day()))

    assert answer.status == 201, answer.body
    assert_s2_reply(answer.json)
    assert answer.data["patient_id"] == "789"
    assert answer.json["meta"] == {"patient_created": False}


def test_s2_book_by_patient_789(seeded: Client) -> None:
    day = working_day()

    answer = seeded.as_("patient", "789").post("/api/appointments/book", s2_book(day))

    assert_s2_reply(answer.json)
    made = answer.data
    assert (made["doctor_name"], made["patient_id"]) == ("Dr. Smith", "789")
    assert made["scheduled_date"] == f"{day}T10:00:00+00:00"
    assert (made["date"], made["time"], made["duration_minutes"]) == (f"{day}", "10:00", 30)
    assert (made["reason_for_visit"], made["urgency_level"]) == ("Regular checkup", "medium")
    assert (made["payment_method"], made["payment_amount"], made["payment_status"]) == ("online", 100.0, "pending")


def test_s2_book_for_a_patient_who_is_not_known_yet_registers_them(seeded: Client) -> None:
    body = s2_book(working_day())
    body["patient_details"] |= {"first_name": "Jane", "phone": "+1234567891", "email": "jane@example.com"}

    answer = seeded.as_("receptionist").post("/api/appointments/book", body)

    assert_s2_reply(answer.json)
    assert answer.json["meta"] == {"patient_created": True}
    assert seeded.as_("admin").get(f"/api/patients/{answer.data['patient_id']}").data["first_name"] == "Jane"


def test_s2_book_by_a_patient_who_has_just_signed_up(seeded: Client) -> None:
    body = s2_book(working_day())
    body["patient_details"] |= {"last_name": "Doe-Newman"}

    answer = seeded.as_("patient", "pat_signed_up").post("/api/appointments/book", body)

    assert_s2_reply(answer.json)
    assert (answer.data["patient_id"], answer.json["meta"]["patient_created"]) == ("pat_signed_up", True)


def test_a_patient_may_not_book_for_another(seeded: Client) -> None:
    answer = seeded.as_("patient", "pat_01").post("/api/appointments", s1_record(working_day()))

    assert answer.status == 404


def test_s2_availability_has_the_printed_form(seeded: Client) -> None:
    day = working_day()

    reply = seeded.as_("patient", "789").get("/api/appointments/availability", doctor_id=123, date=day).json

    [group] = reply["data"]
    at_ten = next(slot for slot in group["available_slots"] if slot["time"] == "10:00")
    assert reply["success"] is True
    assert (group["doctor_id"], group["doctor_name"], group["specialty"]) == ("123", "Dr. Smith", "Cardiology")
    assert at_ten == {
        "start_time": f"{day}T10:00:00+00:00",
        "end_time": f"{day}T10:30:00+00:00",
        "duration_minutes": 30,
        "date": f"{day}",
        "time": "10:00",
        "available": True,
    }


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"duration": 60},
        {"specialty": "Cardiology"},
        {"location_id": "loc_accra"},
        {"specialty": "Cardiology", "location_id": "loc_accra", "duration": 30},
        {"doctor_id": 123, "specialty": "Cardiology", "location_id": "loc_accra", "duration": 60},
    ],
)
def test_s2_availability_takes_each_parameter(seeded: Client, query: Data) -> None:
    answer = seeded.as_("patient", "789").get("/api/appointments/availability", date=working_day(), **query)

    found = {group["doctor_id"]: group for group in answer.data}
    at_ten = next(slot for slot in found["123"]["available_slots"] if slot["time"] == "10:00")
    assert at_ten["duration_minutes"] == query.get("duration", 30)
    assert {group["specialty"] for group in answer.data} == {"Cardiology"} or "specialty" not in query


def test_s1_availability_path_lists_times(seeded: Client) -> None:
    day = working_day()

    answer = seeded.as_("patient", "789").get(f"/api/appointments/availability/123/{day}")

    assert {"time": "10:00", "available": True}.items() <= next(
        slot.items() for slot in answer.data if slot["time"] == "10:00"
    )
    assert answer.json["meta"] == {"doctor_id": "123", "doctor_name": "Dr. Smith", "specialty": "Cardiology"}


def test_a_booked_time_is_no_longer_offered(seeded: Client) -> None:
    day = working_day()
    booked(seeded, s2_book(day))

    free = seeded.as_("patient", "789").get(f"/api/appointments/availability/123/{day}").data
    every = seeded.as_("patient", "789").get(f"/api/appointments/availability/123/{day}", only_available="false").data

    assert "10:00" not in {slot["time"] for slot in free}
    assert [slot["available"] for slot in every if slot["time"] == "10:00"] == [False]


@pytest.mark.parametrize("record", [s1_record, s1_record_in_camel_case])
def test_s1_record_as_a_body(seeded: Client, record: Any) -> None:
    day = working_day()

    answer = seeded.as_("patient", "789").post("/api/appointments", record(day))

    assert answer.status == 201, answer.body
    made = answer.data
    assert made["id"] != s1_record(day)["id"]
    assert (made["doctor_id"], made["patient_id"], made["specialty"]) == ("123", "789", "Cardiology")
    assert (made["date"], made["time"], made["duration_minutes"]) == (f"{day}", "10:00", 30)
    assert (made["mode"], made["reason_for_visit"], made["notes"]) == ("in-person", "Regular checkup", "First visit")
    assert made["reminder_preferences"]["custom_message"] == "Bring your insurance card"
    assert made["location"] == "Harbour Clinic Accra"


def test_s1_reschedule(seeded: Client) -> None:
    made, day = booked(seeded, s1_record(working_day())), working_day()
    patient = seeded.as_("patient", "789")

    moved = patient.put(f"/api/appointments/{made['id']}/reschedule", {"newDate": f"{day}", "newTime": "10:30"}).data

    assert (moved["id"], moved["appointment_number"]) == (made["id"], made["appointment_number"])
    assert (moved["date"], moved["time"], moved["status"]) == (f"{day}", "10:30", "rescheduled")


def test_s1_cancel_without_a_body(seeded: Client) -> None:
    made = booked(seeded, s1_record(working_day()))

    answer = seeded.as_("patient", "789").delete(f"/api/appointments/{made['id']}")

    assert (answer.status, answer.data["status"]) == (200, "cancelled")


def test_cancel_with_a_reason(seeded: Client) -> None:
    made = booked(seeded, s1_record(working_day()))
    body = {"reason": "Feels better", "reason_code": "patient_request"}

    cancelled = seeded.as_("receptionist").delete(f"/api/appointments/{made['id']}", body).data

    said = cancelled["cancellation"]
    assert (said["reason"], said["reason_code"]) == ("Feels better", "patient_request")


@pytest.mark.parametrize(
    ("role", "sub", "path"),
    [
        ("patient", "789", "/api/appointments/patient/789"),
        ("doctor", "123", "/api/appointments/doctor/123"),
        ("receptionist", "", "/api/appointments/patient/789"),
    ],
)
def test_s1_lists(seeded: Client, role: str, sub: str, path: str) -> None:
    day = working_day()
    made = booked(seeded, s1_record(day))

    listed = seeded.as_(role, sub).get(path, **{"from": day, "to": day}).data

    assert [one["id"] for one in listed] == [made["id"]]


@pytest.mark.parametrize("status", ["confirmed", "no-show", "no_show", "checked-in"])
def test_statuses_of_the_seeds_are_understood(seeded: Client, status: str) -> None:
    made = booked(seeded, s1_record(working_day()))

    changed = seeded.as_("receptionist").put(f"/api/appointments/{made['id']}/status", {"status": status})

    assert changed.data["status"] == status.replace("-", "_")


def put_schedule(api: Client, doctor_id: str, body: Data) -> Data:
    answer = api.as_("admin").put(f"/api/doctors/{doctor_id}/schedule", body)
    assert answer.status == 200, answer.body
    put: Data = answer.data
    return put


def times(api: Client, doctor_id: str, day: date) -> list[str]:
    found = api.as_("admin").get(f"/api/appointments/availability/{doctor_id}/{day}").data
    return [slot["time"] for slot in found]


@pytest.mark.parametrize(
    "working_hours",
    [
        {"start": "09:00", "end": "11:30"},
        {day: {"start": "09:00", "end": "11:30"} for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
    ],
)
def test_s1_schedule_is_a_row_of_doctor_availability(seeded: Client, working_hours: Data) -> None:
    day, holiday = working_day(), working_day()
    record = {
        "id": "3f0e6f3a-3b52-4f3e-9d57-4d1f8a6b1c12",
        "doctor_id": "doc_quarteyson",
        "working_hours": working_hours,
        "breaks": [{"start": "10:00", "end": "10:30"}],
        "holidays": [f"{holiday}"],
        "max_patients_per_day": 20,
        "appointment_duration": 30,
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
    }

    put_schedule(seeded, "doc_quarteyson", record)

    assert times(seeded, "doc_quarteyson", day) == ["09:00", "09:30", "10:30", "11:00"]
    assert times(seeded, "doc_quarteyson", holiday) == []


def test_s2_availability_row_of_one_date_as_a_schedule(seeded: Client) -> None:
    day, other = working_day(), working_day()

    put_schedule(seeded, "doc_adjeiwa", s2_row(day))

    assert times(seeded, "doc_adjeiwa", day) == ["09:00", "09:30", "10:30", "11:00"]
    assert times(seeded, "doc_adjeiwa", other) == []


@pytest.mark.parametrize("pattern", ["FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY={day}", "weekly"])
def test_s2_availability_row_that_recurs_as_a_schedule(seeded: Client, pattern: str) -> None:
    day = working_day()
    rule = pattern.format(day=("MO", "TU", "WE", "TH", "FR")[day.weekday()])

    put_schedule(seeded, "doc_adjeiwa", s2_row(day, is_recurring=True, recurrence_pattern=rule))

    assert times(seeded, "doc_adjeiwa", day + timedelta(days=7)) == ["09:00", "09:30", "10:30", "11:00"]
    assert times(seeded, "doc_adjeiwa", day + timedelta(days=8)) == []


@pytest.mark.parametrize(
    ("spelling", "field", "value"),
    [
        ({"type": "telehealth"}, "mode", "telehealth"),
        ({"type": "in-person"}, "mode", "in-person"),
        ({"appointment_type": "telehealth"}, "mode", "telehealth"),
        ({"appointment_type": "walkin"}, "origin", "walkin"),
        ({"appointmentType": "follow_up"}, "origin", "follow_up"),
        ({"type": "emergency"}, "origin", "emergency"),
        ({"type": "online"}, "origin", "online"),
        ({"type": "kiosk"}, "origin", "kiosk"),
        ({"duration": 60}, "duration_minutes", 60),
        ({"durationMinutes": 60}, "duration_minutes", 60),
        ({"reason": "Chest pain"}, "reason_for_visit", "Chest pain"),
        ({"reasonForVisit": "Chest pain"}, "reason_for_visit", "Chest pain"),
    ],
)
def test_synonyms_are_read_by_name_or_by_value(seeded: Client, spelling: Data, field: str, value: Any) -> None:
    bare = {"doctor_id": 123, "patient_id": "789", "scheduled_date": f"{working_day()}T10:00:00Z"}

    made = booked(seeded, bare | spelling)

    assert made[field] == value


def test_a_time_without_t_and_offset_is_the_locations_wall_time(seeded: Client) -> None:
    day = working_day()
    body = {"doctor_id": "doc_nightingall", "patient_id": 789, "scheduled_date": f"{day} 19:00:00"}

    made = booked(seeded, body)

    assert (made["date"], made["time"]) == (f"{day}", "19:00")
    assert made["scheduled_date"] in {f"{day}T19:00:00-05:00", f"{day}T19:00:00-04:00"}


@pytest.mark.parametrize(
    ("spelling", "field"),
    [
        ({"duration": 60}, "duration_minutes"),
        ({"reason": "Something else"}, "reason_for_visit"),
        ({"doctorId": 124}, "doctor_id"),
        ({"mode": "in-person", "type": "telehealth"}, "mode"),
        ({"appointment_type": "walkin", "origin": "kiosk"}, "origin"),
        ({"date": "2024-01-15", "time": "10:00"}, "date"),
        ({"scheduled_date": "2024-01-15T10:00:00"}, "scheduled_date"),
    ],
)
def test_two_spellings_that_differ_and_naive_times_are_refused(seeded: Client, spelling: Data, field: str) -> None:
    answer = seeded.as_("receptionist").post("/api/appointments/book", s2_book(working_day()) | spelling)

    assert answer.status == 422
    assert field in answer.fields


def test_two_spellings_with_one_value_are_accepted(seeded: Client) -> None:
    day = working_day()
    twice = {"doctorId": "123", "duration": 30, "reason": "Regular checkup", "date": f"{day}", "time": "10:00"}

    made = booked(seeded, s2_book(day) | {"doctor_id": "123"} | twice)

    assert made["scheduled_date"] == f"{day}T10:00:00+00:00"


S2_JOIN = {
    "patient_id": 789,
    "doctor_id": 123,
    "reason_for_visit": "Emergency",
    "urgency_level": "high",
    "special_requirements": "Wheelchair access",
}
S2_PRIORITIZE = {
    "doctor_id": 123,
    "queue_id": 456,
    "priority_factors": {"medical_urgency": "high", "wait_time": 30, "patient_age": 65},
}
S2_CALL = {"status": "called", "notes": "Patient called to consultation room"}


def test_s2s_day_in_the_waiting_room(seeded: Client) -> None:
    desk = seeded.as_("receptionist")

    joined = desk.post("/api/queue/join", S2_JOIN)
    ranked = desk.post("/api/queue/prioritize", S2_PRIORITIZE)
    called = desk.put("/api/queue/456/status", S2_CALL)
    shown = desk.get("/api/queue/current", doctor_id=123)

    assert [answer.status for answer in (joined, ranked, called, shown)] == [201, 200, 200, 200], shown.body
    assert re.fullmatch(r"\d{8}-\d{3,}", joined.data["token_number"])
    assert joined.data["special_requirements"] == "Wheelchair access"
    assert (ranked.data["id"], ranked.data["queue_position"]) == ("456", 1)
    assert (called.data["current_status"], called.data["notes"]) == (S2_CALL["status"], S2_CALL["notes"])
    (line,) = shown.data
    assert (line["doctor_id"], line["doctor_name"], line["total_waiting"], line["total_called"]) == (
        "123",
        "Dr. Smith",
        1,
        1,
    )
    assert line["queue"][0]["patient_name"] == "John Doe"
