"""Who books for whom: patients named in the request, strangers, desks and their reach."""

from typing import Any

import pytest

from chalicelib.kit import ids
from tests.builders import (
    Clinic,
    Data,
    clinic,
    make_doctor,
    make_hospital,
    make_location,
    make_patient,
    person,
)
from tests.client import Client
from tests.scheduling.desk import ask, book, free, open_clinic, read, registered, utc, wish


def test_an_unknown_patient_is_registered_with_the_appointment_and_recognised_later(api: Client) -> None:
    place, described = open_clinic(api), person()
    desk = api.as_("receptionist")
    bodies = [wish(place, time, patient_id=None, patient_details=described) for time in ("10:00", "11:00")]

    first, second = (desk.post("/api/appointments/book", body) for body in bodies)

    registered = desk.get(f"/api/patients/{first.data['patient_id']}").data
    assert (first.json["meta"], second.json["meta"]) == ({"patient_created": True}, {"patient_created": False})
    assert first.data["patient_id"] == second.data["patient_id"]
    assert {name: registered[name] for name in described} == described
    assert registered["patient_number"].startswith("PAT-")


def test_a_refused_booking_registers_no_one(api: Client) -> None:
    place, described = open_clinic(api), person()
    book(api, place)

    answer = ask(api, place, path="/book", patient_id=None, patient_details=described)

    name = f"{described['first_name']} {described['last_name']}"
    assert (answer.status, answer.error["code"]) == (409, "slot_taken")
    assert registered(api, name=name, phone=described["phone"]) == []


def test_details_that_name_someone_else_than_the_patient_are_refused(api: Client) -> None:
    place = open_clinic(api)

    answer = ask(api, place, patient_details=person(first_name="Somebody"))

    assert (answer.status, answer.fields) == (422, ["patient_details"])
    assert "10:00" in free(api, place.doctor)


def test_details_that_agree_with_the_patient_are_welcome(api: Client) -> None:
    place = open_clinic(api)
    details = {name: place.patient[name] for name in ("first_name", "last_name", "phone")}

    answer = ask(api, place, patient_details=details)

    assert (answer.status, answer.data["patient_id"]) == (201, place.patient["id"])


def test_people_without_a_record_book_for_themselves_under_their_own_id(api: Client) -> None:
    place, own = open_clinic(api), ids.new("sub")
    body = wish(place, patient_id=None, patient_details=person())

    answer = api.as_("patient", own).post("/api/appointments/book", body)

    assert (answer.status, answer.data["patient_id"], answer.json["meta"]) == (201, own, {"patient_created": True})


@pytest.mark.parametrize("said", [{"patient_id": None}, {"patient_id": "pat_none"}])
def test_without_a_patient_there_is_no_appointment(api: Client, said: Data) -> None:
    place = open_clinic(api)

    answer = ask(api, place, **said)

    assert answer.status in (404, 422)
    assert answer.fields == ["patient_id"]
    assert "10:00" in free(api, place.doctor)


def test_patients_book_for_themselves_without_saying_so(api: Client) -> None:
    place = open_clinic(api)
    body = wish(place)
    del body["patient_id"]

    answer = api.as_("patient", place.patient["id"]).post("/api/appointments", body)

    assert (answer.status, answer.data["patient_id"]) == (201, place.patient["id"])


def test_patients_do_not_book_for_others(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)

    answer = api.as_("patient", other["id"]).post("/api/appointments", wish(place))

    assert (answer.status, answer.fields) == (404, ["patient_id"])


def test_doctors_book_their_own_schedule_only(api: Client) -> None:
    place, colleague = open_clinic(api), make_doctor(api)
    body = wish(place, patient_id=None, patient_details=person())

    own = api.as_("doctor", place.doctor["id"]).post("/api/appointments", body)
    others = api.as_("doctor", colleague["id"]).post("/api/appointments", body)

    assert own.status == 201
    assert (others.status, others.fields) == (404, ["doctor_id"])


def desks(place: Clinic) -> dict[str, Data]:
    """Scopes of tokens by what they are."""
    return {
        "hospital": {"hospital": place.hospital["id"]},
        "location": {"location": place.location["id"]},
        "network": {"hospital": "*"},
    }


