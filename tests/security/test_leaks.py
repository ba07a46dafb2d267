"""What a patient says or is called stands in no log, no reply to a bug, no address; a whole instance is listened to."""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from traceback import format_exception
from typing import Any

import boto3
import httpx
import pytest

import app
from chalicelib.kit import selection
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from chalicelib.kit.log import EventFailed, without_texts
from chalicelib.table import base
from infra.local import resources
from infra.local.gateway import lambda_context
from infra.local.testing import Engine
from tests.builders import Data
from tests.instance import Instance
from tests.scheduling import seeds
from tests.scheduling.desk import EVERY_DAY, utc
from tests.security.declared import address, named

MARK = "Xyzzyplugh"
PHONE, EMAIL, BORN = "+14155559876", f"{MARK.lower()}@example.com", "1931-03-17"
TELLING = [MARK, MARK.lower(), PHONE.lstrip("+"), BORN]
PERSON = {
    "first_name": f"{MARK} Zoë",
    "last_name": f"{MARK}-Müller",
    "phone": PHONE,
    "email": EMAIL,
    "date_of_birth": BORN,
}
RECORD = PERSON | {
    "address": f"1 {MARK} Street",
    "emergency_contact_name": f"Jörg {MARK}",
    "emergency_contact_phone": PHONE,
    "medical_history": {"allergies": [MARK], MARK: "yes"},
    "insurance_provider": MARK,
    "insurance_number": f"{MARK}-1",
    "communication_preferences": {"note": MARK},
}
SAID = {
    "reason_for_visit": f"{MARK} rash",
    "notes": f"{MARK} note",
    "symptoms": f"{MARK} itch",
    "special_requirements": MARK,
    "booking_source": MARK,
    "payment_method": MARK,
    "reminder_preferences": {"email": True, "custom_message": f"{MARK} message"},
}
WRITES = [route for route in ROUTES if route.method != "GET"]


@dataclass
class Day:
    """What happened in the instance: the replies by what was asked, and everything that it wrote down."""

    replies: dict[str, httpx.Response]
    written: str


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A day on which everyone tells everything, and a bug meets what they told; the log keeps all it can."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
        running = Instance(tmp_path_factory.mktemp("talkative"))
    headers = {"Authorization": f"Bearer {running.token('admin')}"}
    with httpx.Client(base_url=running.base_url, headers=headers) as http:
        replies = lived_through(running, http)
    running.process.send_signal(signal.SIGTERM)
    said = running.process.communicate(timeout=30)
    files = [path.read_text() for path in running.data.glob("*.log")]
    return Day(replies, "".join([*running.lines, *said, *files]))


def lived_through(running: Instance, http: httpx.Client) -> dict[str, httpx.Response]:
    """The replies of the day."""
    replies = clinic(http)
    booked = replies["book"].json()["data"]
    path, patient = f"/api/appointments/{booked['id']}", f"/api/patients/{booked['patient_id']}"
    steps: list[tuple[str, str, str, Any]] = [
        ("change", "PUT", patient, RECORD),
        ("search", "POST", "/api/patients/search", {"name": f"{MARK} Zoë {MARK}-Müller", "phone": PHONE}),
        ("duplicate", "POST", "/api/patients", PERSON),
        ("move", "PUT", f"{path}/reschedule", {"scheduled_date": utc("11:00"), "override_reason": MARK}),
        ("status", "PUT", f"{path}/status", {"status": "confirmed", "notes": MARK}),
        ("undo", "POST", f"{path}/undo", {}),
        ("cancel", "DELETE", path, {"reason": MARK, "override_reason": MARK}),
        ("unreadable", "POST", "/api/patients", f'{{"first_name": "{MARK}'.encode()),
        ("unknown field", "POST", "/api/patients", {MARK: PHONE}),
        ("wrong place", "GET", f"/api/patients/{MARK}", None),
    ]
    for name, method, where, body in steps:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        replies[name] = http.request(method, where, content=content, headers={"Content-Type": "application/json"})
    for route in WRITES:
        replies[named(route)] = http.request(route.method, address(route, id=booked["id"]), json=everything(route))
    recorded(http, booked["patient_id"])
    damage(running, replies["second"].json()["data"]["id"])
    replies["bug"] = http.get(f"/api/appointments/{replies['second'].json()['data']['id']}")
    until(lambda: "change not followed" in (running.data / "careslot.log").read_text())
    return replies


