"""Repeats and versions: a repeated POST makes nothing twice, and a change lands only on what the caller has read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.kit import ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.stamps import Stamp
from chalicelib.people import patients
from chalicelib.people.schemas import RegisterPatient
from tests.builders import (
    make_doctor,
    make_hospital,
    make_location,
    make_patient,
    make_room,
    make_service,
    person,
    unique,
)
from tests.client import Client

BODIES = [
    ("/api/hospitals", lambda: {"name": unique("Hospital")}),
    ("/api/locations", lambda: {"name": unique("Location"), "zone": "UTC"}),
    ("/api/services", lambda: {"name": unique("Service"), "duration_minutes": 30}),
    ("/api/doctors", lambda: {"name": unique("Dr."), "specialty": "Cardiology"}),
    ("/api/patients", person),
]
MAKERS = [make_hospital, make_location, make_service, make_doctor, make_patient]
PATHS = [path for path, _ in BODIES]


@pytest.mark.parametrize(("path", "body"), BODIES, ids=PATHS)
def test_a_repeated_request_gets_what_the_first_made(api: Client, path: str, body: Any) -> None:
    caller, sent = api.as_("admin").with_(idempotency_key=ids.new("key")), body()

    first = caller.post(path, sent)
    again = caller.post(path, sent)

    assert (first.status, again.status) == (201, 201)
    assert again.data == first.data
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == f"{path}/{first.data['id']}"


@pytest.mark.parametrize(("path", "body"), BODIES, ids=PATHS)
def test_a_key_that_served_another_body_is_refused(api: Client, path: str, body: Any) -> None:
    caller = api.as_("admin").with_(idempotency_key=ids.new("key"))
    caller.post(path, body())

    answer = caller.post(path, body())

    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_reused")


def test_a_key_that_served_another_location_is_refused(api: Client) -> None:
    caller, here, there = api.as_("admin").with_(idempotency_key=ids.new("key")), make_location(api), make_location(api)
    caller.post(f"/api/locations/{here['id']}/rooms", {"name": "1"})

    answer = caller.post(f"/api/locations/{there['id']}/rooms", {"name": "1"})

    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_reused")


def test_two_callers_with_the_same_key_do_not_meet(api: Client) -> None:
    key = ids.new("key")

    made = [api.as_("admin", sub).with_(idempotency_key=key).post("/api/hospitals", {"name": "H"}) for sub in "ab"]

    assert made[0].data["id"] != made[1].data["id"]


def test_patients_who_repeat_their_own_registration_get_their_record(api: Client) -> None:
    patient, sent = api.as_("patient", ids.new("sub")).with_(idempotency_key=ids.new("key")), person()

    first = patient.post("/api/patients", sent)
    again = patient.post("/api/patients", sent)

    assert again.data == first.data
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.usefixtures("engine")
def test_simultaneous_repeats_of_one_registration_make_one_record() -> None:
    key, fields = ids.new("key"), RegisterPatient.read(person()).given()

    def once(_: int) -> str:
        desk = Claims("desk", "receptionist", hospital_id="*")
        stamp = Stamp(desk, datetime(2026, 1, 15, tzinfo=UTC), ids.new("req"), key=key, fingerprint="same")
        return patients.register(fields, stamp=stamp).item.id

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(once, range(8)))

    assert len(made) == 1


@pytest.mark.parametrize(("path", "make"), list(zip(PATHS, MAKERS, strict=True)), ids=PATHS)
def test_a_change_of_an_old_version_is_refused(api: Client, path: str, make: Any) -> None:
    address, admin = f"{path}/{make(api)['id']}", api.as_("admin")
    name = {"/api/patients": "first_name"}.get(path, "name")
    read = admin.with_(if_match=admin.get(address).headers["etag"])

    first = read.put(address, {name: "New"})
    second = read.put(address, {name: "Newer"})

    assert (first.status, second.status) == (200, 412)
    assert second.error["code"] == "stale_version"
    assert admin.get(address).data[name] == "New"


def test_a_room_is_not_taken_out_of_use_by_who_has_not_seen_its_last_change(api: Client) -> None:
    address = f"/api/rooms/{make_room(api, make_location(api)['id'])['id']}"

    answer = api.as_("admin").with_(if_match='"7"').delete(address)

    assert (answer.status, answer.headers["etag"]) == (412, '"1"')


@pytest.mark.parametrize("tag", ["*", 'W/"1"', '"9", "1"'])
def test_every_form_of_the_present_version_is_accepted(api: Client, tag: str) -> None:
    address = f"/api/hospitals/{make_hospital(api)['id']}"

    answer = api.as_("admin").with_(if_match=tag).put(address, {"name": "New"})

    assert answer.status == 200


def test_a_change_that_changes_nothing_keeps_the_version(api: Client) -> None:
    made = make_hospital(api)

    answer = api.as_("admin").put(f"/api/hospitals/{made['id']}", {"name": made["name"]})

    assert answer.data == made


@pytest.mark.parametrize(("path", "make"), list(zip(PATHS, MAKERS, strict=True)), ids=PATHS)
def test_a_reader_who_has_the_present_version_is_told_so(api: Client, path: str, make: Any) -> None:
    address, admin = f"{path}/{make(api)['id']}", api.as_("admin")

    answer = admin.with_(if_none_match=admin.get(address).headers["etag"]).get(address)

    assert (answer.status, answer.body) == (304, "")
