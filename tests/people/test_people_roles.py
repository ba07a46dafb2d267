"""Who may call what: no token 401, the wrong role 403."""

import pytest

from tests.builders import person
from tests.client import Client

WRITES = [
    ("POST", "/api/hospitals", {"admin"}),
    ("PUT", "/api/hospitals/x", {"admin"}),
    ("POST", "/api/locations", {"admin", "hospital_admin"}),
    ("PUT", "/api/locations/x", {"admin", "hospital_admin"}),
    ("POST", "/api/locations/x/rooms", {"admin", "hospital_admin"}),
    ("PUT", "/api/rooms/x", {"admin", "hospital_admin"}),
    ("DELETE", "/api/rooms/x", {"admin", "hospital_admin"}),
    ("POST", "/api/services", {"admin"}),
    ("PUT", "/api/services/x", {"admin"}),
    ("DELETE", "/api/services/x", {"admin"}),
    ("POST", "/api/doctors", {"admin", "hospital_admin"}),
    ("PUT", "/api/doctors/x", {"admin", "hospital_admin", "doctor"}),
    ("POST", "/api/patients", {"admin", "hospital_admin", "receptionist", "billing", "patient", "kiosk"}),
    ("PUT", "/api/patients/x", {"admin", "hospital_admin", "receptionist", "billing", "patient", "doctor"}),
    ("POST", "/api/patients/search", {"admin", "hospital_admin", "receptionist", "billing"}),
    (
        "GET",
        "/api/patients/x",
        {"admin", "hospital_admin", "receptionist", "billing", "patient", "doctor", "kiosk"},
    ),
]
ROLES = {"patient", "doctor", "receptionist", "billing", "hospital_admin", "admin", "kiosk", "display"}


@pytest.mark.parametrize(("method", "path", "allowed"), WRITES, ids=[f"{method} {path}" for method, path, _ in WRITES])
def test_a_role_that_is_not_named_is_refused(api: Client, method: str, path: str, allowed: set[str]) -> None:
    statuses = {role: api.as_(role).send(method, path, {"unknown": 1}).status for role in ROLES}

    refused = {role for role, status in statuses.items() if status == 403}
    assert refused == ROLES - allowed


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path, _ in WRITES])
def test_a_caller_without_a_token_is_refused(api: Client, method: str, path: str) -> None:
    answer = api.send(method, path)

    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("path", ["hospitals", "locations", "services"])
def test_every_role_reads_what_the_network_offers(api: Client, path: str) -> None:
    statuses = {api.as_(role).get(f"/api/{path}").status for role in ROLES}

    assert statuses == {200}


def test_a_token_whose_subject_cannot_be_an_id_registers_no_one(api: Client) -> None:
    answer = api.as_("patient", "a#b").post("/api/patients", {"first_name": "A", "last_name": "B"})

    assert (answer.status, answer.fields) == (422, ["sub"])


@pytest.mark.parametrize("role", ["receptionist", "kiosk"])
def test_a_desk_or_device_whose_token_names_no_place_registers_no_one(api: Client, role: str) -> None:
    answer = api.as_(role, hospital_id=None).post("/api/patients", person())

    assert (answer.status, answer.error["code"]) == (403, "scope_missing")
