"""Free times over HTTP: three paths over one engine, its filters, its explanations, and what it costs."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

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
    unique,
)
from tests.client import Answer, Client
from tests.faults import counted
from tests.scheduling.desk import DAY, NEXT_DAY, ask, book, free, open_clinic, wish

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = {"weekdays": [0, 1, 2, 3, 4, 5, 6]}
MORNING = WEEK | {"start": "09:00", "end": "12:00"}
QUERY = "/api/appointments/availability"
HALF_HOURS = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
NEW_YORK = ZoneInfo("America/New_York")


def morning(api: Client, schedule: Data | None = None, **parts: Any) -> Clinic:
    """A clinic whose doctor works from nine to noon."""
    return clinic(api, schedule={"hours": [MORNING], **(schedule or {})}, **parts)


def three_ways(api: Client, doctor: Data, **query: Any) -> list[Answer]:
    """The doctor's free times of the day over each of the three paths."""
    patient = api.as_("patient")
    return [
        patient.get(f"{QUERY}/{doctor['id']}/{DAY}", **query),
        patient.get(QUERY, doctor_id=doctor["id"], date=DAY, **query),
        patient.get(f"/api/doctors/{doctor['id']}/availability", date=DAY, **query),
    ]


def times(slots: list[Data]) -> list[str]:
    return [slot["time"] for slot in slots]


def groups(api: Client, **query: Any) -> dict[str, list[str]]:
    """Doctor → free times, as the query across doctors has them."""
    answer = api.as_("patient").get(QUERY, **({"date": DAY} | query))
    return {group["doctor_id"]: times(group["available_slots"]) for group in answer.data}


def clock_changes() -> tuple[date, date]:
    """The next days on which New York's clock goes forward and back."""
    today = datetime.now(UTC).date()
    days = [today + timedelta(days=ahead) for ahead in range(2, 380)]

    def offset(day: date) -> timedelta:
        return datetime(day.year, day.month, day.day, 12, tzinfo=NEW_YORK).utcoffset() or timedelta()

    shifts = {offset(day) - offset(day - timedelta(days=1)): day for day in reversed(days)}
    return shifts[timedelta(hours=1)], shifts[timedelta(hours=-1)]


# --- three paths, one engine ---


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


# --- filters ---


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


# --- the first there is ---


def test_the_first_free_time_is_found_however_far_away(api: Client) -> None:
    place = morning(api, {"valid_from": f"{DAY}"})
    patient = api.as_("patient")

    (group,) = patient.get(QUERY, doctor_id=place.doctor["id"], first_available="true").data
    (slot,) = patient.get(f"/api/doctors/{place.doctor['id']}/availability", first_available="true").data

    assert group["available_slots"] == [slot]
    assert (slot["date"], slot["time"]) == (f"{DAY}", "09:00")


def test_the_soonest_doctor_comes_first(api: Client) -> None:
    specialty = unique("Hepatology")
    late = morning(api, {"valid_from": f"{NEXT_DAY}"}, doctor={"specialty": specialty})
    soon = morning(api, {"valid_from": f"{DAY}"}, doctor={"specialty": specialty})
    never = morning(api, {"valid_to": "2020-01-01"}, doctor={"specialty": specialty})

    found = groups(api, specialty=specialty, first_available="true")

    assert list(found) == [soon.doctor["id"], late.doctor["id"]]
    assert never.doctor["id"] not in found
    assert set(map(tuple, found.values())) == {("09:00",)}


def test_no_free_time_within_ninety_days_is_an_empty_answer(api: Client) -> None:
    place = morning(api, {"valid_to": "2020-01-01"})

    answer = api.as_("patient").get(f"/api/doctors/{place.doctor['id']}/availability", first_available="true")

    assert (answer.status, answer.data) == (200, [])


# --- zones ---


