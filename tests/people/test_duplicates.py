"""One person, one record: likely duplicates are reported, also when two desks register at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest

from chalicelib.kit import ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.stamps import Stamp
from chalicelib.people import patients, registration
from chalicelib.people.registration import LikenessChanged, PossibleDuplicate
from chalicelib.people.schemas import PatientDetails, RegisterPatient
from chalicelib.table.patients import PatientItem
from chalicelib.table.transaction import Transaction
from tests.builders import make_patient, person
from tests.client import Client

DESK = Claims("desk", "receptionist", hospital_id="*")


@pytest.mark.parametrize("shared", ["phone", "email", "date_of_birth"])
def test_a_second_record_of_the_same_person_is_reported_with_the_first(api: Client, shared: str) -> None:
    first = make_patient(api)
    again = person() | {name: first[name] for name in ("first_name", "last_name", shared)}
    alike = again | {"first_name": " zoË ", "date_of_birth": again["date_of_birth"]}

    answer = api.as_("receptionist").post("/api/patients", alike)

    assert (answer.status, answer.error["code"]) == (409, "possible_duplicate")
    assert [(one["id"], one["patient_number"]) for one in answer.error["details"]] == [
        (first["id"], first["patient_number"])
    ]


def test_the_same_phone_under_another_name_is_no_duplicate(api: Client) -> None:
    first = make_patient(api)

    answer = api.as_("receptionist").post("/api/patients", person(phone=first["phone"], email=first["email"]))

    assert answer.status == 201


def test_a_desk_overrules_a_likely_duplicate_and_sees_both_afterwards(api: Client) -> None:
    sent = person()
    first = make_patient(api, **sent)

    second = api.as_("receptionist").post("/api/patients", sent | {"allow_duplicate": True})

    assert second.data["possible_duplicate_of"] == [first["id"]]
    assert api.as_("billing").get(f"/api/patients/{first['id']}").data["possible_duplicate_of"] == [second.data["id"]]


def test_a_kiosk_is_refused_without_learning_who_it_is_and_cannot_overrule(api: Client) -> None:
    sent = person()
    first = make_patient(api, **sent)

    answer = api.as_("kiosk").post("/api/patients", sent | {"allow_duplicate": True})

    assert answer.error["code"] == "possible_duplicate"
    assert first["id"] not in answer.body
    assert first["patient_number"] not in answer.body


def test_people_who_register_themselves_are_not_told_and_desks_are(api: Client) -> None:
    sent = person()
    first = make_patient(api, **sent)

    own = api.as_("patient", ids.new("sub")).post("/api/patients", sent)

    assert own.status == 201
    assert own.data["possible_duplicate_of"] is None
    seen = api.as_("receptionist").get(f"/api/patients/{own.data['id']}").data
    assert seen["possible_duplicate_of"] == [first["id"]]


def test_a_patient_who_changes_the_phone_is_found_by_the_new_one_only(api: Client) -> None:
    made = make_patient(api)
    desk = api.as_("receptionist")
    name = f"{made['first_name']} {made['last_name']}"

    desk.put(f"/api/patients/{made['id']}", {"phone": "+14155550777"})

    assert desk.post("/api/patients/search", {"name": name, "phone": made["phone"]}).data == []
    assert [one["id"] for one in desk.post("/api/patients/search", {"name": name, "phone": "+14155550777"}).data] == [
        made["id"]
    ]


def test_a_patient_who_changes_the_name_is_found_by_the_new_one_only(api: Client) -> None:
    made = make_patient(api)
    desk = api.as_("receptionist")

    desk.put(f"/api/patients/{made['id']}", {"last_name": "Wed " + made["last_name"]})

    old = desk.post("/api/patients/search", {"name": f"Zoë {made['last_name']}", "email": made["email"]}).data
    new = desk.post("/api/patients/search", {"name": f"Zoë Wed {made['last_name']}", "email": made["email"]}).data
    assert (old, [one["id"] for one in new]) == ([], [made["id"]])


@pytest.mark.usefixtures("engine")
def test_of_simultaneous_registrations_of_one_person_exactly_one_passes() -> None:
    fields, desks = RegisterPatient.read(person()).given(), 6
    together = Barrier(desks)

    def one_desk(_: int) -> str:
        together.wait()
        return outcome(lambda: patients.register(fields, stamp=stamp()))

    with ThreadPoolExecutor(desks) as pool:
        outcomes = list(pool.map(one_desk, range(desks)))

    assert sorted(outcomes) == ["done"] + ["possible_duplicate"] * (desks - 1)


@pytest.mark.usefixtures("engine")
def test_simultaneous_changes_of_one_record_are_all_kept() -> None:
    made = patients.register(RegisterPatient.read(person()).given(), stamp=stamp()).item
    changes = [{"gender": "other"}, {"address": "Here"}, {"phone": "+14155550188"}, {"preferred_language": "sv"}]
    together = Barrier(len(changes))

    def one_desk(change: dict[str, Any]) -> str:
        together.wait()
        return outcome(lambda: patients.change(made.id, change, stamp=stamp()))

    with ThreadPoolExecutor(len(changes)) as pool:
        outcomes = list(pool.map(one_desk, changes))

    kept = patients.find(made.id, by=DESK)
    assert outcomes == ["done"] * len(changes)
    assert (kept.gender, kept.address, kept.phone, kept.preferred_language) == ("other", "Here", "+14155550188", "sv")
    assert kept.version == 1 + len(changes)


def test_details_that_fit_one_patient_mean_that_patient(api: Client) -> None:
    made = make_patient(api)

    match, newcomer = registration.match_or_prepare(details(made, "phone", "email"), stamp=stamp())

    assert (match and match.id, newcomer) == (made["id"], None)


def test_details_that_fit_several_patients_are_refused_with_all_of_them(api: Client) -> None:
    first = make_patient(api)
    second = make_patient(api, **details(first, "phone").given(), allow_duplicate=True, date_of_birth=None, email=None)

    with pytest.raises(PossibleDuplicate) as refusal:
        registration.match_or_prepare(details(first, "phone"), stamp=stamp())

    assert {one["id"] for one in refusal.value.details} == {first["id"], second["id"]}


def test_details_with_another_birth_date_are_never_taken_for_the_patient(api: Client) -> None:
    father = make_patient(api)
    son = PatientDetails.read(details(father, "phone").given() | {"date_of_birth": "2010-01-01"})

    with pytest.raises(PossibleDuplicate):
        registration.match_or_prepare(son, stamp=stamp())


@pytest.mark.usefixtures("engine")
def test_details_of_someone_new_are_registered_with_the_callers_transaction() -> None:
    described = PatientDetails.read(person())
    match, newcomer = registration.match_or_prepare(described, stamp=stamp())
    transaction = Transaction()

    stored(newcomer).add_to(transaction)
    before = PatientItem.find(stored(newcomer).patient.id)
    transaction.commit()

    after = registration.match_or_prepare(described, stamp=stamp())[0]
    assert (match, before) == (None, None)
    assert after is not None
    assert after.id == stored(newcomer).patient.id


@pytest.mark.usefixtures("engine")
def test_two_transactions_cannot_both_register_the_same_newcomer() -> None:
    described = PatientDetails.read(person())
    prepared = [stored(registration.match_or_prepare(described, stamp=stamp())[1]) for _ in range(2)]
    transactions = [Transaction(), Transaction()]
    prepared[0].add_to(transactions[0])
    prepared[1].add_to(transactions[1])

    transactions[0].commit()

    with pytest.raises(LikenessChanged):
        transactions[1].commit()


def test_a_patients_own_details_never_mean_somebody_else(api: Client) -> None:
    made = make_patient(api)
    impostor = Claims(ids.new("sub"), "patient")

    match, newcomer = registration.match_or_prepare(details(made, "phone", "email"), stamp=stamp(impostor))

    assert match is None
    assert stored(newcomer).patient.id == impostor.sub


def details(patient: dict[str, Any], *respects: str) -> PatientDetails:
    """What a booking says of the patient: the name and these."""
    return PatientDetails.read({name: patient[name] for name in ("first_name", "last_name", *respects)})


def stamp(by: Claims = DESK) -> Stamp:
    """The stamp of one request."""
    return Stamp(by=by, now=datetime(2026, 1, 15, tzinfo=UTC), request_id=ids.new("req"))


def stored(newcomer: registration.Registration | None) -> registration.Registration:
    """The registration, which there must be."""
    assert newcomer is not None
    return newcomer


def outcome(act: Any) -> str:
    """`done`, or the code of the refusal."""
    try:
        act()
    except CareSlotError as refusal:
        return refusal.code
    return "done"
