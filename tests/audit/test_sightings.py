"""Whoever is shown a patient's data leaves an entry in the patient's trail, and costs little."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

import app
from chalicelib.audit import showing
from chalicelib.kit import cache
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from chalicelib.kit.models import View
from chalicelib.table import base
from infra import faults
from infra.local.testing import Engine
from tests.audit.auditing import dated, handle, now, stream, trail, write_units
from tests.builders import Clinic, Data, make_patient
from tests.client import Answer, Client
from tests.counting import counted
from tests.scheduling.desk import DAY, book, open_clinic, wish

pytestmark = pytest.mark.usefixtures("own_table")  # its stream begins with the test
OF_A_PATIENT = {
    "address",
    "date_of_birth",
    "diagnosis",
    "emergency_contact_name",
    "first_name",
    "insurance_number",
    "last_name",
    "medical_history",
    "notes",
    "patient_id",
    "patient_name",
    "reason_for_visit",
    "symptoms",
}
OF_A_PLACE = {"HospitalView", "LocationView"}  # their address is the building's


def views(api: Client, engine: Engine, patient: Data) -> list[Data]:
    """The sightings in a patient's trail, once the stream's consumer has caught up."""
    handle(stream(engine))
    return [entry for entry in trail(api, "patient", patient) if entry["operation"]]


def seen(api: Client, engine: Engine, patient: Data) -> list[tuple[str, str]]:
    """Who saw the patient's data, through which route."""
    return [(entry["actor"], entry["operation"]) for entry in views(api, engine, patient)]


def test_reading_a_record_leaves_an_entry_that_says_who_how_and_in_which_request(api: Client, engine: Engine) -> None:
    patient = make_patient(api)

    answer = api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")

    (entry,) = views(api, engine, patient)
    assert (entry["actor"], entry["operation"], entry["version"]) == ("receptionist:ann", "read_patient", None)
    assert entry["action"] == "viewed"
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert entry["changes"] == {}


SHOWS: dict[str, tuple[Callable[[Client, Clinic, Data], Answer], str]] = {
    "the record": (lambda api, place, _: api.get(f"/api/patients/{place.patient['id']}"), "read_patient"),
    "a part of the record": (
        lambda api, place, _: api.get(f"/api/patients/{place.patient['id']}", fields="version"),
        "read_patient",
    ),
    "a search": (
        lambda api, place, _: api.post(
            "/api/patients/search", {name: place.patient[name] for name in ("first_name", "last_name", "phone")}
        ),
        "find_patients",
    ),
    "an appointment": (lambda api, _, made: api.get(f"/api/appointments/{made['id']}"), "read_appointment"),
    "a day of a location": (
        lambda api, place, _: api.get("/api/appointments", location_id=place.location["id"], **{"from": DAY}, to=DAY),
        "list_appointments",
    ),
    "parts of a list": (
        lambda api, place, _: api.get(f"/api/doctors/{place.doctor['id']}/appointments", fields="scheduled_date"),
        "list_doctor_appointments",
    ),
    "a doctor's list": (
        lambda api, place, _: api.get(f"/api/doctors/{place.doctor['id']}/appointments"),
        "list_doctor_appointments",
    ),
    "a patient's list": (
        lambda api, place, _: api.get(f"/api/appointments/patient/{place.patient['id']}"),
        "list_appointments_of_patient",
    ),
    "whom an edit would strand": (
        lambda api, place, _: api.delete(f"/api/doctors/{place.doctor['id']}?dry_run=true"),
        "deactivate_doctor",
    ),
    "an update that changes nothing": (
        lambda api, place, _: api.put(f"/api/patients/{place.patient['id']}", {}),
        "change_patient",
    ),
}