def test_slots_carry_the_locations_offset(api: Client) -> None:
    place = morning(api, zone="Asia/Kathmandu")

    first = api.as_("patient").get(f"{QUERY}/{place.doctor['id']}/{DAY}").data[0]

    assert (first["start_time"], first["time"]) == (f"{DAY}T09:00:00+05:45", "09:00")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Pacific/Kiritimati", [f"{DAY}T23:00:00+14:00", f"{NEXT_DAY}T00:00:00+14:00"]),
        (
            "Pacific/Pago_Pago",
            [f"{DAY - timedelta(days=1)}T22:00:00-11:00", f"{DAY - timedelta(days=1)}T23:00:00-11:00"],
        ),
    ],
)
def test_another_zone_shows_the_same_instants_on_its_own_dates(api: Client, zone: str, shown: list[str]) -> None:
    hours = WEEK | {"start": "09:00", "end": "11:00"}
    place = clinic(api, schedule={"hours": [hours], "slot_minutes": 60})

    answers = three_ways(api, place.doctor, zone=zone)

    slots = answers[0].data
    assert [slot["start_time"] for slot in slots] == shown
    assert [f"{slot['date']}T{slot['time']}" for slot in slots] == [start[:16] for start in shown]
    assert answers[1].data[0]["available_slots"] == answers[2].data == slots


@pytest.mark.parametrize(("change", "count"), [(0, 46), (1, 50)], ids=["forward", "back"])
def test_a_day_on_which_the_clock_changes_has_the_hours_that_it_has(api: Client, change: int, count: int) -> None:
    day = clock_changes()[change]
    place = open_clinic(api, {"horizon_days": 730}, zone="America/New_York")

    slots = api.as_("patient").get(f"{QUERY}/{place.doctor['id']}/{day}").data

    starts = [datetime.fromisoformat(slot["start_time"]) for slot in slots]
    half_hour = timedelta(minutes=30)
    assert len(slots) == count
    assert {slot["date"] for slot in slots} == {f"{day}"}
    assert {after - before for before, after in pairwise(starts)} == {half_hour}
    assert all(
        datetime.fromisoformat(slot["end_time"]) - start == half_hour for slot, start in zip(slots, starts, strict=True)
    )


def test_no_hour_is_offered_that_the_clock_jumps_over(api: Client) -> None:
    forward, _ = clock_changes()
    place = open_clinic(api, {"horizon_days": 730}, zone="America/New_York")

    offered = free(api, place.doctor, forward)
    asked = ask(api, place, scheduled_date=f"{forward} 02:30:00")

    assert offered[2:6] == ["01:00", "01:30", "03:00", "03:30"]
    assert (asked.status, asked.fields) == (422, ["scheduled_date"])


def test_both_hours_that_the_clock_repeats_can_be_booked(api: Client) -> None:
    _, back = clock_changes()
    place = open_clinic(api, {"horizon_days": 730}, zone="America/New_York")

    made = [book(api, place, scheduled_date=f"{back}T01:30:00{offset}") for offset in ("-04:00", "-05:00")]

    assert [one["time"] for one in made] == ["01:30", "01:30"]
    assert [one["scheduled_date"][-6:] for one in made] == ["-04:00", "-05:00"]
    assert "01:30" not in free(api, place.doctor, back)


def test_a_wall_time_that_is_there_twice_means_the_first(api: Client) -> None:
    _, back = clock_changes()
    place = open_clinic(api, {"horizon_days": 730}, zone="America/New_York")

    made = book(api, place, scheduled_date=f"{back} 01:30:00")

    assert made["scheduled_date"] == f"{back}T01:30:00-04:00"


# --- tags ---


def test_an_answer_that_is_still_right_is_not_sent_again(api: Client) -> None:
    place = morning(api)

    tags = [answer.headers["etag"] for answer in three_ways(api, place.doctor)]
    again = three_ways(api.with_(if_none_match=", ".join(tags)), place.doctor)

    assert [(answer.status, answer.body, answer.headers["etag"]) for answer in again] == [
        (304, "", tag) for tag in tags
    ]


