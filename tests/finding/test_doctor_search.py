"""Looking for doctors, each with the next free slot."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests import builders
from tests.builders import Data
from tests.client import Answer, Client

WEEKDAYS = [0, 1, 2, 3, 4, 5, 6]
TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=9)


def from_day(day: date, **settings: Any) -> Data:
    """Nine to ten, every day from this one on: two slots a day."""
    hours = [{"weekdays": WEEKDAYS, "start": "09:00", "end": "10:00", "valid_from": day.isoformat()}]
    return {"hours": hours, **settings}


def search(api: Client, **query: Any) -> Answer:
    return api.as_("patient").get("/api/doctors", **query)


def ids(answer: Answer) -> list[str]:
    return [doctor["id"] for doctor in answer.data]


@pytest.mark.parametrize("text", ["muller", "MÜLLER", "müll", "g mul", "ÅSLAUG"])
def test_names_are_found_in_part_and_without_their_diacritics(api: Client, text: str) -> None:
    specialty = builders.unique("Allergology")
    found = builders.make_doctor(api, name="Dr. Åslaug Müller", specialty=specialty)
    builders.make_doctor(api, name="Dr. Adam Miller", specialty=specialty)

    answer = search(api, name=text, specialty=specialty)

    assert ids(answer) == [found["id"]]


def test_the_specialty_is_found_in_any_case_and_its_doctors_come_by_name(api: Client) -> None:
    specialty = builders.unique("Cardiology")
    names = ["Dr. Zeta", "Dr. Alpha", "dr. beta"]
    made = {name: builders.make_doctor(api, name=name, specialty=specialty)["id"] for name in names}
    builders.make_doctor(api, specialty=f"{specialty} of children")

    answer = search(api, specialty=specialty.upper())

    assert ids(answer) == [made["Dr. Alpha"], made["dr. beta"], made["Dr. Zeta"]]


def test_doctors_are_found_by_hospital_location_and_mode(api: Client) -> None:
    found = builders.clinic(api, schedule=from_day(TODAY, modes=["telehealth"]))
    colleague = builders.make_doctor(api, hospital_id=found.hospital["id"])

    of_hospital = search(api, hospital_id=found.hospital["id"])
    at_location = search(api, location_id=found.location["id"])
    remote = search(api, hospital_id=found.hospital["id"], mode="telehealth")
    in_person = search(api, hospital_id=found.hospital["id"], mode="in-person")

    assert set(ids(of_hospital)) == {found.doctor["id"], colleague["id"]}
    assert ids(at_location) == ids(remote) == [found.doctor["id"]]
    assert ids(in_person) == []


def test_the_next_free_slot_carries_the_offset_of_its_location(api: Client) -> None:
    found = builders.clinic(api, zone="Asia/Kolkata", schedule=from_day(NEXT_WEEK))

    (doctor,) = search(api, location_id=found.location["id"]).data

    assert doctor["next_available"] == f"{NEXT_WEEK}T09:00:00+05:30"
    assert doctor["location_ids"] == [found.location["id"]]
    assert doctor["available_slots_count"] is None


def test_a_slot_that_is_taken_is_not_the_next_one(api: Client) -> None:
    found = builders.clinic(api, schedule=from_day(TOMORROW))
    body = {"doctor_id": found.doctor["id"], "patient_id": found.patient["id"]}
    api.as_("admin").post("/api/appointments", {**body, "scheduled_date": f"{TOMORROW}T09:00:00Z"})

    (doctor,) = search(api, location_id=found.location["id"]).data

    assert doctor["next_available"] == f"{TOMORROW}T09:30:00+00:00"


@pytest.mark.parametrize("schedule", [None, from_day(TODAY + timedelta(days=60))])
def test_without_a_free_slot_in_two_weeks_none_is_named(api: Client, schedule: Data | None) -> None:
    found = builders.clinic(api, schedule=schedule)

    (doctor,) = search(api, location_id=found.location["id"]).data

    assert doctor["next_available"] is None


def test_only_doctors_with_a_free_slot_on_the_date_are_available_on_it(api: Client) -> None:
    found = builders.clinic(api, schedule=from_day(TOMORROW))
    place = {"hospital_id": found.hospital["id"], "location_ids": [found.location["id"]]}
    builders.make_doctor(api, schedule=from_day(NEXT_WEEK), **place)
    builders.make_doctor(api, **place)

    answer = search(api, location_id=found.location["id"], available_on=TOMORROW.isoformat())

    assert [(one["id"], one["available_slots_count"]) for one in answer.data] == [(found.doctor["id"], 2)]


@pytest.mark.parametrize("filters", [{}, {"available_on": TOMORROW.isoformat()}])
def test_pages_follow_each_other_without_gap_or_repetition(api: Client, filters: Data) -> None:
    place = builders.make_location(api)
    specialty = builders.unique("Urology")
    options = {"specialty": specialty, "location_ids": [place["id"]], "schedule": from_day(TOMORROW)}
    made = [builders.make_doctor(api, name=f"Dr. {number}", **options)["id"] for number in range(5)]

    first = search(api, specialty=specialty, limit=2, **filters)
    second = search(api, specialty=specialty, limit=2, cursor=first.json["meta"]["next_cursor"], **filters)
    third = search(api, specialty=specialty, limit=2, cursor=second.json["meta"]["next_cursor"], **filters)

    assert ids(first) + ids(second) + ids(third) == made
    assert third.json["meta"] == {"next_cursor": None}


def test_a_cursor_of_another_list_is_refused(api: Client) -> None:
    specialty = builders.unique("Urology")
    for _ in range(2):
        builders.make_doctor(api, specialty=specialty)
    cursor = search(api, specialty=specialty, limit=1).json["meta"]["next_cursor"]

    answers = [search(api, specialty="Cardiology", cursor=cursor), search(api, cursor="no cursor")]

    assert [(answer.status, answer.fields) for answer in answers] == [(422, ["cursor"])] * 2


def test_who_is_out_of_service_is_not_found(api: Client) -> None:
    specialty = builders.unique("Urology")
    gone = builders.make_doctor(api, specialty=specialty)
    api.as_("admin").delete(f"/api/doctors/{gone['id']}")

    answer = search(api, specialty=specialty)

    assert answer.data == []


def test_contact_data_are_for_desks_and_for_the_doctors_own_eyes(api: Client) -> None:
    specialty = builders.unique("Urology")
    doctor = builders.make_doctor(api, specialty=specialty, email="dr@example.com", phone="+14155550100")
    callers = [api.as_("patient"), api.as_("doctor", "doc_other"), api.as_("doctor", doctor["id"]), api.as_("billing")]

    seen = [caller.get("/api/doctors", specialty=specialty).data[0]["email"] for caller in callers]

    assert seen == [None, None, "dr@example.com", "dr@example.com"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"location_id": "loc_none"}, 404, "location_id"),
        ({"hospital_id": "hos_none"}, 404, "hospital_id"),
        ({"mode": "pigeon"}, 422, "mode"),
        ({"available_on": "2026-02-30"}, 422, "available_on"),
        ({"available_on": "1900-01-01"}, 422, "available_on"),
        ({"limit": "0"}, 422, "limit"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_a_search_that_cannot_be_is_refused_by_its_field(api: Client, query: Data, status: int, field: str) -> None:
    answer = search(api, **query)

    assert (answer.status, answer.fields) == (status, [field])
