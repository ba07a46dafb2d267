"""Booking over HTTP: what is stored and shown, and what is fixed at that moment."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.builders import (
    Data,
    make_service,
    person,
)
from tests.client import Client
from tests.scheduling.desk import DAY, ask, book, open_clinic, read, utc, wish

SAID = {
    "origin": "follow_up",
    "reason_for_visit": "Chest pain, since Mañana 🫀",
    "notes": "Second\nopinion",
    "symptoms": "Shortness of breath",
    "urgency_level": "high",
    "priority": 3,
    "special_requirements": "Wheelchair access",
    "booking_source": "portal",
    "payment_method": "online",
    "reminder_preferences": {"email": True, "sms": False, "timing": "2h", "custom_message": "Bring your files"},
}


def test_every_field_of_the_request_is_returned_and_stays(api: Client) -> None:
    place = open_clinic(api)

    made = book(api, place, can_reschedule=False, mode="in-person", **SAID)

    there = read(api, made)
    assert {name: made[name] for name in SAID} == SAID
    assert made["can_reschedule"] is False
    assert there == made


def test_the_clinic_fills_in_the_rest(api: Client) -> None:
    place = open_clinic(api)

    made = book(api, place)

    assert made | {"id": "", "appointment_number": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "appointment_number": "",
        "status": "scheduled",
        "doctor_id": place.doctor["id"],
        "doctor_name": place.doctor["name"],
        "specialty": "Cardiology",
        "patient_id": place.patient["id"],
        "patient_name": f"{place.patient['first_name']} {place.patient['last_name']}",
        "location_id": place.location["id"],
        "location": place.location["name"],
        "room_id": place.rooms[0]["id"],
        "service_id": None,
        "scheduled_date": f"{DAY}T10:00:00+00:00",
        "end_time": f"{DAY}T10:30:00+00:00",
        "date": str(DAY),
        "time": "10:00",
        "duration_minutes": 30,
        "mode": "in-person",
        "origin": "online",
        "reason_for_visit": None,
        "notes": None,
        "symptoms": None,
        "urgency_level": None,
        "priority": 0,
        "special_requirements": None,
        "booking_source": None,
        "queue_token": None,
        "telehealth_url": None,
        "payment_status": "pending",
        "payment_method": None,
        "payment_amount": None,
        "reminder_preferences": None,
        "confirmation_sent": False,
        "reminder_sent": False,
        "can_reschedule": True,
        "needs_confirmation": False,
        "needs_rebooking": None,
        "hold_expires_at": None,
        "cancellation": None,
        "override_reason": None,
        "moves": [],
        "stamps": [],
        "advancedmd_visit_id": None,
        "advancedmd_provider_id": None,
        "advancedmd_facility_id": None,
        "last_synced_to_amd": None,
        "amd_sync_status": None,
        "amd_sync_error": None,
        "amd_visit_url": None,
        "amd_conflict": None,
        "version": 1,
        "created_at": "",
        "updated_at": "",
    }


def test_numbers_carry_the_year_and_are_never_given_twice(api: Client) -> None:
    place = open_clinic(api)

    numbers = [book(api, place, f"1{hour}:00")["appointment_number"] for hour in range(4)]

    assert len(set(numbers)) == 4
    assert all(re.fullmatch(r"APT-20\d\d-\d{4,}", number) for number in numbers)


def test_the_reply_to_the_public_form_has_the_documented_shape(api: Client) -> None:
    place = open_clinic(api)
    body = {
        "doctor_id": place.doctor["id"],
        "scheduled_date": utc("10:00"),
        "duration_minutes": 30,
        "patient_details": person(first_name="John"),
        "reason_for_visit": "Regular checkup",
        "urgency_level": "medium",
        "payment_method": "online",
        "payment_amount": 100.00,
    }

    answer = api.as_("receptionist").post("/api/appointments/book", body)

    assert answer.status == 201
    assert answer.json["success"] is True
    assert {"id", "appointment_number", "status"} <= answer.data.keys()
    assert (answer.data["status"], answer.data["urgency_level"]) == ("scheduled", "medium")


def test_a_record_of_the_booking_system_is_understood_as_a_body(api: Client) -> None:
    place = open_clinic(api)
    record = {
        "doctorId": place.doctor["id"],
        "patientId": place.patient["id"],
        "doctorName": "ignored",
        "patientName": "ignored",
        "specialty": "ignored",
        "date": str(DAY),
        "time": "14:30",
        "duration": 45,
        "type": "telehealth",
        "status": "scheduled",
        "location": "ignored",
        "telehealthUrl": None,
        "reason": "Follow-up",
        "reminderSent": False,
        "reminderPreferences": {"push": True, "customMessage": "Hello"},
        "canReschedule": True,
    }

    answer = api.as_("receptionist").post("/api/appointments", record)

    made = answer.data
    assert (made["date"], made["time"], made["duration_minutes"]) == (str(DAY), "14:30", 45)
    assert (made["mode"], made["reason_for_visit"], made["specialty"]) == ("telehealth", "Follow-up", "Cardiology")
    assert made["reminder_preferences"] == {"push": True, "custom_message": "Hello"}


@pytest.mark.parametrize(
    ("said", "mode", "origin"),
    [
        ({"type": "telehealth"}, "telehealth", "online"),
        ({"type": "in_person"}, "in-person", "online"),
        ({"appointment_type": "walkin"}, "in-person", "walkin"),
        ({"appointmentType": "emergency"}, "in-person", "emergency"),
        ({"type": "telehealth", "appointment_type": "follow_up"}, "telehealth", "follow_up"),
    ],
)
def test_the_overloaded_type_is_read_by_value(api: Client, said: Data, mode: str, origin: str) -> None:
    place = open_clinic(api)

    made = book(api, place, **said)

    assert (made["mode"], made["origin"]) == (mode, origin)


def test_the_answer_says_where_the_appointment_is_and_which_version(api: Client) -> None:
    place = open_clinic(api)

    made = ask(api, place)

    found = api.as_("admin").get(made.headers["location"])
    assert made.headers["location"] == f"/api/appointments/{made.data['id']}"
    assert (found.status, found.data) == (200, made.data)
    assert (made.headers["etag"], found.headers["etag"]) == ('"1"', '"1"')


def test_what_the_caller_has_already_is_not_sent_again_until_it_changes(api: Client) -> None:
    made = book(api, open_clinic(api))
    admin, path = api.as_("admin"), f"/api/appointments/{made['id']}"

    same = admin.with_(if_none_match='W/"1"').get(path)
    admin.put(f"{path}/status", {"status": "confirmed"})
    changed = admin.with_(if_none_match='"1"').get(path)

    assert (same.status, same.body, same.headers["etag"]) == (304, "", '"1"')
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize(
    ("zone", "wall"), [("Asia/Kathmandu", "15:30"), ("Pacific/Kiritimati", "00:00"), ("Pacific/Pago_Pago", "23:00")]
)
def test_times_are_shown_with_the_locations_offset_date_and_clock(api: Client, zone: str, wall: str) -> None:
    place = open_clinic(api, zone=zone)

    made = book(api, place, scheduled_date=f"{DAY} {wall}:00", duration_minutes=90)

    assert (made["date"], made["time"]) == (str(DAY), wall)
    assert made["scheduled_date"].startswith(f"{DAY}T{wall}:00")
    offsets = {datetime.fromisoformat(made[name]).utcoffset() for name in ("scheduled_date", "end_time")}
    assert offsets == {datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=ZoneInfo(zone)).utcoffset()}


def test_duration_and_price_are_the_services_at_the_time_of_booking(api: Client) -> None:
    place = open_clinic(api, doctor={"fee": 100.00})
    service = make_service(api, duration_minutes=45, price=80.50)

    made = book(api, place, service_id=service["id"], payment_amount=1.00)
    api.as_("admin").put(f"/api/services/{service['id']}", {"duration_minutes": 60, "price": 99})

    there = read(api, made)
    assert (there["duration_minutes"], there["payment_amount"], there["service_id"]) == (45, 80.5, service["id"])
    assert there["end_time"] == f"{DAY}T10:45:00+00:00"


def test_the_doctors_fee_wins_over_the_amount_that_is_sent(api: Client) -> None:
    place = open_clinic(api, doctor={"fee": 100.00})

    made = book(api, place, payment_method="card", payment_amount=0.01)

    assert (made["payment_amount"], made["payment_method"], made["payment_status"]) == (100.0, "card", "pending")


def test_a_body_cannot_declare_itself_paid(api: Client) -> None:
    made = book(api, open_clinic(api), payment_status="paid", status="completed", version=9)

    assert (made["payment_status"], made["status"], made["version"]) == ("pending", "scheduled", 1)


def test_a_service_is_given_only_in_its_mode(api: Client) -> None:
    service = make_service(api, modes=["telehealth"])

    answer = ask(api, open_clinic(api), service_id=service["id"], mode="in-person")

    assert (answer.status, answer.fields) == (422, ["mode"])


def test_only_staff_forbid_a_patient_to_reschedule(api: Client) -> None:
    place = open_clinic(api)
    patient = api.as_("patient", place.patient["id"])

    answer = patient.post("/api/appointments", wish(place, can_reschedule=False))

    assert (answer.status, answer.fields) == (422, ["can_reschedule"])