@pytest.mark.parametrize("change", ["booking", "room", "schedule", "cancellation"])
def test_the_tag_changes_with_what_the_answer_rests_on(api: Client, change: str) -> None:
    place = morning(api)
    colleague = make_doctor(api, schedule={"hours": [MORNING]}, location_ids=[place.location["id"]])
    made = book(api, place, "11:00")
    patient, path = api.as_("patient"), f"{QUERY}/{place.doctor['id']}/{DAY}"
    before = patient.get(path)
    deeds = {
        "booking": ("POST", "/api/appointments", wish(place, "10:00")),
        "room": ("POST", "/api/appointments", wish(place, "10:00", doctor_id=colleague["id"])),
        "schedule": ("PUT", f"/api/doctors/{place.doctor['id']}/schedule", {"hours": [MORNING], "slot_minutes": 20}),
        "cancellation": ("DELETE", f"/api/appointments/{made['id']}", None),
    }

    done = api.as_("admin").send(*deeds[change])
    after = patient.with_(if_none_match=before.headers["etag"]).get(path)

    assert done.status in (200, 201)
    assert (after.status, after.headers["etag"] == before.headers["etag"]) == (200, False)
    assert after.data != before.data


def test_another_question_has_another_tag(api: Client) -> None:
    place = morning(api)

    tags = {
        three_ways(api, place.doctor, **query)[0].headers["etag"]
        for query in ({}, {"duration": 60}, {"only_available": "false"}, {"zone": "Asia/Tokyo"}, {"view": "days"})
    }

    assert len(tags) == 5


# --- why not ---


CLOSED: dict[str, tuple[Data, Data, Data]] = {
    "outside_hours": ({}, {}, {"time": "08:00"}),
    "break": ({"breaks": [{"start": "10:00", "end": "10:30"}]}, {}, {"time": "10:00"}),
    "holiday": ({"holidays": [f"{DAY}"]}, {}, {"time": "10:00"}),
    "override": ({"overrides": [{"date": f"{DAY}"}]}, {}, {"time": "10:00"}),
    "location_closed": (
        {},
        {"opening": {day: [{"start": "09:00", "end": "10:00"}] for day in DAYS}},
        {"time": "10:00"},
    ),
    "mode": ({"modes": ["telehealth"]}, {}, {"time": "10:00", "mode": "in-person"}),
    "not_on_grid": ({}, {}, {"time": "10:10"}),
    "min_notice": ({"min_notice_minutes": 43_200, "horizon_days": 365}, {}, {"time": "10:00", "ahead": 2}),
    "beyond_horizon": ({"horizon_days": 7}, {}, {"time": "10:00"}),
    "past": ({}, {}, {"time": "10:00", "ahead": -2}),
}


@pytest.mark.parametrize("reason", CLOSED)
def test_staff_are_told_why_a_time_is_closed(api: Client, reason: str) -> None:
    schedule, location, query = CLOSED[reason]
    place = morning(api, schedule, location=location)
    asked = {"ahead": 30, "doctor_id": place.doctor["id"], "explain": "true"} | query
    day = datetime.now(UTC).date() + timedelta(days=asked.pop("ahead"))

    answer = api.as_("receptionist").get(QUERY, date=day, **asked)

    assert [one["reason"] for one in answer.data["reasons"]] == [reason]
    assert answer.data["reasons"][0]["message"].endswith(".")
    assert answer.data["offered"] is False


TAKEN: dict[str, tuple[Data, str]] = {
    "taken": ({}, "10:00"),
    "buffer": ({"buffer_after": 15}, "09:30"),
    "daily_cap": ({"daily_cap": 1}, "11:30"),
}


@pytest.mark.parametrize("reason", TAKEN)
def test_staff_are_told_why_a_time_is_not_free(api: Client, reason: str) -> None:
    schedule, time = TAKEN[reason]
    place = morning(api, schedule, rooms=2)
    book(api, place, "10:00")

    answer = api.as_("doctor").get(f"{QUERY}/{place.doctor['id']}/{DAY}", explain="true", time=time)

    assert [one["reason"] for one in answer.data["reasons"]] == [reason]


def test_staff_are_told_that_no_room_is_free(api: Client) -> None:
    place = morning(api)
    colleague = make_doctor(api, schedule={"hours": [MORNING]}, location_ids=[place.location["id"]])
    book(api, place, "10:00")

    answer = api.as_("admin").get(
        f"/api/doctors/{colleague['id']}/availability", explain="true", date=DAY, time="10:00"
    )

    assert answer.data == {
        "doctor_id": colleague["id"],
        "date": f"{DAY}",
        "time": "10:00",
        "offered": False,
        "reasons": [{"reason": "room", "message": "No suitable room is free at this time."}],
    }


