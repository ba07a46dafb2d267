"""What a booking takes: a room that suits, the doctor's and the patient's time, places, caps and buffers."""

from datetime import timedelta

import pytest

from tests.builders import (
    make_doctor,
    make_patient,
    make_room,
    make_service,
)
from tests.client import Client
from tests.scheduling.desk import DAY, EVERY_DAY, NEXT_DAY, ask, book, free, open_clinic


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
