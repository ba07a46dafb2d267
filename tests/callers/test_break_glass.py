"""Break-glass: a record opened in an emergency, with its reason, for some hours, and for all to see."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.testing import Engine
from tests import builders
from tests.audit.auditing import handle, stream, trail
from tests.client import Client

REASON = {"reason": "Unconscious in the emergency room, allergies unknown"}


def test_a_doctor_opens_the_record_of_a_patient_who_is_not_theirs(api: Client) -> None:
    clinic, stranger = builders.clinic(api), builders.make_patient(api)
    doctor = api.as_("doctor", clinic.doctor["id"])
    address = f"/api/patients/{stranger['id']}"
    assert doctor.get(address).status == 404

    opened = doctor.post(f"{address}/break-glass", REASON)

    assert opened.status == 200
    until = datetime.fromisoformat(opened.data["open_until"])
    assert timedelta(hours=3, minutes=59) < until - datetime.now(UTC) <= timedelta(hours=4)
    assert doctor.get(address).data["first_name"] == stranger["first_name"]


def test_the_glass_is_broken_for_one_doctor_and_one_patient(api: Client) -> None:
    clinic, stranger, another = builders.clinic(api), builders.make_patient(api), builders.make_patient(api)
    other_doctor = builders.make_doctor(api)
    doctor = api.as_("doctor", clinic.doctor["id"])
    doctor.post(f"/api/patients/{stranger['id']}/break-glass", REASON)

    answers = [
        doctor.get(f"/api/patients/{another['id']}"),
        api.as_("doctor", other_doctor["id"]).get(f"/api/patients/{stranger['id']}"),
    ]

    assert [answer.status for answer in answers] == [404, 404]


def test_it_can_be_broken_again_when_time_runs_out(api: Client) -> None:
    clinic, stranger = builders.clinic(api), builders.make_patient(api)
    doctor = api.as_("doctor", clinic.doctor["id"])

    answers = [doctor.post(f"/api/patients/{stranger['id']}/break-glass", REASON) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "urgent"}, {"reason": " " * 30}, {"reason": "x" * 501}]
)
def test_a_reason_is_needed(api: Client, body: dict[str, str]) -> None:
    clinic, stranger = builders.clinic(api), builders.make_patient(api)

    answer = api.as_("doctor", clinic.doctor["id"]).post(f"/api/patients/{stranger['id']}/break-glass", body)

    assert answer.status == 422
    assert answer.fields == ["reason"]


def test_there_is_no_glass_before_a_patient_who_does_not_exist(api: Client) -> None:
    answer = api.as_("doctor", "doc_x").post("/api/patients/pat_nobody/break-glass", REASON)

    assert answer.status == 404


@pytest.mark.parametrize("role", ["patient", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display"])
def test_only_doctors_break_glass(api: Client, role: str) -> None:
    answer = api.as_(role).post("/api/patients/pat_x/break-glass", REASON)

    assert answer.status == 403


def test_the_opening_and_its_reason_stand_in_the_patients_trail(api: Client, engine: Engine) -> None:
    clinic, stranger = builders.clinic(api), builders.make_patient(api)
    doctor = api.as_("doctor", clinic.doctor["id"])
    doctor.post(f"/api/patients/{stranger['id']}/break-glass", REASON)
    doctor.get(f"/api/patients/{stranger['id']}")

    handle(stream(engine, f"PATIENT#{stranger['id']}") + stream(engine, f"SIGHTING#{stranger['id']}"))

    entries = {entry["action"]: entry for entry in trail(api, "patient", stranger)}
    actor = f"doctor:{clinic.doctor['id']}"
    assert entries["glass_broken"]["actor"] == entries["viewed"]["actor"] == actor
    assert entries["glass_broken"]["changes"] == {"reason": [None, REASON["reason"]]}
