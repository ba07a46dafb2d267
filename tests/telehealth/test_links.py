"""Links into a telehealth visit: for one person and one visit, around its time, dead when it moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.testing import Engine
from tests.audit.auditing import handle, stream
from tests.builders import Clinic, make_patient
from tests.client import Client
from tests.scheduling.desk import read
from tests.telehealth import visiting
from tests.telehealth.visiting import book, doctor, enter, holding, link, patient, soon


@pytest.fixture
def place(api: Client) -> Clinic:
    return visiting.video_clinic(api)


def test_a_link_says_where_for_whom_and_until_when(api: Client, place: Clinic) -> None:
    start = soon()
    visit = book(api, place, start, duration_minutes=30)

    made = link(patient(api, place), visit)

    assert made["url"] == f"{visit['telehealth_url']}#token={made['token']}"
    assert made["url"].partition("#")[0].endswith(f"/portal/visit/{made['room_id']}")
    assert datetime.fromisoformat(made["opens_at"]) == start - timedelta(minutes=15)
    assert datetime.fromisoformat(made["expires_at"]) == start + timedelta(minutes=90)


def test_each_side_has_a_link_of_its_own_and_a_desk_hands_on_the_patients(api: Client, place: Clinic) -> None:
    visit = book(api, place)

    hosts, patients = link(doctor(api, place), visit), link(patient(api, place), visit)
    desks = link(api.as_("receptionist"), visit)

    assert hosts["token"] != patients["token"]
    assert desks == patients == link(patient(api, place), visit)


def test_a_link_lets_its_holder_in_as_the_person_it_names(api: Client, place: Clinic) -> None:
    visit = book(api, place)
    hosts, patients = link(doctor(api, place), visit), link(patient(api, place), visit)

    sides = [visiting.room(holding(api, one["token"]), one["room_id"])["side"] for one in (hosts, patients)]

    assert sides == ["host", "patient"]


def test_a_link_opens_no_other_visit_of_the_same_person(api: Client, place: Clinic) -> None:
    first, second = book(api, place), book(api, place, soon(60))
    mine = holding(api, link(patient(api, place), first)["token"])
    other = link(patient(api, place), second)["room_id"]

    answers = [mine.get(f"/api/telehealth/room/{other}"), enter(mine, other)]

    assert [(answer.status, answer.error["code"]) for answer in answers] == [(404, "not_found")] * 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/appointments/{appointment}"),
        ("GET", "/api/patients/{patient}"),
        ("DELETE", "/api/appointments/{appointment}"),
        ("POST", "/api/telehealth/generate-url/{appointment}"),
    ],
)
def test_a_link_opens_nothing_but_the_visit(api: Client, place: Clinic, method: str, path: str) -> None:
    visit = book(api, place)
    mine = holding(api, link(patient(api, place), visit)["token"])

    answer = mine.send(method, path.format(appointment=visit["id"], patient=place.patient["id"]), {})

    assert (answer.status, answer.error["code"]) == (403, "key_out_of_scope")


@pytest.mark.parametrize("damage", ["", "x", "shortened", "of another room", "of another person", "no letters"])
def test_a_secret_that_is_not_right_opens_nothing(api: Client, place: Clinic, damage: str) -> None:
    visit, other = book(api, place), book(api, place, soon(60))
    mine, theirs = link(patient(api, place), visit), link(patient(api, place), other)
    hosts = link(doctor(api, place), visit)
    text, _, signature = mine["token"].partition(".")
    forged = {
        "": "visit_",
        "x": "visit_x.x",
        "shortened": mine["token"][:-2],
        "of another room": f"{theirs['token'].partition('.')[0]}.{signature}",
        "of another person": f"{hosts['token'].partition('.')[0]}.{signature}",
        "no letters": f"{text}.ÿ".encode().decode("latin-1"),
    }[damage]

    answer = holding(api, forged).get(f"/api/telehealth/room/{mine['room_id']}")

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")


def test_a_move_makes_another_room_and_the_old_link_ends_at_once(api: Client, place: Clinic) -> None:
    visit = book(api, place)
    old = link(patient(api, place), visit)

    moved = api.as_("receptionist").put(
        f"/api/appointments/{visit['id']}/reschedule", {"scheduled_date": soon(90).isoformat()}
    )

    answer = holding(api, old["token"]).get(f"/api/telehealth/room/{old['room_id']}")
    fresh = link(patient(api, place), visit)
    assert (answer.status, answer.error["code"]) == (401, "visit_link_ended")
    assert moved.data["telehealth_url"] == fresh["url"].partition("#")[0] != visit["telehealth_url"]
    assert visiting.room(patient(api, place), old["room_id"])["status"] == "over"


def test_a_cancel_ends_links_and_gives_no_others(api: Client, place: Clinic) -> None:
    visit = book(api, place)
    old = link(doctor(api, place), visit)

    api.as_("receptionist").delete(f"/api/appointments/{visit['id']}", {"reason": "feels better"})

    answer = holding(api, old["token"]).get(f"/api/telehealth/room/{old['room_id']}")
    again = doctor(api, place).post(f"/api/telehealth/generate-url/{visit['id']}")
    assert (answer.status, answer.error["code"]) == (401, "visit_link_ended")
    assert (again.status, again.error["code"]) == (409, "visit_over")
    assert read(api, visit)["telehealth_url"] is None


def test_a_cancel_that_is_taken_back_gives_a_fresh_room(api: Client, place: Clinic) -> None:
    visit = book(api, place)
    old = link(patient(api, place), visit)
    desk = api.as_("receptionist")
    desk.delete(f"/api/appointments/{visit['id']}", {"reason": "feels better"})

    undone = desk.post(f"/api/appointments/{visit['id']}/undo")

    fresh = link(patient(api, place), visit)
    assert undone.status == 200
    assert fresh["room_id"] != old["room_id"]
    assert holding(api, old["token"]).get(f"/api/telehealth/room/{old['room_id']}").status == 401
    assert holding(api, fresh["token"]).get(f"/api/telehealth/room/{fresh['room_id']}").status == 200


def test_a_visit_in_the_house_has_no_link(api: Client, place: Clinic) -> None:
    visit = book(api, place, mode="in-person")

    answer = patient(api, place).post(f"/api/telehealth/generate-url/{visit['id']}")

    assert (answer.status, answer.error["code"]) == (409, "not_telehealth")
    assert visit["telehealth_url"] is None


def test_the_appointment_shows_an_address_and_no_secret(api: Client, place: Clinic) -> None:
    visit = book(api, place)
    secret = link(patient(api, place), visit)["token"]

    shown = api.as_("receptionist").get(f"/api/appointments/{visit['id']}").body

    assert visit["telehealth_url"] in shown
    assert secret not in shown
    assert "token=" not in shown


def test_a_hold_has_no_room_yet(api: Client, place: Clinic) -> None:
    wish = {"doctor_id": place.doctor["id"], "patient_id": place.patient["id"], "mode": "telehealth"}

    held = api.as_("receptionist").post("/api/appointments/hold", wish | {"scheduled_date": soon(120).isoformat()})
    confirmed = api.as_("receptionist").post(f"/api/appointments/{held.data['id']}/confirm")

    assert held.data["telehealth_url"] is None
    assert confirmed.data["telehealth_url"] is not None


def records_of(engine: Engine, visit: dict[str, Any]) -> list[dict[str, Any]]:
    """What the stream has brought of an appointment."""
    return stream(engine, f"APPOINTMENT#{visit['id']}")


@pytest.mark.usefixtures("own_table")
@pytest.mark.parametrize("order", ["as they came", "twice", "backwards", "only the first again"])
def test_rooms_follow_the_appointment_however_its_changes_come(api: Client, engine: Engine, order: str) -> None:
    place = visiting.video_clinic(api)
    visit = book(api, place)
    first_address = visit["telehealth_url"]
    desk = api.as_("receptionist")
    moved = desk.put(f"/api/appointments/{visit['id']}/reschedule", {"scheduled_date": soon(90).isoformat()}).data
    records = records_of(engine, visit)
    brought = {
        "as they came": records,
        "twice": records + records,
        "backwards": records[::-1],
        "only the first again": [*records, records[0]],
    }[order]

    for record in brought:
        handle([record])

    mine = patient(api, place)
    first, second = (address.rpartition("/")[2] for address in (first_address, moved["telehealth_url"]))
    assert mine.get(f"/api/telehealth/room/{first}").status == 404  # nobody had made it before it was moved
    assert visiting.room(mine, second)["status"] == "early"


@pytest.mark.usefixtures("own_table")
def test_a_room_stands_ready_once_the_stream_has_told_of_the_booking(api: Client, engine: Engine) -> None:
    place = visiting.video_clinic(api)
    visit = book(api, place)
    address = f"/api/telehealth/room/{visit['telehealth_url'].rpartition('/')[2]}"
    before = doctor(api, place).get(address)

    handle(records_of(engine, visit))

    assert (before.status, doctor(api, place).get(address).status) == (404, 200)


def test_before_its_time_a_room_shows_when_it_opens_and_lets_nobody_in(api: Client, place: Clinic) -> None:
    visit = book(api, place, soon(60))
    mine = link(patient(api, place), visit)

    seen = visiting.room(holding(api, mine["token"]), mine["room_id"])
    refused = enter(holding(api, mine["token"]), mine["room_id"])

    assert (seen["status"], seen["opens_at"]) == ("early", mine["opens_at"])
    assert (refused.status, refused.error["code"]) == (409, "visit_not_open")
    assert datetime.fromisoformat(seen["now"]) <= datetime.now(UTC)


def test_strangers_find_no_room(api: Client, place: Clinic) -> None:
    room_id = link(patient(api, place), book(api, place))["room_id"]
    strangers = [api.as_("patient", make_patient(api)["id"]), api.as_("doctor", "doc_other")]
    strangers.append(api.as_("receptionist", location="loc_elsewhere"))

    answers = [one.get(f"/api/telehealth/room/{room_id}") for one in strangers]
    nowhere = patient(api, place).get("/api/telehealth/room/vis_nowhere")

    assert [(one.status, one.error) for one in answers] == [
        (404, nowhere.error | {"request_id": one.error["request_id"]}) for one in answers
    ]
