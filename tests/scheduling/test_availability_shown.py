"""How free times are shown: the first there is, other zones, tags that tell what is unchanged."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.builders import (
    clinic,
    make_doctor,
    unique,
)
from tests.client import Client
from tests.scheduling.desk import DAY, NEXT_DAY, ask, book, free, open_clinic, wish
from tests.scheduling.mornings import MORNING, QUERY, WEEK, clock_changes, groups, morning, three_ways


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