@pytest.mark.parametrize("way", SHOWS)
def test_every_way_of_seeing_a_patient_leaves_an_entry(api: Client, engine: Engine, way: str) -> None:
    look, operation = SHOWS[way]
    place = open_clinic(api)
    made = book(api, place)
    yesterday(engine, f"APPOINTMENT#{made['id']}", "APPOINTMENT")
    yesterday(engine, f"PATIENT#{place.patient['id']}", "PROFILE")

    answer = look(api.as_("hospital_admin", "eva"), place, made)

    assert answer.status == 200, answer.body
    assert seen(api, engine, place.patient) == [("hospital_admin:eva", operation)]


def test_a_repeated_booking_shows_what_was_booked_before(api: Client, engine: Engine) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist", "ann").with_(idempotency_key="one")
    first = desk.post("/api/appointments", wish(place))
    desk.put(f"/api/appointments/{first.data['id']}/status", {"status": "confirmed"})
    yesterday(engine, f"APPOINTMENT#{first.data['id']}", "APPOINTMENT")

    again = desk.post("/api/appointments", wish(place))

    assert again.headers["idempotency-replayed"] == "true"
    assert seen(api, engine, place.patient) == [("receptionist:ann", "create_appointment")]


def test_what_a_write_answers_is_recorded_as_the_write_alone(api: Client, engine: Engine) -> None:
    place = open_clinic(api)
    made = book(api, place)
    api.as_("receptionist").put(f"/api/patients/{place.patient['id']}", {"address": "Here"})
    api.as_("receptionist").put(f"/api/appointments/{made['id']}/status", {"status": "confirmed"})
    api.as_("receptionist").delete(f"/api/appointments/{made['id']}")

    found = seen(api, engine, place.patient)

    assert found == []
    assert [entry["action"] for entry in trail(api, "patient", place.patient)] == ["created", "changed"]


