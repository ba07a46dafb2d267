"""A day in figures, its end at the location's night, and a ticket that is followed without a name."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import closing, joining
from chalicelib.queue.joining import Joining
from infra.faults import injected
from tests.builders import Clinic, Data, make_patient, unique
from tests.client import Client
from tests.queue.test_serving import booked, brought_to, check_in
from tests.queue.waiting import act, call_next, join, put, read, waiting_room
from tests.scheduling.desk import read as read_appointment

OPEN = ["waiting", "called", "on_hold", "in_consultation"]


def night(place: Clinic) -> datetime:
    """Three at night after today, on the location's wall."""
    zone = ZoneInfo(place.location["zone"])
    tomorrow = datetime.now(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, 3, tzinfo=zone)


@pytest.mark.parametrize("status", OPEN)
def test_at_night_a_number_that_is_left_is_settled(api: Client, status: str) -> None:
    place = waiting_room(api)
    entry = brought_to(api, join(api, place), status)

    closing.close(night(place))

    end = {"in_consultation": ("completed", "closed")}.get(status, ("cancelled", "left"))
    there = read(api, entry)
    assert (there["current_status"], there["end_reason"]) == end


@pytest.mark.parametrize("status", OPEN)
def test_at_night_a_visit_that_is_left_is_settled_with_its_place(api: Client, status: str) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    entry = brought_to(api, check_in(api, visit), status)

    closing.close(night(place))

    end = "completed" if status == "in_consultation" else "no_show"
    assert read(api, entry)["current_status"] == end
    assert read_appointment(api, visit)["status"] == end


def test_a_consultation_that_nobody_ended_took_as_long_as_planned(api: Client) -> None:
    place = waiting_room(api)
    entry = brought_to(api, join(api, place), "in_consultation")

    closing.close(night(place))

    there = read(api, entry)
    took = datetime.fromisoformat(there["consultation_end_time"]) - datetime.fromisoformat(
        there["consultation_start_time"]
    )
    assert took == timedelta(minutes=30)


def test_before_the_night_nothing_is_settled(api: Client) -> None:
    place = waiting_room(api)
    entry = join(api, place)

    closing.close(night(place) - timedelta(minutes=1))

    assert read(api, entry)["current_status"] == "waiting"


def test_closing_again_changes_nothing(api: Client) -> None:
    place = waiting_room(api)
    entry = join(api, place)
    closing.close(night(place))
    settled = read(api, entry)

    closing.close(night(place) + timedelta(minutes=15))

    assert read(api, entry) == settled


@pytest.mark.usefixtures("own_table")
def test_a_closing_that_is_broken_off_is_finished_by_the_next(api: Client) -> None:
    place = waiting_room(api)
    entries = [join(api, place) for _ in range(12)]

    with injected(0.25, seed=3) as faults:
        runs = [_run(night(place)) for _ in range(4)]
    runs.append(_run(night(place)))

    assert faults.counts["timeout_before"] > 0
    assert "broken off" in runs
    assert {read(api, entry)["current_status"] for entry in entries} == {"cancelled"}
    assert {read(api, entry)["version"] for entry in entries} == {2}


def _run(now: datetime) -> str:
    try:
        closing.close(now)
    except Exception:  # noqa: BLE001 - whatever ends it, the next run goes on
        return "broken off"
    return "finished"


def test_a_day_is_counted(api: Client) -> None:
    place = waiting_room(api)
    for _ in range(5):
        join(api, place)
    put(api, brought_to(api, call_next(api, place).data, "waiting"), "in_consultation")
    served = call_next(api, place).data
    put(api, served, "in_consultation")
    put(api, served, "completed")
    act(api, join(api, place), "left")

    found = api.as_("receptionist").get("/api/queue/statistics", location_id=place.location["id"]).data

    total = found["total"]
    counts = {
        name: total[f"total_{name}"] for name in ("waiting", "called", "in_consultation", "completed", "cancelled")
    }
    assert counts == {"waiting": 3, "called": 0, "in_consultation": 1, "completed": 1, "cancelled": 1}
    assert (total["average_wait_minutes"], total["p90_wait_minutes"]) == (0.0, 0.0)
    assert (total["served_per_hour"], sum(total["served_by_hour"].values())) == (1, 1)
    assert sum(total["came_by_hour"].values()) == 6
    assert [part["doctor_id"] for part in found["doctors"]] == [place.doctor["id"]]


