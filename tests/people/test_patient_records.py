"""Patients over HTTP: the record, who sees what of it, and how contact data are judged."""

import pytest

from chalicelib.kit import ids
from chalicelib.table import indexes, keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.transaction import Transaction, never
from tests.builders import make_doctor, make_patient, person
from tests.client import Client

EVERYTHING = {
    "gender": "female",
    "address": "Straße 1\nKöln",
    "emergency_contact_name": "Ana",
    "emergency_contact_phone": "+14155550111",
    "medical_history": {"allergies": ["penicillin"], "weight": 61.5},
    "insurance_provider": "AOK",
    "insurance_number": "A123",
    "communication_preferences": {"email": True, "sms": False},
    "preferred_language": "pt-BR",
    "zone": "America/Sao_Paulo",
}


def test_a_patient_is_registered_with_all_fields_and_a_number(api: Client) -> None:
    sent = person(**EVERYTHING)

    made = make_patient(api, **sent)

    read = api.as_("admin").get(f"/api/patients/{made['id']}").data
    assert {name: read[name] for name in sent} == sent
    assert read["patient_number"].startswith("PAT-0")
    assert read["phone_valid"] is True


def test_patient_numbers_are_unique(api: Client) -> None:
    numbers = {make_patient(api)["patient_number"] for _ in range(5)}

    assert len(numbers) == 5


def test_a_change_leaves_what_was_not_sent_and_clears_what_was_sent_as_null(api: Client) -> None:
    made = make_patient(api, **EVERYTHING)

    changed = api.as_("admin").put(f"/api/patients/{made['id']}", {"address": None, "gender": "other"}).data

    assert (changed["address"], changed["gender"]) == (None, "other")
    assert changed["insurance_provider"] == "AOK"
    assert changed["version"] == made["version"] + 1


def test_patients_register_themselves_and_have_one_record(api: Client) -> None:
    patient = api.as_("patient", ids.new("sub"))

    made = patient.post("/api/patients", person(id="pat_someone"))
    again = patient.post("/api/patients", person())

    assert patient.get(f"/api/patients/{made.data['id']}").data["id"] == made.data["id"]
    assert made.data["id"] != "pat_someone"
    assert (again.status, again.error["code"]) == (409, "already_registered")


def test_another_patients_record_does_not_exist(api: Client) -> None:
    made = make_patient(api)
    other = api.as_("patient", "pat_other")

    read = other.get(f"/api/patients/{made['id']}")
    changed = other.put(f"/api/patients/{made['id']}", {"gender": "male"})

    assert (read.status, changed.status) == (404, 404)
    assert read.error["message"] == other.get("/api/patients/pat_none").error["message"]


def test_doctors_see_the_history_of_patients_they_treat_and_nothing_of_others(api: Client) -> None:
    patient, doctor = make_patient(api, **EVERYTHING), make_doctor(api)
    appoint(doctor["id"], patient["id"])

    treating = api.as_("doctor", doctor["id"]).get(f"/api/patients/{patient['id']}")
    stranger = api.as_("doctor", "doc_stranger").get(f"/api/patients/{patient['id']}")

    assert treating.data["medical_history"] == EVERYTHING["medical_history"]
    assert stranger.status == 404


@pytest.mark.parametrize("role", ["receptionist", "billing", "hospital_admin"])
def test_desks_do_not_see_the_medical_history(api: Client, role: str) -> None:
    patient = make_patient(api, **EVERYTHING)

    seen = api.as_(role).get(f"/api/patients/{patient['id']}").data

    assert seen["medical_history"] is None
    assert seen["insurance_number"] == "A123"


def test_a_kiosk_sees_number_name_and_birth_date_only(api: Client) -> None:
    patient = make_patient(api, **EVERYTHING)

    seen = api.as_("kiosk").get(f"/api/patients/{patient['id']}").data

    shown = {name for name, value in seen.items() if value is not None}
    assert shown == {
        "id",
        "patient_number",
        "first_name",
        "last_name",
        "date_of_birth",
        "version",
        "created_at",
        "updated_at",
    }


