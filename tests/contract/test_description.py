"""The description of the API: valid, complete, and true of real replies."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib import __version__
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from infra import openapi
from tests.builders import Data, clinic, unique
from tests.client import Answer, Client
from tests.scheduling.desk import DAY, ask, book, open_clinic, utc, wish

DOCUMENT = openapi.declared()
SCHEMAS = DOCUMENT["components"]["schemas"]
EXAMPLES = [(name, example) for name, schema in SCHEMAS.items() for example in schema.get("examples", [])]
FREE = "/api/appointments/availability"
WITH_EXAMPLES = {
    "BookAppointment",
    "RescheduleAppointment",
    "CancelAppointment",
    "PutSchedule",
    "Slot",
    "DoctorSlots",
    "DayCount",
    "Explanation",
}


def operation(method: str, path: str) -> Data:
    """What the document says of a route."""
    found: Data = DOCUMENT["paths"][path][method.lower()]
    return found


def problems(schema: Data, value: Any) -> list[str]:
    """What keeps a value from being of a schema of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def untrue(answer: Answer, method: str, path: str) -> list[str]:
    """What a reply says or lacks beside its description."""
    described = operation(method, path)["responses"][str(answer.status)]
    if "$ref" in described:
        described = DOCUMENT["components"]["responses"][described["$ref"].rpartition("/")[2]]
    return problems(described["content"][answer.headers["content-type"]]["schema"], answer.json)


def statuses(method: str, path: str) -> set[int]:
    return {int(status) for status in operation(method, path)["responses"]}


def parameters(method: str, path: str) -> dict[str, Data]:
    """The parameters of a route by where they stand and their name."""
    shared = DOCUMENT["components"]["parameters"]
    listed = operation(method, path)["parameters"]
    resolved = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]
    return {f"{one['in']} {one['name']}": one for one in resolved}


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


# --- the document ---


def test_the_document_is_valid_openapi() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []
    assert (DOCUMENT["openapi"], DOCUMENT["info"]["version"]) == ("3.1.0", __version__)


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_declared_route_is_in_it_with_its_roles(route: Route) -> None:
    described = operation(route.method, route.path)

    assert described["x-roles"] == sorted(route.roles)
    assert bool(described["security"]) == bool(route.roles)
    assert described["summary"] == route.summary
    assert str(route.status) in described["responses"]


def test_nothing_else_is_in_it() -> None:
    described = {(path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert described == {(route.path, route.method) for route in ROUTES}


def test_no_operation_has_the_name_of_another() -> None:
    names = [said["operationId"] for methods in DOCUMENT["paths"].values() for said in methods.values()]

    assert len(names) == len(set(names))


def test_only_the_document_itself_and_its_page_come_without_a_description_of_their_data() -> None:
    bare = {
        path
        for path, methods in DOCUMENT["paths"].items()
        for said in methods.values()
        for status, reply in said["responses"].items()
        for shown in reply.get("content", {}).values()
        if status.startswith("2") and "properties" not in shown["schema"]
    }

    pages = {
        f"/portal/{page}"
        for page in ("lobby", "reception", "advancedmd", "kiosk", "track/{secret}", "visit/{id}", "assets/{asset}")
    }
    answers_in_xml = {"/api/webhooks/twilio/messages", "/api/webhooks/twilio/status"}
    pages |= {"/api/reminders/answer/{secret}", "/api/reminders/unsubscribe/{secret}"}
    assert bare == pages | answers_in_xml | {"/api/openapi.json", "/api/docs", "/api/docs/{asset}"}


def test_every_component_is_used() -> None:
    text = json.dumps(DOCUMENT)

    assert {name for name in SCHEMAS if f'"#/components/schemas/{name}"' not in text} == set()


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_is_of_its_own_schema(name: str, example: Data) -> None:
    assert problems({"$ref": f"#/components/schemas/{name}"}, example) == []


def test_what_callers_need_most_has_an_example() -> None:
    assert {name for name, _ in EXAMPLES} >= WITH_EXAMPLES


# --- what a declaration says ---


def test_a_body_is_described_in_its_canonical_spelling_and_takes_nothing_else() -> None:
    body = SCHEMAS["BookAppointment"]

    assert set(body["required"]) == {"doctor_id", "scheduled_date"}
    assert body["additionalProperties"] is False
    assert not {"scheduledDate", "date", "wall"} & body["properties"].keys()


def test_a_reply_is_described_with_every_field_present() -> None:
    assert set(SCHEMAS["Patient"]["required"]) == set(SCHEMAS["Patient"]["properties"])
    assert "patient_number" in SCHEMAS["Patient"]["properties"]


def test_a_query_is_described_with_its_aliases_and_bounds() -> None:
    found = parameters("GET", "/api/appointments")

    assert found["query location_id"]["required"]
    assert found["query from"]["schema"] == {"type": "string", "format": "date"}
    assert found["query limit"]["schema"] == {"type": "integer", "default": 50, "minimum": 1, "maximum": 200}


def test_what_the_path_says_is_not_asked_again() -> None:
    found = parameters("GET", f"{FREE}/{{doctor_id}}/{{date}}")

    assert found["path date"]["schema"] == {"type": "string", "format": "date"}
    assert not {"query doctor_id", "query date"} & found.keys()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/api/appointments", {"header Idempotency-Key"}),
        ("PUT", "/api/appointments/{id}/reschedule", {"header If-Match"}),
        ("GET", "/api/appointments/{id}", {"header If-None-Match"}),
        ("GET", "/api/appointments", set()),
        ("GET", "/api/health", set()),
    ],
)
def test_headers_are_described_where_they_mean_something(method: str, path: str, headers: set[str]) -> None:
    assert {name for name in parameters(method, path) if name.startswith("header")} == headers


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/api/appointments", {201, 400, 401, 403, 404, 409, 413, 415, 422, 429, 503}),
        ("PUT", "/api/appointments/{id}/reschedule", {200, 400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503}),
        ("GET", "/api/appointments/{id}", {200, 304, 400, 401, 403, 404, 413, 422, 429, 503}),
        ("GET", "/api/health", {200, 400, 413, 422, 429, 503}),
    ],
)
def test_refusals_follow_from_the_declaration(method: str, path: str, expected: set[int]) -> None:
    assert statuses(method, path) == expected


