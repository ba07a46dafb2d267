"""Free times over HTTP: three paths over one engine, and every filter."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import (
    Data,
    clinic,
    make_doctor,
    make_location,
    make_patient,
    make_room,
    make_service,
    unique,
)
from tests.client import Client
from tests.scheduling.desk import DAY, NEXT_DAY, ask, book, free, open_clinic
from tests.scheduling.mornings import HALF_HOURS, MORNING, QUERY, WEEK, groups, morning, three_ways


@pytest.mark.parametrize("query", [{}, {"only_available": "false"}, {"duration": 60}, {"zone": "Asia/Tokyo"}])
def test_three_paths_give_the_same_slots(api: Client, query: Data) -> None:
    place = morning(api)
    book(api, place, "10:00")

    path, grouped, portal = three_ways(api, place.doctor, **query)

    (group,) = grouped.data
    assert path.data == group["available_slots"] == portal.data
    assert (
        path.json["meta"] == portal.json["meta"] == {name: group[name] for name in group if name != "available_slots"}
    )


def test_a_group_has_the_documented_shape(api: Client) -> None:
    place = morning(api, zone="Africa/Abidjan")

    (group,) = api.as_("patient").get(QUERY, doctor_id=place.doctor["id"], date=DAY).data

    assert group.keys() == {"doctor_id", "doctor_name", "specialty", "available_slots"}
    assert (group["doctor_name"], group["specialty"]) == (place.doctor["name"], "Cardiology")
    assert group["available_slots"][0] == {
        "start_time": f"{DAY}T09:00:00+00:00",
        "end_time": f"{DAY}T09:30:00+00:00",
        "duration_minutes": 30,
        "date": str(DAY),
        "time": "09:00",
        "available": True,
    }


def test_a_slot_that_is_offered_can_be_booked_as_it_stands(api: Client) -> None:
    place = morning(api, zone="Asia/Kathmandu")
    slots = api.as_("patient").get(f"{QUERY}/{place.doctor['id']}/{DAY}").data

    answers = [ask(api, place, scheduled_date=slot["start_time"]) for slot in slots]

    assert [(answer.status, answer.data["scheduled_date"]) for answer in answers] == [
        (201, slot["start_time"]) for slot in slots
    ]
    assert free(api, place.doctor) == []


def test_taken_times_are_left_out_or_shown_as_taken(api: Client) -> None:
    place = morning(api)
    book(api, place, "10:00")

    offered = free(api, place.doctor)
    everything = api.as_("patient").get(f"{QUERY}/{place.doctor['id']}/{DAY}", only_available="false").data

    assert offered == [time for time in HALF_HOURS if time != "10:00"]
    assert [(slot["time"], slot["available"]) for slot in everything] == [
        (time, time != "10:00") for time in HALF_HOURS
    ]


def test_breaks_and_holidays_are_not_offered(api: Client) -> None:
    place = morning(api, {"breaks": [{"start": "10:00", "end": "10:30"}], "holidays": [f"{NEXT_DAY}"]})

    today, tomorrow = free(api, place.doctor), free(api, place.doctor, NEXT_DAY)

    assert (today, tomorrow) == (["09:00", "09:30", "10:30", "11:00", "11:30"], [])


def test_a_full_day_is_not_offered(api: Client) -> None:
    place = morning(api, {"daily_cap": 2})
    for time in ("09:00", "11:30"):
        book(api, place, time)

    assert free(api, place.doctor) == []


def test_a_change_of_the_schedule_is_seen_at_once(api: Client) -> None:
    place = morning(api)
    before = free(api, place.doctor)

    later = WEEK | {"start": "11:00", "end": "12:00"}
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}/schedule", {"hours": [later]})

    assert (before, free(api, place.doctor)) == (HALF_HOURS, ["11:00", "11:30"])


def test_a_cancelled_appointment_is_offered_at_once(api: Client) -> None:
    place = morning(api)
    made = book(api, place, "10:00")
    api.as_("receptionist").delete(f"/api/appointments/{made['id']}")

    assert free(api, place.doctor) == HALF_HOURS


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"duration": 60}, ["09:00", "09:30", "10:00", "10:30", "11:00"]),
        ({"duration": 180}, ["09:00"]),
        ({"duration": 185}, []),
        ({"duration_minutes": 90}, ["09:00", "09:30", "10:00", "10:30"]),
        ({"mode": "telehealth"}, HALF_HOURS),
        ({"type": "in-person"}, HALF_HOURS),
    ],
)
def test_a_duration_or_mode_narrows_the_slots(api: Client, query: Data, expected: list[str]) -> None:
    place = morning(api)

    assert free(api, place.doctor, **query) == expected


def test_a_service_brings_its_duration_and_its_need_of_a_room(api: Client) -> None:
    place = morning(api)
    make_room(api, place.location["id"], equipment=["ecg"])
    long = make_service(api, duration_minutes=90, equipment=["ecg"])
    impossible = make_service(api, equipment=["mri"])

    fitting = free(api, place.doctor, service_id=long["id"])
    short = free(api, place.doctor, service_id=long["id"], duration=30)

    assert (fitting, short) == (["09:00", "09:30", "10:00", "10:30"], HALF_HOURS)
    assert free(api, place.doctor, service_id=impossible["id"]) == []


def test_a_mode_that_is_not_offered_then_is_not_shown_then(api: Client) -> None:
    afternoon = WEEK | {"start": "14:00", "end": "15:00", "modes": ["telehealth"]}
    place = clinic(api, schedule={"hours": [MORNING | {"modes": ["in-person"]}, afternoon]})

    in_person, video = (free(api, place.doctor, mode=mode) for mode in ("in-person", "telehealth"))

    assert (in_person, video) == (HALF_HOURS, ["14:00", "14:30"])


def test_a_location_narrows_the_slots_of_who_works_in_two(api: Client) -> None:
    here, there = make_location(api), make_location(api)
    hours = [
        MORNING | {"location_id": here["id"]},
        WEEK | {"start": "14:00", "end": "15:00", "location_id": there["id"]},
    ]
    doctor = make_doctor(api, location_ids=[here["id"], there["id"]], schedule={"hours": hours})

    at_each = [free(api, doctor, location_id=place["id"]) for place in (here, there)]

    assert at_each == [HALF_HOURS, ["14:00", "14:30"]]
    assert free(api, doctor) == [*HALF_HOURS, "14:00", "14:30"]


def test_a_specialty_or_a_location_finds_its_doctors(api: Client) -> None:
    specialty, place = unique("Hepatology"), morning(api)
    colleague = make_doctor(
        api, schedule={"hours": [MORNING]}, location_ids=[place.location["id"]], specialty=specialty
    )
    elsewhere = morning(api, doctor={"specialty": specialty})
    made = book(api, place, "10:00", doctor_id=colleague["id"], patient_id=make_patient(api)["id"])

    by_specialty = groups(api, specialty=specialty.upper())
    by_both = groups(api, specialty=specialty, location_id=place.location["id"])
    by_location = groups(api, location_id=place.location["id"])

    without = [time for time in HALF_HOURS if time != "10:00"]
    assert made["doctor_id"] == colleague["id"]
    assert by_specialty == {colleague["id"]: without, elsewhere.doctor["id"]: HALF_HOURS}
    assert by_both == {colleague["id"]: without}
    assert by_location == {place.doctor["id"]: without, colleague["id"]: without}


def test_a_doctor_of_another_specialty_than_is_asked_for_is_not_the_answer(api: Client) -> None:
    place = morning(api)

    right = groups(api, doctor_id=place.doctor["id"], specialty="CARDIOLOGY")
    wrong = groups(api, doctor_id=place.doctor["id"], specialty="Neurology")

    assert (right, wrong) == ({place.doctor["id"]: HALF_HOURS}, {})


def test_a_range_of_dates_has_the_slots_of_each(api: Client) -> None:
    place = morning(api, {"holidays": [f"{NEXT_DAY}"]})
    last = DAY + timedelta(days=2)
    query = {"from": DAY, "to": last}

    slots = api.as_("patient").get(f"/api/doctors/{place.doctor['id']}/availability", **query).data
    (group,) = api.as_("patient").get(QUERY, doctor_id=place.doctor["id"], **query).data

    assert slots == group["available_slots"]
    assert [(slot["date"], slot["time"]) for slot in slots] == [
        (f"{day}", time) for day in (DAY, last) for time in HALF_HOURS
    ]


def test_without_dates_a_doctor_shows_a_week_and_the_query_a_day(api: Client) -> None:
    place = open_clinic(api)
    patient = api.as_("patient")

    week = patient.get(f"/api/doctors/{place.doctor['id']}/availability").data
    (day,) = patient.get(QUERY, doctor_id=place.doctor["id"]).data

    today = datetime.now(UTC).date()
    assert {slot["date"] for slot in week} <= {f"{today + timedelta(days=ahead)}" for ahead in range(7)}
    assert len({slot["date"] for slot in week}) >= 6
    assert {slot["date"] for slot in day["available_slots"]} <= {f"{today}"}


@pytest.mark.parametrize("view", ["slots", "days"])
def test_ninety_days_are_answered_and_ninety_one_are_not(api: Client, view: str) -> None:
    place = morning(api)
    patient, path = api.as_("patient"), f"/api/doctors/{place.doctor['id']}/availability"

    longest = patient.get(path, **{"from": DAY, "to": DAY + timedelta(days=89), "view": view})
    too_long = [
        patient.get(where, **{"from": DAY, "to": DAY + timedelta(days=90), "view": view}, **query)
        for where, query in ((path, {}), (QUERY, {"doctor_id": place.doctor["id"]}), (QUERY, {"specialty": "X"}))
    ]

    assert longest.status == 200
    assert {entry["date"] for entry in longest.data} == {f"{DAY + timedelta(days=ahead)}" for ahead in range(90)}
    assert {(answer.status, *answer.fields) for answer in too_long} == {(422, "to")}


def test_a_month_is_shown_as_counts_per_day(api: Client) -> None:
    place = morning(api, {"holidays": [f"{NEXT_DAY}"]})
    book(api, place, "10:00")
    last = DAY + timedelta(days=2)

    days = api.as_("patient").get(QUERY, doctor_id=place.doctor["id"], view="days", **{"from": DAY, "to": last}).data

    assert days == [{"date": f"{DAY}", "available": 5}, {"date": f"{last}", "available": 6}]


def test_a_heat_map_across_doctors_adds_them_up(api: Client) -> None:
    specialty = unique("Hepatology")
    for _ in range(2):
        morning(api, doctor={"specialty": specialty})

    days = api.as_("patient").get(QUERY, specialty=specialty, view="days", date=DAY).data

    assert days == [{"date": f"{DAY}", "available": 12}]
