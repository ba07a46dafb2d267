"""Booking over HTTP: what is stored and shown, what is claimed, who may book what for whom, and repeats."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.kit import ids
from chalicelib.scheduling import booking
from chalicelib.scheduling.refusals import SlotNotOffered
from tests.builders import (
    Clinic,
    Data,
    clinic,
    make_doctor,
    make_hospital,
    make_location,
    make_patient,
    make_room,
    make_service,
    person,
)
from tests.client import Client
from tests.concurrency import clinics
from tests.scheduling.desk import DAY, EVERY_DAY, NEXT_DAY, ask, book, free, open_clinic, read, utc, wish

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


# --- what is stored and shown ---


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


# --- rooms ---


def test_the_room_has_the_equipment_that_the_service_needs(api: Client) -> None:
    place = open_clinic(api, rooms=2)
    equipped = make_room(api, place.location["id"], equipment=["ecg", "sink"])
    service = make_service(api, equipment=["ecg"])

    plain, special = book(api, place, "10:00"), book(api, place, "11:00", service_id=service["id"])

    assert special["room_id"] == equipped["id"]
    assert plain["room_id"] in {room["id"] for room in place.rooms}


def test_without_a_room_that_suits_there_is_no_appointment(api: Client) -> None:
    place = open_clinic(api)
    service = make_service(api, equipment=["mri"])

    answer = ask(api, place, service_id=service["id"])

    assert (answer.status, answer.error["code"]) == (409, "no_room_free")
    assert free(api, place.doctor, service_id=service["id"]) == []


def test_the_usual_room_is_preferred_and_another_taken_when_it_is_not_free(api: Client) -> None:
    place = open_clinic(api, rooms=3)
    usual = make_room(api, place.location["id"], capacity=9, equipment=["ecg"])
    fields = {"location_ids": [place.location["id"]], "usual_room_id": usual["id"]}
    first, second = (make_doctor(api, schedule={"hours": [EVERY_DAY]}, **fields) for _ in range(2))
    api.as_("admin").put(f"/api/rooms/{usual['id']}", {"capacity": 1})

    one = book(api, place, doctor_id=first["id"])
    other = book(api, place, doctor_id=second["id"], patient_id=make_patient(api)["id"])

    assert one["room_id"] == usual["id"]
    assert other["room_id"] in {room["id"] for room in place.rooms}


def test_a_room_for_certain_services_serves_no_other(api: Client) -> None:
    service, place = make_service(api), open_clinic(api, rooms=0)
    make_room(api, place.location["id"], services=[service["id"]])

    other, right = ask(api, place), ask(api, place, service_id=service["id"])

    assert (other.status, other.error["code"]) == (409, "no_room_free")
    assert right.status == 201


def test_a_room_is_taken_until_it_is_clean(api: Client) -> None:
    place = open_clinic(api, rooms=0)
    make_room(api, place.location["id"], turnover_minutes=15)
    colleague = make_doctor(
        api, schedule={"hours": [EVERY_DAY], "grid_minutes": 5}, location_ids=[place.location["id"]]
    )
    book(api, place, "10:00")

    dirty = ask(api, place, "10:40", doctor_id=colleague["id"], patient_id=make_patient(api)["id"])
    clean = ask(api, place, "10:45", doctor_id=colleague["id"], patient_id=make_patient(api)["id"])

    assert (dirty.status, dirty.error["code"]) == (409, "no_room_free")
    assert [slot["time"] for slot in dirty.error["details"]] == ["10:45", "10:50", "10:55"]
    assert clean.status == 201


def test_doctors_who_share_a_room_do_not_meet_in_it(api: Client) -> None:
    place = open_clinic(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    book(api, place)

    answer = ask(api, place, doctor_id=colleague["id"], patient_id=make_patient(api)["id"])

    assert (answer.status, answer.error["code"]) == (409, "no_room_free")
    assert "10:00" not in free(api, colleague)
    assert "10:00" in free(api, colleague, mode="telehealth")


@pytest.mark.parametrize(("rooms", "mode"), [(1, "telehealth"), (0, "in-person")])
def test_a_video_visit_and_a_location_without_rooms_need_none(api: Client, rooms: int, mode: str) -> None:
    made = book(api, open_clinic(api, rooms=rooms), mode=mode)

    assert (made["room_id"], made["mode"]) == (None, mode)


# --- what is claimed ---


def test_a_taken_time_is_refused_with_the_nearest_free_ones(api: Client) -> None:
    place = open_clinic(api)
    book(api, place, "10:00")

    answer = ask(api, place, "10:00", patient_id=make_patient(api)["id"])

    assert (answer.status, answer.error["code"]) == (409, "slot_taken")
    assert {slot["time"] for slot in answer.error["details"]} == {"09:00", "09:30", "10:30"}
    assert all(slot["available"] and slot["date"] == str(DAY) for slot in answer.error["details"])


@pytest.mark.parametrize(("time", "minutes"), [("09:45", 30), ("10:15", 30), ("10:10", 10), ("09:30", 90)])
def test_all_four_ways_to_overlap_are_refused(api: Client, time: str, minutes: int) -> None:
    place = open_clinic(api, {"grid_minutes": 5})
    book(api, place, "10:00")

    answer = ask(api, place, time, duration_minutes=minutes, patient_id=make_patient(api)["id"])

    assert (answer.status, answer.error["code"]) == (409, "slot_taken")


@pytest.mark.parametrize("time", ["09:30", "10:30"])
def test_appointments_may_touch(api: Client, time: str) -> None:
    place = open_clinic(api)
    book(api, place, "10:00")

    answer = ask(api, place, time)

    assert answer.status == 201


def test_a_patient_is_in_one_place_at_a_time(api: Client) -> None:
    here, elsewhere = open_clinic(api), open_clinic(api, zone="Asia/Tokyo")
    book(api, here, "10:00", duration_minutes=60)

    overlapping = ask(api, elsewhere, "10:30", patient_id=here.patient["id"])
    touching = ask(api, elsewhere, "11:00", patient_id=here.patient["id"])

    assert (overlapping.status, overlapping.error["code"]) == (409, "patient_busy")
    assert touching.status == 201


def test_a_patient_has_no_more_appointments_a_day_than_the_location_allows(api: Client) -> None:
    place = open_clinic(api, location={"patient_daily_cap": 2})
    book(api, place, "10:00")
    book(api, place, "11:00")

    third, tomorrow = ask(api, place, "12:00"), ask(api, place, "12:00", day=NEXT_DAY)
    another = ask(api, place, "12:00", patient_id=make_patient(api)["id"])

    assert (third.status, third.error["code"]) == (409, "patient_busy")
    assert "as many appointments that day" in third.error["message"]
    assert (tomorrow.status, another.status) == (201, 201)


@pytest.mark.parametrize(
    ("zone", "first", "last", "outside"),
    [
        ("Pacific/Auckland", "00:00", "23:30", -timedelta(days=1)),
        ("America/Los_Angeles", "00:30", "23:00", timedelta(days=1)),
    ],
)
def test_the_daily_cap_counts_the_locations_date_not_utcs(
    api: Client, zone: str, first: str, last: str, outside: timedelta
) -> None:
    place = open_clinic(api, {"daily_cap": 2}, zone=zone)
    book(api, place, scheduled_date=f"{DAY} {first}:00")
    book(api, place, scheduled_date=f"{DAY} {last}:00")

    full = ask(api, place, scheduled_date=f"{DAY} 12:00:00", patient_id=make_patient(api)["id"])
    beside = ask(api, place, scheduled_date=f"{DAY + outside} 12:00:00", patient_id=make_patient(api)["id"])

    assert (full.status, full.error["code"]) == (409, "slot_taken")
    assert free(api, place.doctor) == []
    assert beside.status == 201


def test_buffers_keep_a_distance_before_and_after(api: Client) -> None:
    place = open_clinic(api, {"grid_minutes": 5, "buffer_before": 10, "buffer_after": 15})
    book(api, place, "10:00")

    times = free(api, place.doctor)

    assert times[times.index("09:05") + 1] == "10:55"
    assert ask(api, place, "09:10").error["code"] == "slot_taken"
    assert ask(api, place, "09:05").status == 201


def test_three_patients_share_a_slot_of_three_places_and_a_fourth_does_not(api: Client) -> None:
    place = open_clinic(api, {"capacity": 3}, rooms=0)
    room = make_room(api, place.location["id"], capacity=3)
    patients = [make_patient(api)["id"] for _ in range(4)]

    answers = [ask(api, place, patient_id=patient) for patient in patients]

    assert [answer.status for answer in answers] == [201, 201, 201, 409]
    assert {answer.data["room_id"] for answer in answers[:3]} == {room["id"]}
    assert answers[3].error["code"] == "slot_taken"


def test_an_appointment_over_midnight_takes_both_days(api: Client) -> None:
    place = open_clinic(api)

    made = book(api, place, "23:30", duration_minutes=60)

    assert made["end_time"] == f"{NEXT_DAY}T00:30:00+00:00"
    assert "23:30" not in free(api, place.doctor)
    assert free(api, place.doctor, NEXT_DAY)[0] == "00:30"


# --- what is fixed at booking ---


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


# --- repeats ---


@pytest.mark.parametrize("path", ["", "/book", "/hold"])
def test_a_repeated_request_gets_the_first_appointment_again(api: Client, path: str) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))

    first, again = (desk.post(f"/api/appointments{path}", wish(place)) for _ in range(2))

    assert (first.status, again.status) == (201, 201)
    assert first.data == again.data
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_a_repeat_creates_its_patient_once(api: Client) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))
    body = wish(place, patient_id=None, patient_details=person(allow_duplicate=True))

    first, again = (desk.post("/api/appointments/book", body) for _ in range(2))

    details = body["patient_details"]
    name = f"{details['first_name']} {details['last_name']}"
    assert first.data["patient_id"] == again.data["patient_id"]
    assert len(registered(api, name=name, phone=details["phone"])) == 1


@pytest.mark.parametrize("other", [{"scheduled_date": utc("11:00")}, {"notes": "changed"}])
def test_a_key_serves_one_body(api: Client, other: Data) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))
    desk.post("/api/appointments", wish(place))

    answer = desk.post("/api/appointments", wish(place) | other)

    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_reused")
    assert answer.fields == ["Idempotency-Key"]
    assert "11:00" in free(api, place.doctor)


def test_two_callers_may_use_the_same_key(api: Client) -> None:
    place, key = open_clinic(api), ids.new("key")
    others = make_patient(api)["id"]

    one = api.as_("receptionist", "a").with_(idempotency_key=key).post("/api/appointments", wish(place))
    two = (
        api.as_("receptionist", "b")
        .with_(idempotency_key=key)
        .post("/api/appointments", wish(place, "11:00", patient_id=others))
    )

    assert (one.status, two.status) == (201, 201)
    assert one.data["id"] != two.data["id"]


def test_a_repeat_is_answered_even_when_the_clinic_would_refuse_it_by_then(api: Client) -> None:
    place = open_clinic(api, {"min_notice_minutes": 60})
    first = clinics.wish(place.doctor["id"], place.patient["id"], clinics.at(DAY, 10), key=ids.new("key"))
    made = booking.book(first)

    repeated = booking.book(replace(first, stamp=replace(first.stamp, now=clinics.at(DAY, 11))))

    assert repeated.replayed
    assert repeated.appointment.id == made.appointment.id


def test_a_new_request_at_that_time_is_refused(api: Client) -> None:
    place = open_clinic(api, {"min_notice_minutes": 60})
    wanted = clinics.wish(place.doctor["id"], place.patient["id"], clinics.at(DAY, 10), key=ids.new("key"))

    with pytest.raises(SlotNotOffered) as refused:
        booking.book(replace(wanted, stamp=replace(wanted.stamp, now=clinics.at(DAY, 9, 30))))

    assert refused.value.details[0]["reason"] == "min_notice"


# --- confirmation by the doctor ---


def test_a_request_blocks_its_slot_until_the_doctor_confirms_it(api: Client) -> None:
    place = open_clinic(api, doctor={"requires_confirmation": True})
    made = book(api, place)
    path, said = f"/api/appointments/{made['id']}/status", {"status": "confirmed"}

    patient = api.as_("patient", place.patient["id"]).put(path, said)
    pending = read(api, made)
    doctor = api.as_("doctor", place.doctor["id"]).put(path, said)

    assert (made["needs_confirmation"], pending["status"]) == (True, "scheduled")
    assert (patient.status, patient.error["code"]) == (403, "forbidden")
    assert "10:00" not in free(api, place.doctor)
    assert (doctor.data["status"], doctor.data["needs_confirmation"]) == ("confirmed", False)


def test_without_that_need_patients_confirm_themselves(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    answer = api.as_("patient", place.patient["id"]).put(
        f"/api/appointments/{made['id']}/status", {"status": "confirmed"}
    )

    assert answer.data["status"] == "confirmed"


# --- inline patients ---


def test_an_unknown_patient_is_registered_with_the_appointment_and_recognised_later(api: Client) -> None:
    place, described = open_clinic(api), person()
    desk = api.as_("receptionist")
    bodies = [wish(place, time, patient_id=None, patient_details=described) for time in ("10:00", "11:00")]

    first, second = (desk.post("/api/appointments/book", body) for body in bodies)

    registered = desk.get(f"/api/patients/{first.data['patient_id']}").data
    assert (first.json["meta"], second.json["meta"]) == ({"patient_created": True}, {"patient_created": False})
    assert first.data["patient_id"] == second.data["patient_id"]
    assert {name: registered[name] for name in described} == described
    assert registered["patient_number"].startswith("PAT-")


def test_a_refused_booking_registers_no_one(api: Client) -> None:
    place, described = open_clinic(api), person()
    book(api, place)

    answer = ask(api, place, path="/book", patient_id=None, patient_details=described)

    name = f"{described['first_name']} {described['last_name']}"
    assert (answer.status, answer.error["code"]) == (409, "slot_taken")
    assert registered(api, name=name, phone=described["phone"]) == []


def test_details_that_name_someone_else_than_the_patient_are_refused(api: Client) -> None:
    place = open_clinic(api)

    answer = ask(api, place, patient_details=person(first_name="Somebody"))

    assert (answer.status, answer.fields) == (422, ["patient_details"])
    assert "10:00" in free(api, place.doctor)


def test_details_that_agree_with_the_patient_are_welcome(api: Client) -> None:
    place = open_clinic(api)
    details = {name: place.patient[name] for name in ("first_name", "last_name", "phone")}

    answer = ask(api, place, patient_details=details)

    assert (answer.status, answer.data["patient_id"]) == (201, place.patient["id"])


def test_people_without_a_record_book_for_themselves_under_their_own_id(api: Client) -> None:
    place, own = open_clinic(api), ids.new("sub")
    body = wish(place, patient_id=None, patient_details=person())

    answer = api.as_("patient", own).post("/api/appointments/book", body)

    assert (answer.status, answer.data["patient_id"], answer.json["meta"]) == (201, own, {"patient_created": True})


@pytest.mark.parametrize("said", [{"patient_id": None}, {"patient_id": "pat_none"}])
def test_without_a_patient_there_is_no_appointment(api: Client, said: Data) -> None:
    place = open_clinic(api)

    answer = ask(api, place, **said)

    assert answer.status in (404, 422)
    assert answer.fields == ["patient_id"]
    assert "10:00" in free(api, place.doctor)


# --- who may book what for whom ---


def test_patients_book_for_themselves_without_saying_so(api: Client) -> None:
    place = open_clinic(api)
    body = wish(place)
    del body["patient_id"]

    answer = api.as_("patient", place.patient["id"]).post("/api/appointments", body)

    assert (answer.status, answer.data["patient_id"]) == (201, place.patient["id"])


def test_patients_do_not_book_for_others(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)

    answer = api.as_("patient", other["id"]).post("/api/appointments", wish(place))

    assert (answer.status, answer.fields) == (404, ["patient_id"])


def test_doctors_book_their_own_schedule_only(api: Client) -> None:
    place, colleague = open_clinic(api), make_doctor(api)
    body = wish(place, patient_id=None, patient_details=person())

    own = api.as_("doctor", place.doctor["id"]).post("/api/appointments", body)
    others = api.as_("doctor", colleague["id"]).post("/api/appointments", body)

    assert own.status == 201
    assert (others.status, others.fields) == (404, ["doctor_id"])


def registered(api: Client, **described: str) -> list[Data]:
    """The patients' records that fit the description."""
    found: list[Data] = api.as_("admin").post("/api/patients/search", described).data
    return found