# --- the document and what is really said ---


def test_the_document_is_served_bare_and_need_not_be_sent_twice(api: Client) -> None:
    first = api.get("/api/openapi.json")
    again = api.with_(if_none_match=first.headers["etag"]).get("/api/openapi.json")

    assert (first.status, first.json) == (200, DOCUMENT)
    assert first.headers["cache-control"] == "public, max-age=300"
    assert (again.status, again.body) == (304, "")


def test_appointments_are_as_described(api: Client) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist")
    booked = ask(api, place, "10:00")
    at = f"/api/appointments/{booked.data['id']}"
    moved = desk.put(f"{at}/reschedule", {"scheduled_date": utc("11:00")})

    assert untrue(booked, "POST", "/api/appointments") == []
    assert untrue(ask(api, place, "12:00", "/hold"), "POST", "/api/appointments/hold") == []
    assert untrue(moved, "PUT", "/api/appointments/{id}/reschedule") == []
    assert untrue(desk.get(at), "GET", "/api/appointments/{id}") == []
    assert untrue(desk.delete(at, {"reason": "Patient request"}), "DELETE", "/api/appointments/{id}") == []


def test_lists_are_as_described(api: Client) -> None:
    place = open_clinic(api)
    missed = book(api, place)
    doctors, patients = f"/api/doctors/{place.doctor['id']}", f"/api/appointments/patient/{place.patient['id']}"
    marked = api.as_("receptionist").post("/api/appointments/no-shows", {"appointment_ids": [missed["id"]]})

    assert untrue(api.as_("admin").get(f"{doctors}/appointments"), "GET", "/api/doctors/{id}/appointments") == []
    assert untrue(api.as_("admin").get(patients), "GET", "/api/appointments/patient/{patient_id}") == []
    assert untrue(marked, "POST", "/api/appointments/no-shows") == []
    assert untrue(api.as_("patient").get("/api/doctors", limit=5), "GET", "/api/doctors") == []
    assert untrue(api.as_("patient").get("/api/hospitals", limit=5), "GET", "/api/hospitals") == []


@pytest.mark.parametrize("view", [{}, {"only_available": "false"}, {"view": "days"}, {"explain": "true"}])
def test_free_times_are_as_described_in_their_three_forms(api: Client, view: Data) -> None:
    place = open_clinic(api)
    doctor = place.doctor["id"]
    desk = api.as_("receptionist")
    query = view | ({"time": "10:00"} if "explain" in view else {})

    assert untrue(desk.get(f"{FREE}/{doctor}/{DAY}", **query), "GET", f"{FREE}/{{doctor_id}}/{{date}}") == []
    assert untrue(desk.get(FREE, doctor_id=doctor, date=DAY, **query), "GET", FREE) == []
    portal = desk.get(f"/api/doctors/{doctor}/availability", date=DAY, **query)
    assert untrue(portal, "GET", "/api/doctors/{id}/availability") == []


def test_people_places_and_schedules_are_as_described(api: Client) -> None:
    place = clinic(api, location={"opening": {"monday": [{"start": "08:00", "end": "18:00"}]}})
    admin = api.as_("admin")
    schedule = f"/api/doctors/{place.doctor['id']}/schedule"
    put = admin.put(schedule, SCHEMAS["PutSchedule"]["examples"][0])
    service = admin.post("/api/services", {"name": unique("Check-up"), "duration_minutes": 30, "price": 12.5})

    assert untrue(put, "PUT", "/api/doctors/{id}/schedule") == []
    assert untrue(admin.get(schedule), "GET", "/api/doctors/{id}/schedule") == []
    assert untrue(admin.get(f"/api/patients/{place.patient['id']}"), "GET", "/api/patients/{id}") == []
    assert untrue(admin.get(f"/api/locations/{place.location['id']}"), "GET", "/api/locations/{id}") == []
    assert untrue(service, "POST", "/api/services") == []
    assert untrue(admin.get("/api/health"), "GET", "/api/health") == []


def test_refusals_are_as_described(api: Client) -> None:
    place = open_clinic(api)
    book(api, place)
    taken = ask(api, place)
    wrong = api.as_("receptionist").post("/api/appointments", wish(place) | {"unknown": 1})
    absent = api.as_("admin").get("/api/appointments/apt_none")

    assert (taken.status, wrong.status, absent.status) == (409, 422, 404)
    assert untrue(taken, "POST", "/api/appointments") == []
    assert untrue(wrong, "POST", "/api/appointments") == []
    assert untrue(absent, "GET", "/api/appointments/{id}") == []
    assert untrue(api.get("/api/appointments/apt_none"), "GET", "/api/appointments/{id}") == []