@pytest.mark.parametrize("scope", ["hospital", "location", "network"])
@pytest.mark.parametrize("role", ["receptionist", "billing", "hospital_admin", "kiosk"])
def test_desks_and_kiosks_book_where_their_token_reaches(api: Client, role: str, scope: str) -> None:
    place, elsewhere = open_clinic(api), open_clinic(api)

    inside = api.as_(role, **desks(place)[scope]).post("/api/appointments", wish(place))
    outside = api.as_(role, **desks(elsewhere)[scope]).post("/api/appointments", wish(place, "11:00"))

    assert inside.status == 201
    assert outside.status == (201 if scope == "network" else 404)


def test_a_kiosk_books_as_a_kiosk_and_does_not_show_why(api: Client) -> None:
    place = open_clinic(api)
    kiosk = api.as_("kiosk", location=place.location["id"])

    made = kiosk.post("/api/appointments", wish(place, reason_for_visit="Rash", symptoms="Itch")).data

    assert (made["origin"], made["reason_for_visit"], made["symptoms"]) == ("kiosk", None, None)
    assert read(api, made)["reason_for_visit"] == "Rash"


@pytest.mark.parametrize("role", ["receptionist", "kiosk"])
def test_a_token_that_names_no_place_books_nothing(api: Client, role: str) -> None:
    place = open_clinic(api)

    answer = api.as_(role, hospital_id=None).post("/api/appointments", wish(place))

    assert (answer.status, answer.error["code"]) == (403, "scope_missing")


STRANGERS: list[tuple[str, str, Data]] = [
    ("patient", "pat_stranger", {}),
    ("doctor", "doc_stranger", {}),
    ("receptionist", "", {"hospital": "hos_other"}),
    ("receptionist", "", {"location": "loc_other"}),
    ("hospital_admin", "", {"hospital": "hos_other"}),
    ("kiosk", "", {"location": "loc_other"}),
]
VERBS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("DELETE", "", {}),
    ("PUT", "/reschedule", {"scheduled_date": utc("15:00")}),
    ("PUT", "/status", {"status": "checked_in"}),
    ("POST", "/confirm", {}),
]


# A kiosk cancels nothing at all, whosever it is: see test_policies.
APPROACHES = [(who, verb) for who in STRANGERS for verb in VERBS if (who[0], verb[0]) != ("kiosk", "DELETE")]


@pytest.mark.parametrize(("who", "request_"), APPROACHES)
def test_someone_elses_appointment_does_not_exist(
    api: Client, who: tuple[str, str, Data], request_: tuple[str, str, Any]
) -> None:
    made = book(api, open_clinic(api))
    (role, sub, scope), (method, verb, body) = who, request_
    stranger = api.as_(role, sub, **scope)

    theirs = stranger.send(method, f"/api/appointments/{made['id']}{verb}", body)
    nobodys = stranger.send(method, f"/api/appointments/apt_none{verb}", body)

    assert (theirs.status, nobodys.status) == (404, 404)
    assert theirs.error | {"request_id": ""} == nobodys.error | {"request_id": ""}
    assert read(api, made) == made


def test_a_doctor_without_a_schedule_is_offered_at_no_time(api: Client) -> None:
    hospital, location = make_hospital(api), make_location(api)
    doctor = make_doctor(api, hospital_id=hospital["id"], location_ids=[location["id"]])
    patient = make_patient(api)

    body = {"doctor_id": doctor["id"], "patient_id": patient["id"], "scheduled_date": utc("10:00")}
    answer = api.as_("receptionist").post("/api/appointments", body)

    assert (answer.status, answer.error["code"]) == (409, "slot_not_offered")
    assert answer.error["details"][0]["reason"] == "outside_hours"


def test_a_closed_time_is_refused_with_the_reason_and_other_times(api: Client) -> None:
    hours = {"start": "09:00", "end": "12:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}
    place = clinic(api, schedule={"hours": [hours], "breaks": [{"start": "10:00", "end": "10:30"}]})

    answer = ask(api, place, "10:00")

    first, *others = answer.error["details"]
    assert (answer.status, answer.error["code"]) == (409, "slot_not_offered")
    assert (first["field"], first["reason"]) == ("scheduled_date", "break")
    assert {slot["time"] for slot in others} == {"09:00", "09:30", "10:30"}