def clinic(http: httpx.Client) -> dict[str, httpx.Response]:
    """A doctor with hours, and three bookings by people who tell all: as this API, and as the seeds say it."""
    places = [http.post("/api/locations", json={"name": "Main Street", "zone": "UTC"}).json()["data"]["id"]]
    http.post("/api/doctors", json={"id": 123, "name": "Dr. Smith", "specialty": "Cardiology", "location_ids": places})
    http.put("/api/doctors/123/schedule", json={"hours": [EVERY_DAY]})
    wish = {"doctor_id": 123, "scheduled_date": utc("10:00"), "patient_details": RECORD, **SAID}
    second = seeds.s2_book(seeds.working_day()) | {"patient_details": PERSON, "reason_for_visit": MARK}
    third = seeds.s1_record(seeds.working_day()) | {"patient_name": MARK, "notes": MARK, "patient_id": "pat_none"}
    return {
        "book": http.post("/api/appointments/book", json=wish),
        "second": http.post("/api/appointments/book", json=second),
        "third": http.post("/api/appointments", json=third),
    }


def everything(route: Route) -> Data:
    """A body that tells the same in every field that the route has."""
    fields = route.body.model_fields if route.body else {}
    return dict.fromkeys(fields, MARK)


def damage(running: Instance, appointment_id: str) -> None:
    """Put something into an appointment that whoever reads or follows it stumbles over, and may quote."""
    url, name = (running.data / "engine.txt").read_text().split()
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
    table = boto3.resource("dynamodb", endpoint_url=url, **keys).Table(name)
    table.update_item(
        Key={"PK": f"APPOINTMENT#{appointment_id}", "SK": "APPOINTMENT"},
        UpdateExpression="SET #start = :start, schedule_version = :version, version = version + :one",
        ExpressionAttributeNames={"#start": "start"},
        ExpressionAttributeValues={":start": f"{MARK} {PHONE}", ":version": 0, ":one": 1},
        ConditionExpression="attribute_exists(PK)",
    )


def recorded(http: httpx.Client, patient_id: str) -> None:
    """Wait until those who follow the table's changes have seen the patient."""
    until(lambda: http.get(f"/api/audit/patient/{patient_id}").json()["data"])


