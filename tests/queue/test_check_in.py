"""Check-in: by whatever shows which visit it is, in its time, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import Clinic, Data, make_patient
from tests.client import Answer, Client
from tests.queue.test_serving import booked, check_in
from tests.queue.waiting import current, join, put, waiting_room
from tests.scheduling.desk import book
from tests.scheduling.desk import read as read_appointment


def at_kiosk(api: Client, place: Clinic, **body: Any) -> Answer:
    """What the location's kiosk is told."""
    return api.as_("kiosk", location=place.location["id"]).post("/api/queue/check-in", body)


def on_grid(hours: float) -> str:
    """A time some hours from now, on the hour or half past."""
    now = datetime.now(UTC) + timedelta(hours=hours)
    start = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    return f"{start:%Y-%m-%dT%H:%M:%SZ}"


def shown(way: str, place: Clinic, visit: Data) -> Data:
    """What a patient shows of the visit."""
    person = {name: place.patient[name] for name in ("phone", "date_of_birth")}
    ways: dict[str, Data] = {
        "the appointment": {"appointment_id": visit["id"]},
        "its number": {"appointment_number": visit["appointment_number"]},
        "phone and birth date": person,
        "its code": {"code": visit["id"]},
    }
    return ways[way]


@pytest.mark.parametrize("way", ["the appointment", "its number", "phone and birth date", "its code"])
def test_a_kiosk_checks_in_whoever_shows_the_visit(api: Client, way: str) -> None:
    place = waiting_room(api, patient={"phone": f"+1415555{datetime.now(UTC).microsecond % 10_000:04d}"})
    visit = booked(api, place)

    answer = at_kiosk(api, place, **shown(way, place, visit))

    there = read_appointment(api, visit)
    assert (answer.status, answer.data["current_status"]) == (200, "waiting")
    assert (there["status"], there["queue_token"]) == ("checked_in", answer.data["token_number"])
    assert answer.data["track"]
    assert answer.data["patient_name"] is None


def test_checking_in_twice_answers_the_same_place(api: Client) -> None:
    place = waiting_room(api)
    visit = booked(api, place)

    first, again = check_in(api, visit), at_kiosk(api, place, code=visit["id"]).data

    assert (first["id"], first["token_number"]) == (again["id"], again["token_number"])
    assert current(api, place)["total_waiting"] == 1


def test_of_several_visits_of_the_day_the_next_one_is_meant(api: Client) -> None:
    place = waiting_room(api)
    visits = [book(api, place, scheduled_date=on_grid(hours)) for hours in (1.5, 1)]

    answer = at_kiosk(api, place, **shown("phone and birth date", place, visits[0]))

    assert answer.status == 200, answer.body
    assert [read_appointment(api, visit)["status"] for visit in visits] == ["scheduled", "checked_in"]


@pytest.mark.parametrize("way", ["its number", "phone and birth date"])
def test_what_is_not_of_today_is_not_found(api: Client, way: str) -> None:
    place = waiting_room(api)
    visit = book(api, place)

    answer = at_kiosk(api, place, **shown(way, place, visit))

    assert (answer.status, answer.error["code"]) == (404, "not_found")


def test_a_kiosk_knows_the_visits_of_its_location_only(api: Client) -> None:
    place, elsewhere = waiting_room(api), waiting_room(api)
    visit = booked(api, place)

    answers = [at_kiosk(api, elsewhere, **shown(way, place, visit)) for way in ("the appointment", "its number")]

    assert [answer.status for answer in answers] == [404, 404]


def test_it_can_be_too_early_at_the_kiosk(api: Client) -> None:
    place = waiting_room(api)
    visit = book(api, place, scheduled_date=on_grid(4))

    kiosk, desk = at_kiosk(api, place, code=visit["id"]), check_in(api, visit)

    assert (kiosk.status, kiosk.error["code"]) == (409, "too_early")
    assert desk["current_status"] == "waiting"


def test_a_visit_of_another_day_is_too_early_for_everyone(api: Client) -> None:
    place = waiting_room(api)
    visit = book(api, place)

    answer = api.as_("receptionist").post("/api/queue/check-in", {"appointment_id": visit["id"]})

    assert (answer.status, answer.error["code"]) == (409, "too_early")


def test_who_was_missed_checks_in_at_the_desk(api: Client) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    put(api, check_in(api, visit), "no_show")

    kiosk, desk = at_kiosk(api, place, code=visit["id"]), check_in(api, visit)

    assert (kiosk.status, kiosk.error["code"]) == (409, "check_in_over")
    assert desk["current_status"] == "waiting"


def test_a_cancelled_visit_is_not_checked_in(api: Client) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    api.as_("receptionist").delete(f"/api/appointments/{visit['id']}", {})

    answer = at_kiosk(api, place, code=visit["id"])

    assert (answer.status, answer.error["code"]) == (409, "status_not_allowed")


def test_who_took_a_number_before_keeps_it_when_it_turns_out_that_they_are_booked(api: Client) -> None:
    place = waiting_room(api)
    ticket = join(api, place, patient_id=place.patient["id"])
    visit = booked(api, place)

    entry = check_in(api, visit)

    assert (entry["id"], entry["token_number"]) == (ticket["id"], ticket["token_number"])
    assert (entry["appointment_id"], entry["queue_position"]) == (visit["id"], 1)
    assert read_appointment(api, visit)["queue_token"] == ticket["token_number"]


@pytest.mark.parametrize(
    "body",
    [{}, {"phone": "+12125550123"}, {"code": "apt_1", "appointment_id": "apt_1"}, {"date_of_birth": "1980-02-29"}],
)
def test_it_has_to_be_clear_what_is_shown(api: Client, body: Data) -> None:
    answer = api.as_("kiosk").post("/api/queue/check-in", body)

    assert answer.status == 422


def test_a_strangers_birth_date_opens_nothing(api: Client) -> None:
    place = waiting_room(api)
    booked(api, place)

    answer = at_kiosk(api, place, phone=place.patient["phone"], date_of_birth="1980-03-01")

    assert answer.status == 404


def test_early_comers_wait_from_their_time_on_and_late_ones_from_when_they_come(api: Client) -> None:
    place = waiting_room(api)
    walk_in = join(api, place)
    visit = book(api, place, patient_id=make_patient(api)["id"], scheduled_date=on_grid(1.5))

    early = check_in(api, visit)

    assert (walk_in["queue_position"], early["queue_position"]) == (1, 2)
    assert early["wait_time_score"] < 0