def test_staff_are_told_that_the_doctor_has_left(api: Client) -> None:
    place = morning(api)
    api.as_("admin").delete(f"/api/doctors/{place.doctor['id']}")

    answer = api.as_("admin").get(f"{QUERY}/{place.doctor['id']}/{DAY}", explain="true", time="10:00")

    assert [one["reason"] for one in answer.data["reasons"]] == ["inactive"]
    assert free(api, place.doctor) == []


def test_a_time_that_is_offered_has_no_reason_against_it(api: Client) -> None:
    place = morning(api)
    book(api, place, "10:00")
    explain = {"explain": "true", "doctor_id": place.doctor["id"], "date": DAY}

    told = {time: api.as_("admin").get(QUERY, time=time, **explain).data["offered"] for time in HALF_HOURS}

    offered = free(api, place.doctor)
    assert [time for time, yes in told.items() if yes] == offered


@pytest.mark.parametrize("role", ["patient", "kiosk", "display"])
def test_only_staff_may_ask_why(api: Client, role: str) -> None:
    place = morning(api)

    answers = [
        api.as_(role).get(f"{QUERY}/{place.doctor['id']}/{DAY}", explain="true", time="10:00"),
        api.as_(role).get(QUERY, doctor_id=place.doctor["id"], date=DAY, explain="true", time="10:00"),
        api.as_(role).get(f"/api/doctors/{place.doctor['id']}/availability", date=DAY, explain="true", time="10:00"),
    ]

    assert {answer.status for answer in answers} == {403}


@pytest.mark.parametrize(("query", "field"), [({}, "doctor_id"), ({"doctor_id": "x"}, "time")])
def test_why_needs_a_doctor_and_a_time(api: Client, query: Data, field: str) -> None:
    answer = api.as_("admin").get(QUERY, explain="true", date=DAY, **query)

    assert (answer.status, answer.fields) == (422, [field])


# --- what it costs ---


def requests(made: list[tuple[str, Data, Data]]) -> list[tuple[str, str | None, int]]:
    """Each request as its operation, its index, and how many keys it reads."""
    return [
        (
            operation,
            request.get("IndexName"),
            sum(len(table["Keys"]) for table in request.get("RequestItems", {}).values()),
        )
        for operation, request, _ in made
    ]


def test_one_day_of_fifty_doctors_is_one_query_and_one_batch(api: Client) -> None:
    specialty, hospital, location = unique("Hepatology"), make_hospital(api), make_location(api)
    for _ in range(50):
        make_doctor(
            api,
            schedule={"hours": [MORNING]},
            specialty=specialty,
            hospital_id=hospital["id"],
            location_ids=[location["id"]],
        )
    cold = groups(api, specialty=specialty)

    with counted() as made:
        warm = groups(api, specialty=specialty)

    assert warm == cold
    assert len(warm) == 50
    assert requests(made) == [("Query", "catalogue", 0), ("BatchGetItem", None, 50)]


@pytest.mark.parametrize("rooms", [0, 2])
def test_fourteen_days_of_a_doctor_are_one_query_and_one_batch(api: Client, rooms: int) -> None:
    place = morning(api, rooms=rooms)
    book(api, place, "10:00")
    query = {"doctor_id": place.doctor["id"], "from": DAY, "to": DAY + timedelta(days=13)}
    cold = api.as_("patient").get(QUERY, **query).data

    with counted() as made:
        warm = api.as_("patient").get(QUERY, **query).data

    assert warm == cold
    assert requests(made) == [("Query", None, 0), ("BatchGetItem", None, 1 + 14 * rooms)]


def test_one_day_of_a_doctor_is_one_batch(api: Client) -> None:
    place = morning(api, rooms=2)
    free(api, place.doctor)

    with counted() as made:
        free(api, place.doctor)

    assert requests(made) == [("BatchGetItem", None, 1 + 1 + 2)]
