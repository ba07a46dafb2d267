"""Doctors over HTTP."""

import pytest

from chalicelib.table import base, keys
from tests.builders import clinic, make_doctor, make_hospital, make_location, make_room
from tests.client import Client


def test_a_doctor_is_made_and_read_with_all_fields(api: Client) -> None:
    place = make_location(api)
    room = make_room(api, place["id"])
    fields = {
        "name": "Dr. Åsa Smith",
        "specialty": "Cardiology",
        "location_ids": [place["id"]],
        "usual_room_id": room["id"],
        "fee": 100.0,
        "email": "asa@example.com",
        "phone": "+14155550123",
        "languages": ["en", "sv"],
        "requires_confirmation": True,
    }

    made = make_doctor(api, **fields)

    read = api.as_("admin").get(f"/api/doctors/{made['id']}").data
    assert read == made
    assert {name: read[name] for name in fields} == fields


def test_a_doctor_is_born_with_the_fence_of_the_schedule_to_come(api: Client) -> None:
    doctor = make_doctor(api)

    fence = base.get(keys.fence(doctor["id"]), consistent=True)

    assert fence is not None
    assert fence["version"] == {"N": "0"}
    assert doctor["schedule_version"] == 0


@pytest.mark.parametrize(
    ("field", "value"), [("hospital_id", "hos_none"), ("location_ids", ["loc_none"]), ("usual_room_id", "room_none")]
)
def test_a_doctor_with_an_unknown_reference_is_refused_by_its_field(api: Client, field: str, value: object) -> None:
    body = {"name": "Dr. No", "specialty": "Cardiology", field: value}

    answer = api.as_("admin").post("/api/doctors", body)

    assert (answer.status, answer.fields) == (404, [field])


def test_the_usual_room_is_where_the_doctor_works(api: Client) -> None:
    room = make_room(api, make_location(api)["id"])
    body = {"name": "Dr. No", "specialty": "Cardiology", "usual_room_id": room["id"]}

    answer = api.as_("admin").post("/api/doctors", body)

    assert (answer.status, answer.fields) == (422, ["usual_room_id"])


def test_contact_data_are_shown_to_desks_and_to_the_doctor_only(api: Client) -> None:
    doctor = make_doctor(api, email="dr@example.com")
    address = f"/api/doctors/{doctor['id']}"

    seen = {
        "desk": api.as_("receptionist").get(address).data["email"],
        "self": api.as_("doctor", doctor["id"]).get(address).data["email"],
        "colleague": api.as_("doctor", "doc_other").get(address).data["email"],
        "patient": api.as_("patient").get(address).data["email"],
    }

    assert seen == {"desk": "dr@example.com", "self": "dr@example.com", "colleague": None, "patient": None}


def test_doctors_change_their_contact_data_and_nothing_else_of_their_record(api: Client) -> None:
    doctor = clinic(api).doctor
    self_ = api.as_("doctor", doctor["id"])
    address = f"/api/doctors/{doctor['id']}"

    sent_back = self_.put(address, doctor | {"phone": "+14155550199", "languages": ["de"]})
    raised = self_.put(address, {"fee": 500})
    foreign = api.as_("doctor", "doc_other").put(address, {"languages": []})

    assert (sent_back.data["phone"], sent_back.data["languages"]) == ("+14155550199", ["de"])
    assert (raised.status, raised.fields) == (403, ["fee"])
    assert foreign.status == 404


def test_a_hospital_manages_its_own_doctors_only(api: Client) -> None:
    own, other = make_hospital(api), make_hospital(api)
    doctor = make_doctor(api, hospital_id=own["id"])
    address = f"/api/doctors/{doctor['id']}"

    changed = api.as_("hospital_admin", hospital=own["id"]).put(address, {"fee": 80})
    foreign = api.as_("hospital_admin", hospital=other["id"]).put(address, {"fee": 90})
    given_away = api.as_("hospital_admin", hospital=own["id"]).put(address, {"hospital_id": other["id"]})

    assert changed.data["fee"] == 80.0
    assert foreign.status == 404
    assert (given_away.status, given_away.fields) == (404, ["hospital_id"])
