"""Recordings: no leave to store one without the agreement of both, each of which is written down."""

import os
from collections.abc import Iterator

import pytest
import urllib3

from chalicelib.kit.settings import settings
from infra.local.testing import Engine
from tests.builders import Clinic
from tests.client import Answer, Client
from tests.telehealth import visiting
from tests.telehealth.visiting import OTHER_TAB, book, doctor, enter, holding, link, patient, room

BUCKET = "recordings-of-tests"


@pytest.fixture
def store(engine: Engine) -> Iterator[None]:
    """A store of recordings."""
    engine.client("s3").create_bucket(Bucket=BUCKET)
    os.environ["RECORDINGS_BUCKET"] = BUCKET
    settings.cache_clear()
    yield
    del os.environ["RECORDINGS_BUCKET"]
    settings.cache_clear()


@pytest.fixture
def place(api: Client) -> Clinic:
    return visiting.video_clinic(api)


@pytest.fixture
def room_id(api: Client, place: Clinic) -> str:
    """A visit in which both are."""
    made: str = link(patient(api, place), book(api, place))["room_id"]
    enter(patient(api, place), made)
    enter(doctor(api, place), made, OTHER_TAB)
    doctor(api, place).post(f"/api/telehealth/room/{made}/admit", {"person": "patient"})
    return made


def agree(who: Client, room_id: str, *, agreed: bool = True) -> Answer:
    return who.post(f"/api/telehealth/room/{room_id}/consent", {"agreed": agreed})


def ask(who: Client, room_id: str) -> Answer:
    return who.post(f"/api/telehealth/room/{room_id}/recording")


@pytest.mark.usefixtures("store")
def test_with_both_agreements_a_recording_can_be_stored(
    api: Client, engine: Engine, place: Clinic, room_id: str
) -> None:
    for who in (doctor(api, place), patient(api, place)):
        agree(who, room_id)

    leave = ask(doctor(api, place), room_id).data
    stored = urllib3.request("PUT", leave["url"], body=b"webm", headers=leave["headers"])

    assert stored.status == 200
    name = f"{room_id}/{leave['recording_id']}.webm"
    assert engine.client("s3").get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"webm"


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("agreeing", [(), ("doctor",), ("patient",), ("doctor", "patient", "not the patient")])
def test_without_one_of_them_there_is_no_leave(
    api: Client, place: Clinic, room_id: str, agreeing: tuple[str, ...]
) -> None:
    for who in agreeing:
        side = doctor if who == "doctor" else patient
        agree(side(api, place), room_id, agreed=not who.startswith("not"))

    refused = ask(doctor(api, place), room_id)

    assert (refused.status, refused.error["code"]) == (409, "recording_not_agreed")
    assert "X-Amz-Signature" not in refused.body


@pytest.mark.usefixtures("store")
def test_the_patient_is_given_no_leave(api: Client, place: Clinic, room_id: str) -> None:
    for who in (doctor(api, place), patient(api, place)):
        agree(who, room_id)

    assert ask(patient(api, place), room_id).status == 403


def test_whoever_is_not_in_agrees_to_nothing(api: Client, place: Clinic) -> None:
    made = link(patient(api, place), book(api, place))["room_id"]
    enter(patient(api, place), made)

    refused = agree(patient(api, place), made)

    assert (refused.status, refused.error["code"]) == (409, "not_admitted")
    assert room(patient(api, place), made)["recording"] == {"host": False, "patient": False, "guests": True}


@pytest.mark.usefixtures("store")
def test_a_guest_who_is_in_is_asked_too(api: Client, place: Clinic, room_id: str) -> None:
    host = doctor(api, place)
    invited = host.post(f"/api/telehealth/room/{room_id}/guests", {"name": "Ama, interpreter"}).data
    guest = holding(api, invited["token"])
    enter(guest, room_id)
    host.post(f"/api/telehealth/room/{room_id}/admit", {"person": invited["guest_id"]})
    for who in (host, patient(api, place)):
        agree(who, room_id)

    refused = ask(host, room_id)
    agreed = agree(guest, room_id).data

    assert (refused.status, refused.fields) == (409, ["guests"])
    assert agreed["recording"] == {"host": True, "patient": True, "guests": True}
    assert ask(host, room_id).status == 201


def test_a_clinic_without_a_store_records_nothing(api: Client, place: Clinic, room_id: str) -> None:
    for who in (doctor(api, place), patient(api, place)):
        agree(who, room_id)

    refused = ask(doctor(api, place), room_id)

    assert (refused.status, refused.error["code"]) == (409, "recording_unavailable")
