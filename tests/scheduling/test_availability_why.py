"""Why a time is not offered, and what it costs to say what is."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import (
    Data,
    make_doctor,
    make_hospital,
    make_location,
    unique,
)
from tests.client import Client
from tests.counting import counted
from tests.scheduling.desk import DAY, book, free
from tests.scheduling.mornings import DAYS, HALF_HOURS, MORNING, QUERY, groups, morning

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
