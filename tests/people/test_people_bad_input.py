"""Bad input: a 4xx that names the field, and nothing written."""

import json
from typing import Any

import pytest

from tests.builders import make_location, make_patient, person, unique
from tests.client import Client


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/patients", {"nickname": "Z"}, "nickname"),
        ("/api/patients", {"first_name": "Zo\x00ë"}, "first_name"),
        ("/api/patients", {"first_name": "Zo\në"}, "first_name"),
        ("/api/patients", {"first_name": "   "}, "first_name"),
        ("/api/patients", {"first_name": "x" * 121}, "first_name"),
        ("/api/patients", {"last_name": None}, "last_name"),
        ("/api/patients", {"first_name": "Zoë", "firstName": "Zoe"}, "first_name"),
        ("/api/patients", {"date_of_birth": "2001-02-30"}, "date_of_birth"),
        ("/api/patients", {"gender": "none"}, "gender"),
        ("/api/patients", {"email": "zoe@localhost"}, "email"),
        ("/api/patients", {"email": "zoe"}, "email"),
        ("/api/patients", {"phone": 14155550123}, "phone"),
        ("/api/patients", {"zone": "Mars/Olympus"}, "zone"),
        ("/api/patients", {"preferred_language": "../de"}, "preferred_language"),
        ("/api/patients", {"medical_history": "none"}, "medical_history"),
        ("/api/patients", {"medical_history": ["x" * 40_000]}, "medical_history"),
        ("/api/patients", {"communication_preferences": {"x": "y" * 5_000}}, "communication_preferences"),
        ("/api/patients", {"allow_duplicate": "yes"}, "allow_duplicate"),
        ("/api/patients", {"id": "a b"}, "id"),
        ("/api/locations", {"zone": "Mars/Olympus"}, "zone"),
        ("/api/locations", {"zone": "../../etc/passwd"}, "zone"),
        ("/api/locations", {"zone": "right/UTC"}, "zone"),
        ("/api/locations", {"zone": None}, "zone"),
        ("/api/locations", {"latitude": 91}, "latitude"),
        ("/api/locations", {"longitude": "12"}, "longitude"),
        ("/api/locations", {"hold_minutes": 0}, "hold_minutes"),
        ("/api/locations", {"hold_minutes": 61}, "hold_minutes"),
        ("/api/locations", {"hold_minutes": "10"}, "hold_minutes"),
        ("/api/locations", {"cutoff_minutes": -1}, "cutoff_minutes"),
        ("/api/locations", {"hospital_id": "hos_none"}, "hospital_id"),
        ("/api/locations", {"opening": {"mo": []}}, "opening.mo"),
        ("/api/locations", {"opening": {"monday": [{"start": "24:00", "end": "08:00"}]}}, "opening.monday[0].start"),
        ("/api/locations", {"opening": {"monday": [{"start": "08:00", "end": "25:00"}]}}, "opening.monday[0].end"),
        ("/api/locations", {"opening": {"monday": [{"start": "08:00"}]}}, "opening.monday[0].end"),
        ("/api/services", {"duration_minutes": 7}, "duration_minutes"),
        ("/api/services", {"duration_minutes": 365}, "duration_minutes"),
        ("/api/services", {"duration_minutes": "30"}, "duration_minutes"),
        ("/api/services", {"duration": 45}, "duration_minutes"),
        ("/api/services", {"price": 1.005}, "price"),
        ("/api/services", {"price": -1}, "price"),
        ("/api/services", {"price": "10"}, "price"),
        ("/api/services", {"modes": ["phone"]}, "modes[0]"),
        ("/api/services", {"modes": []}, "modes"),
        ("/api/services", {"colour": "red"}, "colour"),
        ("/api/doctors", {"fee": "100"}, "fee"),
        ("/api/doctors", {"requires_confirmation": 1}, "requires_confirmation"),
        ("/api/doctors", {"location_ids": "loc_1"}, "location_ids"),
        ("/api/doctors", {"specialty": ""}, "specialty"),
    ],
)
def test_a_wrong_field_is_named(api: Client, path: str, body: dict[str, Any], field: str) -> None:
    answer = api.as_("admin").post(path, complete(path) | body)

    assert answer.status in (404, 422)
    assert answer.fields == [field]


