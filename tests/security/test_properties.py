"""Property by property: what a role may not set is refused or ignored, and what it may not see is not shown."""

from typing import Any

import pytest

from chalicelib.kit import ids
from chalicelib.kit.calls import Route
from tests.builders import Data, make_patient, person, unique
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, utc, wish
from tests.security.asking import Question, ask
from tests.security.clinics import Clinics
from tests.security.declared import WITH_BODY, named
from tests.security.matrix import CALLERS, CHOSEN, NO_OBJECT, PLACED

MARK = "forged"
SET_BY_US = [route for route in WITH_BODY if route.body and route.body.server_set and named(route) in PLACED]
OFFICIALS = {
    "admin",
    "hospital_admin of the hospital",
    "receptionist of the location",
    "kiosk of the location",
    "patient",
}
CHOOSERS = [
    Question(who, route, "body.id")
    for route in WITH_BODY
    for who in CALLERS
    if PLACED.get(named(route), {}).get("body.id") == CHOSEN and who.role in route.roles and who.name in OFFICIALS
]


@pytest.mark.parametrize("route", SET_BY_US, ids=named)
def test_what_only_we_set_is_ignored_in_a_body(clinics: Clinics, route: Route) -> None:
    assert route.body is not None
    forged = dict.fromkeys(route.body.server_set - set(route.body.model_fields), MARK)
    parameter = next(iter(PLACED[named(route)]))
    question = Question(CALLERS[0], route, parameter)
    thing = (
        ids.new("own") if PLACED[named(route)][parameter] in NO_OBJECT else clinics.thing(question.kind.thing, "own")
    )

    answer = ask(clinics, question, thing, **forged)

    assert forged
    assert answer.status < 300
    assert MARK not in answer.body


@pytest.mark.parametrize("question", CHOOSERS, ids=lambda question: question.name)
def test_only_an_administrator_chooses_ids(clinics: Clinics, question: Question) -> None:
    chosen = ids.new("chosen")

    answer = ask(clinics, question, chosen)

    assert answer.status in {201, 409}
    assert (chosen in answer.body) == (question.who.role == "admin")


def sent(api: Client, place: Any, role: str, **fields: Any) -> Client:
    """The caller who has to do with the clinic's patient."""
    scope = {"location": place.location["id"]} if role == "kiosk" else {}
    return api.as_(
        role, {"patient": place.patient["id"], "doctor": place.doctor["id"]}.get(role, ""), **scope, **fields
    )


CLINICS_TO_SAY = {"priority": 5, "can_reschedule": False}
SAID_BY_STAFF = ["receptionist", "billing", "hospital_admin", "admin", "doctor"]


@pytest.mark.parametrize("path", ["", "/book", "/hold"])
@pytest.mark.parametrize("field", CLINICS_TO_SAY)
@pytest.mark.parametrize("role", ["patient", "kiosk"])
def test_what_ranks_or_binds_a_visit_is_the_clinics_to_say(api: Client, role: str, field: str, path: str) -> None:
    place = open_clinic(api)

    answer = sent(api, place, role).post(f"/api/appointments{path}", wish(place, **{field: CLINICS_TO_SAY[field]}))

    assert (answer.status, answer.fields) == (422, [field])


@pytest.mark.parametrize("role", SAID_BY_STAFF)
def test_staff_rank_and_bind_a_visit(api: Client, role: str) -> None:
    place = open_clinic(api)
    book(api, place, "08:00")

    made = sent(api, place, role).post("/api/appointments", wish(place, **CLINICS_TO_SAY)).data

    assert {name: made[name] for name in CLINICS_TO_SAY} == CLINICS_TO_SAY


MOVE = ("PUT", "/reschedule", {"scheduled_date": utc("11:00"), "override_reason": "because"})
CANCEL = ("DELETE", "", {"override_reason": "because"})
OVERRULING = [("patient", CANCEL, 422), ("patient", MOVE, 422), ("kiosk", MOVE, 422), ("receptionist", CANCEL, 200)]


@pytest.mark.parametrize(("role", "asked", "status"), [*OVERRULING, ("doctor", MOVE, 200)])
def test_only_staff_overrule_the_clinics_limits(
    api: Client, role: str, asked: tuple[str, str, Data], status: int
) -> None:
    place = open_clinic(api)
    made = book(api, place)
    method, verb, body = asked

    answer = sent(api, place, role).send(method, f"/api/appointments/{made['id']}{verb}", body)

    assert answer.status == status


HISTORY = {"allergies": ["penicillin"]}
REWRITING = {"admin": 200, "doctor": 200, "patient": 403, "receptionist": 403, "billing": 403, "hospital_admin": 403}


@pytest.mark.parametrize("role", REWRITING)
def test_only_those_who_treat_rewrite_a_history(api: Client, role: str) -> None:
    place = open_clinic(api)
    book(api, place)

    answer = sent(api, place, role).put(f"/api/patients/{place.patient['id']}", {"medical_history": HISTORY})

    kept = api.as_("admin").get(f"/api/patients/{place.patient['id']}").data["medical_history"]
    assert answer.status == REWRITING[role]
    assert (kept == HISTORY) == (REWRITING[role] == 200)


