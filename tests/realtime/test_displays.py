"""A display has a key of its own: it shows its location, can be taken down, and tells nobody a name."""

from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chalicelib.kit import cache
from tests.builders import Clinic, Data
from tests.client import Answer, Client
from tests.queue import waiting
from tests.realtime.stage import Stage, events

Mint = Callable[..., str]


@pytest.fixture
def place(api: Client) -> Clinic:
    """A clinic whose doctor works now."""
    return waiting.waiting_room(api)


def ask(api: Client, place: Clinic, **fields: Any) -> Answer:
    body = {"name": "Lobby", "location_id": place.location["id"], **fields}
    return api.as_("hospital_admin", hospital=place.hospital["id"]).post("/api/displays", body)


def hung_up(api: Client, place: Clinic, **fields: Any) -> Data:
    answer = ask(api, place, **fields)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def test_a_display_follows_its_location_with_its_key_alone(api: Client, stage: Stage, place: Clinic) -> None:
    line = stage.line(hung_up(api, place)["key"])
    stage.records()

    entry = waiting.join(api, place)
    stage.pass_on()

    frame = line.hear()
    assert frame["topic"] == f"location:{place.location['id']}"
    assert events(frame)[0]["data"]["entry"]["token_number"] == entry["token_number"]


def test_a_display_of_some_doctors_follows_those(api: Client, stage: Stage, place: Clinic) -> None:
    line = stage.line(hung_up(api, place, doctor_ids=[place.doctor["id"]])["key"])
    stage.records()

    waiting.join(api, place)
    stage.pass_on()

    assert line.hear()["topic"] == f"doctor:{place.doctor['id']}"


def test_what_was_taken_down_is_off_at_once_and_for_ever(api: Client, stage: Stage, place: Clinic) -> None:
    made = hung_up(api, place)
    line = stage.line(made["key"])
    stage.records()

    down = api.as_("hospital_admin", hospital=place.hospital["id"]).delete(f"/api/displays/{made['id']}")
    stage.pass_on()

    assert (down.status, down.data["active"]) == (200, False)
    with pytest.raises(ConnectionClosed):
        line.hear()
    cache.forget_everything()
    with pytest.raises(InvalidStatus):
        stage.line(made["key"])


def test_displays_are_listed_where_they_are_reached(api: Client, place: Clinic) -> None:
    made = hung_up(api, place)
    here = api.as_("hospital_admin", hospital=place.hospital["id"])
    elsewhere = waiting.waiting_room(api)

    listed = here.get("/api/displays", location_id=place.location["id"]).data
    of_others = api.as_("hospital_admin", hospital=elsewhere.hospital["id"]).get("/api/displays").data

    assert [one["id"] for one in listed] == [made["id"]]
    assert "key" not in listed[0]
    assert made["id"] not in [one["id"] for one in of_others]


def test_a_display_at_a_place_that_the_caller_does_not_reach_is_refused(api: Client, place: Clinic) -> None:
    elsewhere = waiting.waiting_room(api)
    stranger = api.as_("hospital_admin", hospital=elsewhere.hospital["id"])
    made = hung_up(api, place)

    added = stranger.post("/api/displays", {"name": "Lobby", "location_id": place.location["id"]})
    removed = stranger.delete(f"/api/displays/{made['id']}")
    wrong_doctor = ask(api, place, doctor_ids=[elsewhere.doctor["id"]])

    assert (added.status, removed.status) == (404, 404)
    assert (wrong_doctor.status, wrong_doctor.fields) == (422, ["doctor_ids[0]"])


@pytest.mark.parametrize("kind", ["patient", "appointment", "hospital"])
def test_a_display_may_not_follow_people(stage: Stage, token: Mint, place: Clinic, kind: str) -> None:
    line = stage.line(token("display", location=place.location["id"]))
    thing = {"patient": place.patient, "appointment": {"id": "apt_none"}, "hospital": place.hospital}[kind]

    refused = line.ask("subscribe", topic=f"{kind}:{thing['id']}")

    assert (refused["type"], refused["code"]) == ("error", "not_found")


def test_a_key_that_was_made_for_less_opens_no_socket(api: Client, stage: Stage, place: Clinic) -> None:
    bound = {"name": "Lab", "role": "receptionist", "location_id": place.location["id"]}
    made = api.as_("admin").post("/api/keys", {**bound, "operations": ["read_appointment"]}).data

    with pytest.raises(InvalidStatus) as refused:
        stage.line(made["key"])

    assert refused.value.response.status_code == 403