@pytest.mark.parametrize(("field", "value"), [("turnover_minutes", 125), ("turnover_minutes", 7), ("capacity", 0)])
def test_a_wrong_field_of_a_room_is_named(api: Client, field: str, value: int) -> None:
    location = make_location(api)

    answer = api.as_("admin").post(f"/api/locations/{location['id']}/rooms", {"name": "1", field: value})

    assert (answer.status, answer.fields) == (422, [field])


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b'{"first_name": "\xff"}', "application/json", 400, "invalid_utf8"),
        (b'{"first_name": "a", "first_name": "b"}', "application/json", 400, "repeated_field"),
        (b'{"medical_history": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", 400, "too_deep"),
        (b'{"medical_history": ' + b"[" * 60_000 + b"]" * 60_000 + b"}", "application/json", 400, "too_deep"),
        (b'{"medical_history": [1e999]}', "application/json", 422, "invalid"),
        (b'{"medical_history": [NaN]}', "application/json", 400, "invalid_json"),
        (b'{"first_name": "Zoe"', "application/json", 400, "invalid_json"),
        (b"[]", "application/json", 400, "invalid_json"),
        (b"first_name=Zoe", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"address": "' + b"x" * 300_000 + b'"}', "application/json", 413, "payload_too_large"),
        (b'{"first_name": "\\ud800"}', "application/json", 422, "invalid"),
    ],
)
def test_an_unreadable_body_is_refused(api: Client, raw: bytes, content_type: str, status: int, code: str) -> None:
    answer = api.as_("admin").with_(content_type=content_type).post("/api/patients", raw)

    assert (answer.status, answer.error["code"]) == (status, code)


def test_a_price_of_absurd_size_is_refused(api: Client) -> None:
    raw = b'{"name": "X", "duration_minutes": 30, "price": 1e999}'

    answer = api.as_("admin").post("/api/services", raw)

    assert (answer.status, answer.fields) == (422, ["price"])


def test_camel_case_is_accepted_and_the_answer_is_canonical(api: Client) -> None:
    described = person()
    sent = {"firstName": described["first_name"], "lastName": described["last_name"], "dateOfBirth": "1980-02-29"}

    made = api.as_("admin").post("/api/patients", sent)

    assert made.data["first_name"] == described["first_name"]
    assert "firstName" not in made.data


def test_names_with_diacritics_and_emoji_survive(api: Client) -> None:
    made = make_patient(api, first_name="Đặng 👩🏽‍⚕️", last_name=unique("Žižek"))

    assert api.as_("admin").get(f"/api/patients/{made['id']}").data["first_name"] == "Đặng 👩🏽‍⚕️"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=1&limit=2", "limit"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=WzEsMiwzXQ", "cursor"),
        ("hospital_id=a%20b", "hospital_id"),
        ("colour=red", "colour"),
        ("hospital_id=%00", "hospital_id"),
    ],
)
def test_a_wrong_parameter_is_named(api: Client, query: str, field: str) -> None:
    answer = api.as_("admin").get(f"/api/locations?{query}")

    assert (answer.status, answer.fields) == (422, [field])


@pytest.mark.parametrize("path", ["hospitals", "locations", "rooms", "services", "doctors", "patients"])
@pytest.mark.parametrize("id", ["none", "a%20b", "%00", "a%23b", "x" * 65])
def test_an_unknown_id_is_not_found(api: Client, path: str, id: str) -> None:  # noqa: A002 - the path's name
    answer = api.as_("admin").get(f"/api/{path}/{id}")

    assert answer.status == 404


@pytest.mark.parametrize("path", ["hospitals", "locations", "rooms", "services", "doctors", "patients"])
def test_an_unknown_id_cannot_be_changed(api: Client, path: str) -> None:
    answer = api.as_("admin").put(f"/api/{path}/none", {})

    assert answer.status == 404


def test_a_refused_patient_is_not_stored(api: Client) -> None:
    described = person(zone="Mars/Olympus")
    name = f"{described['first_name']} {described['last_name']}"

    api.as_("admin").post("/api/patients", described)

    assert api.as_("admin").post("/api/patients/search", {"name": name, "email": described["email"]}).data == []


def test_a_refusal_does_not_repeat_what_was_sent(api: Client) -> None:
    answer = api.as_("admin").post("/api/patients", person(email="secret@nowhere", gender="secret"))

    assert "secret" not in json.dumps(answer.json)


def complete(path: str) -> dict[str, Any]:
    """A body that the path accepts."""
    return {
        "/api/patients": person(),
        "/api/locations": {"name": "Annex", "zone": "UTC"},
        "/api/services": {"name": "Check-up", "duration_minutes": 30},
        "/api/doctors": {"name": "Dr. No", "specialty": "Cardiology"},
    }[path]
