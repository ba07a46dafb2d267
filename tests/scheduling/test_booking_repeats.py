"""Bookings that are repeated, or that wait for the doctor's word."""

from dataclasses import replace

import pytest

from chalicelib.kit import ids
from chalicelib.scheduling import booking
from chalicelib.scheduling.refusals import SlotNotOffered
from tests.builders import (
    Data,
    make_patient,
    person,
)
from tests.client import Client
from tests.concurrency import clinics
from tests.scheduling.desk import DAY, book, free, open_clinic, read, registered, utc, wish


@pytest.mark.parametrize("path", ["", "/book", "/hold"])
def test_a_repeated_request_gets_the_first_appointment_again(api: Client, path: str) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))

    first, again = (desk.post(f"/api/appointments{path}", wish(place)) for _ in range(2))

    assert (first.status, again.status) == (201, 201)
    assert first.data == again.data
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_a_repeat_creates_its_patient_once(api: Client) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))
    body = wish(place, patient_id=None, patient_details=person(allow_duplicate=True))

    first, again = (desk.post("/api/appointments/book", body) for _ in range(2))

    details = body["patient_details"]
    name = f"{details['first_name']} {details['last_name']}"
    assert first.data["patient_id"] == again.data["patient_id"]
    assert len(registered(api, name=name, phone=details["phone"])) == 1


@pytest.mark.parametrize("other", [{"scheduled_date": utc("11:00")}, {"notes": "changed"}])
def test_a_key_serves_one_body(api: Client, other: Data) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))
    desk.post("/api/appointments", wish(place))

    answer = desk.post("/api/appointments", wish(place) | other)

    assert (answer.status, answer.error["code"]) == (409, "idempotency_key_reused")
    assert answer.fields == ["Idempotency-Key"]
    assert "11:00" in free(api, place.doctor)


def test_two_callers_may_use_the_same_key(api: Client) -> None:
    place, key = open_clinic(api), ids.new("key")
    others = make_patient(api)["id"]

    one = api.as_("receptionist", "a").with_(idempotency_key=key).post("/api/appointments", wish(place))
    two = (
        api.as_("receptionist", "b")
        .with_(idempotency_key=key)
        .post("/api/appointments", wish(place, "11:00", patient_id=others))
    )

    assert (one.status, two.status) == (201, 201)
    assert one.data["id"] != two.data["id"]


def test_a_repeat_is_answered_even_when_the_clinic_would_refuse_it_by_then(api: Client) -> None:
    place = open_clinic(api, {"min_notice_minutes": 60})
    first = clinics.wish(place.doctor["id"], place.patient["id"], clinics.at(DAY, 10), key=ids.new("key"))
    made = booking.book(first)

    repeated = booking.book(replace(first, stamp=replace(first.stamp, now=clinics.at(DAY, 11))))

    assert repeated.replayed
    assert repeated.appointment.id == made.appointment.id


def test_a_new_request_at_that_time_is_refused(api: Client) -> None:
    place = open_clinic(api, {"min_notice_minutes": 60})
    wanted = clinics.wish(place.doctor["id"], place.patient["id"], clinics.at(DAY, 10), key=ids.new("key"))

    with pytest.raises(SlotNotOffered) as refused:
        booking.book(replace(wanted, stamp=replace(wanted.stamp, now=clinics.at(DAY, 9, 30))))

    assert refused.value.details[0]["reason"] == "min_notice"


def test_a_request_blocks_its_slot_until_the_doctor_confirms_it(api: Client) -> None:
    place = open_clinic(api, doctor={"requires_confirmation": True})
    made = book(api, place)
    path, said = f"/api/appointments/{made['id']}/status", {"status": "confirmed"}

    patient = api.as_("patient", place.patient["id"]).put(path, said)
    pending = read(api, made)
    doctor = api.as_("doctor", place.doctor["id"]).put(path, said)

    assert (made["needs_confirmation"], pending["status"]) == (True, "scheduled")
    assert (patient.status, patient.error["code"]) == (403, "forbidden")
    assert "10:00" not in free(api, place.doctor)
    assert (doctor.data["status"], doctor.data["needs_confirmation"]) == ("confirmed", False)


def test_without_that_need_patients_confirm_themselves(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    answer = api.as_("patient", place.patient["id"]).put(
        f"/api/appointments/{made['id']}/status", {"status": "confirmed"}
    )

    assert answer.data["status"] == "confirmed"