@pytest.mark.parametrize("role", ["receptionist", "patient"])
def test_only_doctors_change_a_medical_history_after_the_registration(api: Client, role: str) -> None:
    patient = make_patient(api, **EVERYTHING)
    caller = api.as_(role, patient["id"])
    address = f"/api/patients/{patient['id']}"
    as_seen = caller.get(address).data

    sent_back = caller.put(address, as_seen | {"gender": "other"})
    altered = caller.put(address, {"medical_history": {"allergies": []}})

    assert sent_back.data["gender"] == "other"
    assert (altered.status, altered.fields) == (403, ["medical_history"])
    assert api.as_("admin").get(address).data["medical_history"] == EVERYTHING["medical_history"]


def test_a_desk_without_scope_reaches_no_patient(api: Client) -> None:
    patient = make_patient(api)

    read = api.as_("receptionist", hospital_id=None).get(f"/api/patients/{patient['id']}")
    found = api.as_("receptionist", hospital_id=None).post(
        "/api/patients/search", {"name": "A B", "phone": "+14155550123"}
    )

    assert (read.status, found.status) == (404, 403)


@pytest.mark.parametrize(
    ("sent", "stored", "valid"),
    [
        ("+1234567890", "+1234567890", False),
        ("+4402071838750", "+442071838750", True),
        ("+14155550123", "+14155550123", True),
    ],
)
def test_a_phone_is_kept_in_one_spelling_and_an_implausible_one_is_marked(
    api: Client, sent: str, stored: str, valid: bool
) -> None:
    made = make_patient(api, phone=sent)

    assert (made["phone"], made["phone_valid"]) == (stored, valid)


@pytest.mark.parametrize("phone", ["0123456", "+0123456789", "+1 415 555 0123", "+123456", "+1234567890123456", "tel"])
def test_what_is_no_international_phone_number_is_refused(api: Client, phone: str) -> None:
    answer = api.as_("admin").post("/api/patients", person(phone=phone))

    assert (answer.status, answer.fields) == (422, ["phone"])


def test_a_cleared_phone_is_neither_valid_nor_invalid(api: Client) -> None:
    made = make_patient(api)

    changed = api.as_("admin").put(f"/api/patients/{made['id']}", {"phone": None}).data

    assert (changed["phone"], changed["phone_valid"]) == (None, None)


@pytest.mark.parametrize("day", ["2026-02-30", "1899-12-31", "2199-01-01", "01/02/1980", 19800101])
def test_an_impossible_birth_date_is_refused(api: Client, day: object) -> None:
    answer = api.as_("admin").post("/api/patients", person(date_of_birth=day))

    assert (answer.status, answer.fields) == (422, ["date_of_birth"])


def test_patients_are_found_by_name_and_one_more_thing(api: Client) -> None:
    made = make_patient(api)
    desk = api.as_("receptionist")
    name = f"{made['first_name']} {made['last_name']}".upper()

    by_phone = desk.post("/api/patients/search", {"name": name, "phone": made["phone"]})
    named = {"first_name": made["first_name"], "last_name": made["last_name"]}
    by_birth = desk.post("/api/patients/search", named | {"date_of_birth": "1980-02-29"})
    by_both = desk.post("/api/patients/search", {"name": name, "email": made["email"].upper(), "phone": "+14155550199"})

    assert [found["id"] for found in by_phone.data] == [made["id"]]
    assert [found["id"] for found in by_birth.data] == [made["id"]]
    assert by_both.data == []


@pytest.mark.parametrize(
    "query", [{}, {"name": "A B"}, {"phone": "+14155550123"}, {"first_name": "A", "phone": "+14155550123"}]
)
def test_a_search_that_cannot_be_answered_says_what_it_needs(api: Client, query: dict[str, str]) -> None:
    answer = api.as_("receptionist").post("/api/patients/search", query)

    assert answer.status == 422
    assert "give a name" in answer.error["message"]


def appoint(doctor_id: str, patient_id: str) -> None:
    """Let the two have met, as far as the table knows."""
    key = keys.appointment(f"apt_{doctor_id[-8:]}{patient_id[-8:]}")
    appointment = AppointmentItem(
        *key,
        doctor_key=keys.doctor(doctor_id).pk,
        patient_key=keys.patient(patient_id).pk,
        place_key=indexes.place_month("loc_1", "2026-01"),
        start="2026-01-15T10:00:00Z",
        number="APT-2026-0001",
        status="completed",
        mode="in-person",
        origin="online",
        duration_minutes=30,
        schedule_version=1,
        local_date="2026-01-15",
        write="-",
        doctor_name="-",
        patient_name="-",
        specialty="-",
    )
    transaction = Transaction()
    transaction.put(appointment, refusal=never)
    transaction.commit()