def until(holds: Callable[[], object]) -> None:
    """Wait until a condition holds, or fail after a deadline."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come to hold in time"
        time.sleep(0.05)


def test_the_day_was_a_full_one(day: Day) -> None:
    statuses = {name: reply.status_code for name, reply in day.replies.items()}

    done = ("book", "second", "change", "search", "move", "status", "undo", "cancel")
    assert {statuses[name] for name in done} <= {200, 201}, statuses
    assert (statuses["duplicate"], statuses["unreadable"], statuses["unknown field"]) == (409, 400, 422)
    assert {route for route in map(named, WRITES) if statuses[route] >= 500} == set()


def test_nothing_that_was_told_stands_in_any_log(day: Day) -> None:
    assert [word for word in TELLING if word in day.written] == []


def test_a_bug_is_logged_with_its_place_and_the_requests_id(day: Day) -> None:
    bug = day.replies["bug"]

    (line,) = [line for line in day.written.splitlines() if bug.headers["x-request-id"] in line]
    logged = json.loads(line)
    assert (logged["message"], logged["bug"]) == ("request failed", "ValueError")
    assert logged["where"]
    assert not any("/" in place for place in logged["where"])


def test_a_bug_tells_its_caller_nothing(day: Day) -> None:
    bug = day.replies["bug"]

    error = bug.json()["error"]
    assert (bug.status_code, error.pop("request_id")) == (500, bug.headers["x-request-id"])
    assert error == {
        "code": "internal_error",
        "message": "Something went wrong on our side; quote the request id.",
        "details": [],
    }


def test_a_refusal_does_not_repeat_what_was_sent(day: Day) -> None:
    refused = {name: reply.text for name, reply in day.replies.items() if reply.status_code >= 400}
    field_names = refused.pop("unknown field")

    assert {name for name, text in refused.items() if any(word in text for word in TELLING)} == set()
    assert PHONE not in field_names


def test_what_is_found_or_made_has_an_address_without_a_name(day: Day) -> None:
    addresses = [value for reply in day.replies.values() for name, value in reply.headers.items() if name == "location"]

    assert addresses
    assert not any(word in one for one in addresses for word in TELLING)


def test_the_stages_own_logs_keep_no_address_and_no_query() -> None:
    template = resources.load()["Resources"]

    kept = set(json.loads(template["RestAPI"]["Properties"]["AccessLogSetting"]["Format"]).values())
    of_sockets = set(json.loads(template["SocketsStage"]["Properties"]["AccessLogSettings"]["Format"]).values())
    assert kept | of_sockets <= {f"$context.{name}" for name in KEPT_BY_API_GATEWAY}
    assert "Logging" not in template["Distribution"]["Properties"]["DistributionConfig"]


KEPT_BY_API_GATEWAY = {
    "connectionId",
    "error.responseType",
    "httpMethod",
    "requestId",
    "requestTime",
    "resourcePath",  # the route with its variables' names, not the path
    "responseLatency",
    "responseLength",
    "routeKey",
    "status",
}
CARRIED_BY_ADDRESSES = {
    "ids": {"doctor_id", "hospital_id", "location_id", "patient_id", "reminder", "service_id"},
    "dates and times": {"available_on", "date", "from", "time", "to", "zone"},
    "numbers and switches": {
        "dry_run",
        "duration",
        "explain",
        "first_available",
        "include_inactive",
        "limit",
        "only_available",
        "version",
    },
    "words of the clinic": {"mode", "name", "origin", "specialty", "status", "type", "view"},  # a name is a doctor's
    "marks of ours": {"cursor", "since", "topic"},
    "names of fields": {"fields"},
    "words of the caller": {"q", "reason"},  # searched for, and kept by no log: see above
}


def test_addresses_carry_ids_dates_and_words_of_the_clinic() -> None:
    models = [route.query for route in ROUTES if route.query]
    carried = {name for model in models for name in model.model_json_schema()["properties"]}
    carried |= {selection.PARAMETER for route in ROUTES if route.selects}

    variables = {name for route in ROUTES for name in re.findall(r"{(\w+)}", route.path)}
    assert carried == set().union(*CARRIED_BY_ADDRESSES.values())
    assert variables == {"id", "doctor_id", "patient_id", "kind", "date", "asset", "secret", "guest_id"}


def test_a_change_that_nobody_can_follow_is_logged_with_its_place(day: Day) -> None:
    lines = [line for line in day.written.splitlines() if "change not followed" in line]

    assert {json.loads(line)["bug"] for line in lines} == {"ValueError"}
    assert "Traceback" not in day.written


def test_an_event_that_fails_ends_without_the_text_of_what_failed(capfd: pytest.CaptureFixture[str]) -> None:
    def stumble(event: Any) -> None:
        raise ValueError(f"{MARK} {event}")

    with pytest.raises(EventFailed) as failed:
        without_texts(PHONE, stumble)

    written = "".join([*capfd.readouterr(), *format_exception(failed.value)])
    assert "EventFailed" in written
    assert not any(word in written for word in TELLING)


@pytest.fixture
def no_table(engine: Engine) -> Iterator[None]:  # noqa: ARG001 - it runs, and has no such table
    """The application looks for a table that is not there."""
    base.use("no-such-table")
    yield
    base.use(os.environ["TABLE_NAME"])


@pytest.mark.usefixtures("no_table")
@pytest.mark.parametrize(
    "handler",
    [
        app.on_change,
        app.on_fanout,
        app.on_socket,
        app.on_reminder,
        app.sweep,
        app.remind,
        app.seal,
        app.close_day,
    ],
    ids=["on_change", "on_fanout", "on_socket", "on_reminder", "sweep", "remind", "seal", "close_day"],
)
def test_every_handler_of_events_ends_so(handler: Callable[..., Any]) -> None:
    scheduled = dict.fromkeys(("version", "account", "region", "detail", "detail-type", "source", "time", "id"), "")

    with pytest.raises(EventFailed):
        handler({**scheduled, "resources": [], "Records": [MARK]}, lambda_context("x"))