def test_where_nobody_was_nothing_is_divided_by_nothing(api: Client) -> None:
    place = waiting_room(api)

    found = api.as_("display", location=place.location["id"]).get(
        "/api/queue/statistics", location_id=place.location["id"]
    )

    assert (found.status, found.data["total"]["average_wait_minutes"], found.data["doctors"]) == (200, None, [])


def track(api: Client, entry: Data) -> Data:
    """What the holder of the ticket sees, without signing in."""
    found: Data = api.get(f"/api/queue/track/{entry['track']}").data
    return found


def test_a_ticket_is_followed_without_signing_in_and_without_a_name(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)
    mine = join(api, place, patient_id=place.patient["id"], reason_for_visit="Rash")

    seen = track(api, mine)

    answer = api.get(f"/api/queue/track/{mine['track']}")
    assert (seen["token_number"], seen["queue_position"]) == (mine["token_number"], 2)
    assert 0 < seen["estimated_wait_time_minutes"] <= seen["estimated_wait_p90_minutes"]
    assert not any(word in answer.body for word in (place.patient["last_name"], place.patient["id"], "Rash"))


def test_a_phone_that_asks_again_is_told_only_what_is_new(api: Client) -> None:
    place = waiting_room(api)
    mine = join(api, place)
    tag = api.get(f"/api/queue/track/{mine['track']}").headers["etag"]
    phone = api.with_(if_none_match=tag)

    same = phone.get(f"/api/queue/track/{mine['track']}")
    call_next(api, place)
    called = phone.get(f"/api/queue/track/{mine['track']}")

    assert (same.status, called.status) == (304, 200)


def test_a_ticket_says_where_to_go(api: Client) -> None:
    place = waiting_room(api)
    mine = join(api, place)

    call_next(api, place, room_id=place.rooms[0]["id"])

    seen = track(api, mine)
    assert (seen["current_status"], seen["room_name"], seen["queue_position"]) == (
        "called",
        place.rooms[0]["name"],
        None,
    )


def test_without_its_secret_a_ticket_is_not_there(api: Client) -> None:
    entry = join(api, waiting_room(api))
    wrong = [
        f"{entry['id']}.{'a' * 14}",
        entry["id"],
        f"{entry['id']}.",
        "que_none.x",
        f"que_none{entry['track'][30:]}",
    ]

    answers = [api.get(f"/api/queue/track/{secret}") for secret in wrong]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.error["message"] for answer in answers}) == 1


def test_an_id_that_an_administrator_chose_serves_again_on_another_day_and_not_twice_on_one(api: Client) -> None:
    place = waiting_room(api)
    wish = {"id": unique("daily").replace(" ", "-"), "doctor_id": place.doctor["id"], "patient_id": place.patient["id"]}
    first = api.as_("admin").post("/api/queue/join", wish).data
    second = api.as_("admin").post("/api/queue/join", wish | {"patient_id": make_patient(api)["id"]})
    closing.close(night(place))

    tomorrow = Stamp(by=SYSTEM, now=night(place) + timedelta(hours=6), request_id="tomorrow")
    again = joining.join(
        Joining(doctor_id=wish["doctor_id"], patient_id=wish["patient_id"], chosen_id=wish["id"], stamp=tomorrow)
    )

    assert (second.status, second.error["code"]) == (409, "id_taken")
    assert (again.item.id, again.item.token_number[-3:]) == (first["id"], "001")
    assert read(api, first)["current_status"] == "waiting"