def test_a_caller_whose_copy_is_still_right_sees_nothing(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    path = f"/api/patients/{patient['id']}"
    tag = api.as_("receptionist", "ann").get(path).headers["etag"]

    answer = api.as_("billing", "bob").with_(if_none_match=tag).get(path)

    assert answer.status == 304
    assert seen(api, engine, patient) == [("receptionist:ann", "read_patient")]


def test_nobody_sees_what_they_may_not_see(api: Client, engine: Engine) -> None:
    patient = make_patient(api)

    refused = api.as_("patient", "somebody-else").get(f"/api/patients/{patient['id']}")

    assert refused.status == 404
    assert seen(api, engine, patient) == []


def test_a_portal_that_polls_writes_once(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    portal = api.as_("patient", patient["id"])
    portal.get(f"/api/patients/{patient['id']}")

    with counted() as calls:
        for _ in range(5):
            portal.get(f"/api/patients/{patient['id']}")

    assert [operation for operation, _, _ in calls if "Write" in operation or "Put" in operation] == []
    assert len(views(api, engine, patient)) == 1


def test_another_process_writes_again_and_leaves_no_second_entry(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")

    cache.forget_everything()
    api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")

    first, second = stream(engine, "SIGHTING#")
    handle([first, dated(second, now() + timedelta(minutes=1))])
    assert (first["eventName"], second["eventName"]) == ("INSERT", "MODIFY")
    assert len(views(api, engine, patient)) == 1


def test_different_callers_and_different_routes_are_told_apart(api: Client, engine: Engine) -> None:
    place = open_clinic(api)
    book(api, place)
    path = f"/api/patients/{place.patient['id']}"
    for name in ("ann", "bob"):
        api.as_("receptionist", name).get(path)
    api.as_("receptionist", "ann").get(f"/api/appointments/patient/{place.patient['id']}")

    found = seen(api, engine, place.patient)

    assert sorted(found) == [
        ("receptionist:ann", "list_appointments_of_patient"),
        ("receptionist:ann", "read_patient"),
        ("receptionist:bob", "read_patient"),
    ]


def test_what_cannot_be_recorded_is_not_shown(api: Client) -> None:
    patient = make_patient(api)
    events = base.connection().client.meta.events
    events.register_first("before-call.dynamodb.BatchWriteItem", _refuse)

    try:
        answer = api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")
    finally:
        events.unregister("before-call.dynamodb.BatchWriteItem", _refuse)

    again = api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")
    assert (answer.status, answer.error["code"]) == (503, "unavailable")
    assert patient["last_name"] not in answer.body
    assert again.status == 200


@pytest.mark.parametrize(("busy", "status", "entries"), [(3, 200, 1), (100, 503, 0)])
def test_a_busy_table_is_asked_again_and_nothing_is_shown_when_it_stays_busy(
    api: Client, engine: Engine, busy: int, status: int, entries: int
) -> None:
    patient = make_patient(api)
    table = Busy(busy)
    events = base.connection().client.meta.events
    events.register_first("before-send.dynamodb.BatchWriteItem", table.answer)

    try:
        answer = api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")
    finally:
        events.unregister("before-send.dynamodb.BatchWriteItem", table.answer)

    assert answer.status == status
    assert len(views(api, engine, patient)) == entries


def test_a_day_of_many_patients_is_written_in_few_requests(api: Client, engine: Engine) -> None:
    place = open_clinic(api, schedule={"daily_cap": 40})
    patients = [make_patient(api) for _ in range(30)]
    for number, patient in enumerate(patients):
        book(api, place, f"{number // 2 + 6:02}:{number % 2 * 30:02}", patient_id=patient["id"])

    with counted() as calls:
        answer = api.as_("receptionist", "ann").get(f"/api/appointments/doctor/{place.doctor['id']}", limit=100)

    assert len(answer.data) == 30
    assert [operation for operation, _, _ in calls].count("BatchWriteItem") == 2
    assert all(len(views(api, engine, patient)) == 1 for patient in patients[::10])


def test_callers_at_once_leave_one_entry(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    desk = api.as_("receptionist", "ann")

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: desk.get(f"/api/patients/{patient['id']}").status, range(16)))

    assert statuses == {200}
    assert len(views(api, engine, patient)) == 1


def test_a_sighting_names_no_one_and_expires(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")

    (record,) = stream(engine, "SIGHTING#")

    said = str(record["dynamodb"]["NewImage"])
    assert "expires_at" in said
    assert [word for word in ("Müller", "Zoë", patient["phone"], patient["email"]) if word in said] == []


def test_what_a_view_costs(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    handle(stream(engine))

    with counted() as shown:
        api.as_("receptionist", "ann").get(f"/api/patients/{patient['id']}")
    with counted() as recorded:
        handle(stream(engine, "SIGHTING#"))

    assert write_units(shown) == 1
    assert write_units(recorded) == 2  # the entry, and its place in the index of its thing


@pytest.mark.parametrize("route", [route for route in ROUTES if route.view], ids=lambda route: route.operation)
def test_every_view_with_a_patients_data_says_whose_they_are(route: Route) -> None:
    assert route.path in app.app.routes
    silent = {
        view.__name__
        for view in showing.views(route.view)
        if view.subject is View.subject and OF_A_PATIENT & view.model_fields.keys() and view.__name__ not in OF_A_PLACE
    }

    assert silent == set()


class Busy:
    """A table that leaves what it is sent unwritten, the first few times."""

    def __init__(self, times: int) -> None:
        self._left = times

    def answer(self, request: Any, **_: Any) -> AWSResponse | None:
        self._left -= 1
        if self._left < 0:
            return None
        body = {"UnprocessedItems": json.loads(request.body)["RequestItems"]}
        return faults.answer(request, 200, body)


def _refuse(**_: Any) -> Any:
    raise ReadTimeoutError(endpoint_url="the table")


def yesterday(engine: Engine, pk: str, sk: str) -> None:
    """Let the thing's last change be of another day."""
    key = {"PK": {"S": pk}, "SK": {"S": sk}}
    engine.client("dynamodb").update_item(
        TableName=base.table_name(),
        Key=key,
        UpdateExpression="SET updated_at = :t",
        ExpressionAttributeValues={":t": {"S": "2026-01-01T00:00:00Z"}},
    )
