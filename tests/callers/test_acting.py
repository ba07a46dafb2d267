"""An administrator in somebody's place: sees what they see, and both names are on what is done."""

import pytest

from chalicelib.table import base, keys
from infra.local.testing import Engine
from tests import builders
from tests.audit.auditing import handle, stream, trail
from tests.client import Client


def test_an_administrator_who_acts_as_a_patient_sees_what_the_patient_sees(api: Client) -> None:
    mine, other = builders.make_patient(api), builders.make_patient(api)
    acting = api.as_("admin").with_(x_act_as=f"patient:{mine['id']}")

    own, foreign = acting.get(f"/api/patients/{mine['id']}"), acting.get(f"/api/patients/{other['id']}")

    assert (own.status, foreign.status) == (200, 404)
    assert own.headers["x-acting-as"] == f"patient:{mine['id']}"


def test_what_is_written_in_a_patients_place_carries_both_names(api: Client) -> None:
    patient = builders.make_patient(api)
    acting = api.as_("admin", "anna").with_(x_act_as=f"patient:{patient['id']}")

    changed = acting.put(f"/api/patients/{patient['id']}", {"preferred_language": "es"})

    stored = base.get(keys.patient(patient["id"])) or {}
    assert changed.status == 200
    assert stored["updated_by"] == {"S": f"admin:anna as patient:{patient['id']}"}


@pytest.mark.parametrize("role", ["receptionist", "doctor", "patient", "hospital_admin", "kiosk"])
def test_nobody_else_may_act_as_anyone(api: Client, role: str) -> None:
    answer = api.as_(role).with_(x_act_as="patient:789").get("/api/hospitals")

    assert (answer.status, answer.error["code"]) == (403, "may_not_act_as")


@pytest.mark.parametrize("whom", ["", "789", "admin:root", "receptionist:x", "patient:", "patient:a b", "patient:a#b"])
def test_only_patients_and_doctors_can_be_acted_as(api: Client, whom: str) -> None:
    answer = api.as_("admin").with_(x_act_as=whom).get("/api/hospitals")

    assert answer.status == 400
    assert answer.fields == ["X-Act-As"]


def test_acting_as_a_patient_gives_up_what_only_administrators_may(api: Client) -> None:
    answer = api.as_("admin").with_(x_act_as="patient:789").post("/api/hospitals", {"name": "General"})

    assert (answer.status, answer.error["code"]) == (403, "forbidden")


def test_what_was_seen_in_a_patients_place_is_recorded_under_both_names(api: Client, engine: Engine) -> None:
    patient = builders.make_patient(api)
    api.as_("admin", "anna").with_(x_act_as=f"patient:{patient['id']}").get(f"/api/patients/{patient['id']}")

    handle(stream(engine, f"SIGHTING#{patient['id']}"))

    seen = {(entry["action"], entry["actor"]) for entry in trail(api, "patient", patient)}
    assert ("viewed", f"admin:anna as patient:{patient['id']}") in seen
    assert ("viewed", "admin:anna") not in seen


def test_an_administrators_calls_in_a_patients_place_count_as_the_administrators(api: Client) -> None:
    admin = api.as_("admin", builders.unique("ada"))

    own = admin.get("/api/locations")
    in_place = admin.with_(x_act_as="patient:pat_1").get("/api/locations")

    assert in_place.headers["ratelimit-limit"] == own.headers["ratelimit-limit"]
    assert int(in_place.headers["ratelimit-remaining"]) == int(own.headers["ratelimit-remaining"]) - 1