def desks(place: Clinic) -> dict[str, Data]:
    """Scopes of tokens by what they are."""
    return {
        "hospital": {"hospital": place.hospital["id"]},
        "location": {"location": place.location["id"]},
        "network": {"hospital": "*"},
    }


@pytest.mark.parametrize("scope", ["hospital", "location", "network"])
@pytest.mark.parametrize("role", ["receptionist", "billing", "hospital_admin", "kiosk"])
def test_desks_and_kiosks_book_where_their_token_reaches(api: Client, role: str, scope: str) -> None:
    place, elsewhere = open_clinic(api), open_clinic(api)

    inside = api.as_(role, **desks(place)[scope]).post("/api/appointments", wish(place))
    outside = api.as_(role, **(desks(elsewhere)[scope] | {"location": "loc_x"})).post(
        "/api/appointments", wish(place, "11:00")
    )

    assert inside.status == 201
    assert outside.status == (201 if scope == "network" else 404)


def test_a_kiosk_books_as_a_kiosk_and_does_not_show_why(api: Client) -> None:
    place = open_clinic(api)
    kiosk = api.as_("kiosk", location=place.location["id"])

    made = kiosk.post("/api/appointments", wish(place, reason_for_visit="Rash", symptoms="Itch")).data

    assert (made["origin"], made["reason_for_visit"], made["symptoms"]) == ("kiosk", None, None)
    assert read(api, made)["reason_for_visit"] == "Rash"