DOCTORS_FIELDS: dict[str, Any] = {
    "email": "doc@example.com",
    "phone": "+14155550111",
    "languages": ["German"],
    "name": "Dr. Else",
    "specialty": "Surgery",
    "fee": 1,
    "requires_confirmation": True,
    "location_ids": [],
    "usual_room_id": None,
    "hospital_id": None,
}
DOCTORS_OWN = {"email", "phone", "languages"}


@pytest.mark.parametrize("field", DOCTORS_FIELDS)
def test_a_doctor_sets_contact_data_and_languages_only(api: Client, field: str) -> None:
    place = open_clinic(api)
    usual = {"usual_room_id": place.rooms[0]["id"]}
    before = api.as_("admin").put(f"/api/doctors/{place.doctor['id']}", usual).data

    answer = sent(api, place, "doctor").put(f"/api/doctors/{place.doctor['id']}", {field: DOCTORS_FIELDS[field]})

    after = api.as_("admin").get(f"/api/doctors/{place.doctor['id']}").data
    assert answer.status == (200 if field in DOCTORS_OWN else 403)
    assert (after == before) == (field not in DOCTORS_OWN)


STATUSES = {"confirmed", "checked_in", "in_progress", "completed", "no_show"}
MAY_SET = {"patient": {"confirmed"}, "kiosk": {"checked_in"}}


@pytest.mark.parametrize("status", sorted(STATUSES))
@pytest.mark.parametrize("role", sorted(MAY_SET))
def test_patients_confirm_and_kiosks_check_in_and_that_is_all(api: Client, role: str, status: str) -> None:
    place = open_clinic(api)
    made = book(api, place)

    answer = sent(api, place, role).put(f"/api/appointments/{made['id']}/status", {"status": status})

    assert answer.status == (200 if status in MAY_SET[role] else 403)


PATIENT = {
    "gender": "female",
    "address": "1 Main Street",
    "emergency_contact_name": "Jörg Müller",
    "emergency_contact_phone": "+14155550122",
    "medical_history": HISTORY,
    "insurance_provider": "Acme",
    "insurance_number": "A-1",
    "communication_preferences": {"email": True},
    "preferred_language": "de",
    "zone": "Europe/Berlin",
}
AT_OFFICE = {"advancedmd_patient_id", "amd_sync_status", "last_synced_to_amd", "amd_sync_error"}  # which it has not
NAMED = {"id", "patient_number", "first_name", "last_name", "date_of_birth", "version", "created_at", "updated_at"}
UNSEEN = {
    "admin": set(),
    "doctor": {"possible_duplicate_of"},
    "patient": {"possible_duplicate_of"},
    "receptionist": {"medical_history"},
    "billing": {"medical_history"},
    "hospital_admin": {"medical_history"},
}


@pytest.mark.parametrize("role", [*UNSEEN, "kiosk"])
def test_of_a_patient_each_role_sees_what_it_needs(api: Client, role: str) -> None:
    place = open_clinic(api, patient=person(**PATIENT))
    book(api, place)
    everything = set(api.as_("admin").get(f"/api/patients/{place.patient['id']}").data)

    seen = sent(api, place, role).get(f"/api/patients/{place.patient['id']}").data

    hidden = {name for name, value in seen.items() if value is None}
    assert set(seen) == everything
    assert hidden == UNSEEN.get(role, everything - NAMED) | AT_OFFICE


TOLD = {
    "reason_for_visit": "Rash",
    "notes": "Bring X-rays",
    "symptoms": "Itch",
    "special_requirements": "Wheelchair",
}


@pytest.mark.parametrize("role", [*UNSEEN, "kiosk"])
def test_why_a_patient_comes_is_shown_to_all_but_the_kiosk(api: Client, role: str) -> None:
    place = open_clinic(api)
    made = book(api, place, **TOLD)

    seen = sent(api, place, role).get(f"/api/appointments/{made['id']}").data

    shown = {name for name in TOLD if seen[name] is not None}
    assert shown == (set() if role == "kiosk" else set(TOLD))


@pytest.mark.parametrize("role", ["patient", "kiosk", "display", "doctor"])
def test_a_doctors_own_phone_is_shown_to_desks_only(api: Client, role: str) -> None:
    contact = {"email": "doc@example.com", "phone": "+14155550111"}
    place = open_clinic(api, doctor=contact)
    callers = [api.as_(role, "someone-else"), api.as_("receptionist"), api.as_("doctor", place.doctor["id"])]

    seen = [caller.get(f"/api/doctors/{place.doctor['id']}").data for caller in callers]
    listed = callers[0].get("/api/doctors", name=place.doctor["name"]).data

    assert [one["phone"] for one in seen] == [None, contact["phone"], contact["phone"]]
    assert {one["phone"] for one in listed} == {None}


def test_who_looks_alike_is_told_to_desks_only(api: Client) -> None:
    known = make_patient(api, last_name=unique("Meier"))
    same = {name: known[name] for name in ("first_name", "last_name", "phone", "email", "date_of_birth")}

    desk, kiosk = (api.as_(role).post("/api/patients", same) for role in ("receptionist", "kiosk"))

    assert (desk.status, kiosk.status) == (409, 409)
    assert known["id"] in desk.body
    assert known["id"] not in kiosk.body