@pytest.mark.parametrize("role", ["receptionist", "kiosk"])
def test_a_token_that_names_no_place_books_nothing(api: Client, role: str) -> None:
    place = open_clinic(api)

    answer = api.as_(role, hospital_id=None).post("/api/appointments", wish(place))

    assert (answer.status, answer.error["code"]) == (403, "scope_missing")


STRANGERS: list[tuple[str, str, Data]] = [
    ("patient", "pat_stranger", {}),
    ("doctor", "doc_stranger", {}),
    ("receptionist", "", {"hospital": "hos_other"}),
    ("receptionist", "", {"location": "loc_other"}),
    ("hospital_admin", "", {"hospital": "hos_other"}),
    ("kiosk", "", {"location": "loc_other"}),
]
VERBS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("DELETE", "", {}),
    ("PUT", "/reschedule", {"scheduled_date": utc("15:00")}),
    ("PUT", "/status", {"status": "checked_in"}),
    ("POST", "/confirm", {}),
]


# A kiosk cancels nothing at all, whosever it is: see test_policies.
APPROACHES = [(who, verb) for who in STRANGERS for verb in VERBS if (who[0], verb[0]) != ("kiosk", "DELETE")]


@pytest.mark.parametrize(("who", "request_"), APPROACHES)
def test_someone_elses_appointment_does_not_exist(
    api: Client, who: tuple[str, str, Data], request_: tuple[str, str, Any]
) -> None:
    made = book(api, open_clinic(api))
    (role, sub, scope), (method, verb, body) = who, request_
    stranger = api.as_(role, sub, **scope)

    theirs = stranger.send(method, f"/api/appointments/{made['id']}{verb}", body)
    nobodys = stranger.send(method, f"/api/appointments/apt_none{verb}", body)

    assert (theirs.status, nobodys.status) == (404, 404)
    assert theirs.error | {"request_id": ""} == nobodys.error | {"request_id": ""}
    assert read(api, made) == made


def test_a_doctor_without_a_schedule_is_offered_at_no_time(api: Client) -> None:
    hospital, location = make_hospital(api), make_location(api)
    doctor = make_doctor(api, hospital_id=hospital["id"], location_ids=[location["id"]])
    patient = make_patient(api)

    body = {"doctor_id": doctor["id"], "patient_id": patient["id"], "scheduled_date": utc("10:00")}
    answer = api.as_("receptionist").post("/api/appointments", body)

    assert (answer.status, answer.error["code"]) == (409, "slot_not_offered")
    assert answer.error["details"][0]["reason"] == "outside_hours"


def test_a_closed_time_is_refused_with_the_reason_and_other_times(api: Client) -> None:
    hours = {"start": "09:00", "end": "12:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}
    place = clinic(api, schedule={"hours": [hours], "breaks": [{"start": "10:00", "end": "10:30"}]})

    answer = ask(api, place, "10:00")

    first, *others = answer.error["details"]
    assert (answer.status, answer.error["code"]) == (409, "slot_not_offered")
    assert (first["field"], first["reason"]) == ("scheduled_date", "break")
    assert {slot["time"] for slot in others} == {"09:00", "09:30", "10:30"}
