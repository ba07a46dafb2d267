"""The documentation's exchanges in both ways of writing: what we ask is what it prints, and what it answers is read."""

import json
from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import pytest

from chalicelib.gateways.advancedmd import masters, patients, refusals, scheduler, visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Coded, ColumnData, NewPatient, NewVisit, PatientData, VisitData
from tests.advancedmd.canned import SAMPLES, answering, sample
from tests.advancedmd.clients import at_server
from tests.advancedmd.test_codec import SERVER_TIME, same

wall = datetime.fromisoformat
NOW = wall("2026-11-20T10:44:40")
JANE = PatientData(148, "DOE,JANE A", date(1980, 2, 1), chart="1001", phone="(801)555-0100")
NEW = NewVisit(111, 147, 3, 13, wall("2026-11-23T12:00"), 15, "ours-0001", facility_id=234)
MADE = VisitData(9570263, NEW.start, 15, 0, 111, "NORTH ROOM 1", 147, 3, 234, type_id=13)
Ask = Callable[[Office], Any]


@pytest.mark.parametrize("wire", ["xml", "json"])
@pytest.mark.parametrize(
    ("name", "ask", "read"),
    [
        ("patients", lambda office: patients.by_name(office, "doe,ja"), [JANE]),
        ("references", lambda office: visits.ids_of(office, ["ours-0001", "ours-0002"]), {"ours-0001": 6123}),
        ("facilities", masters.facilities, [Coded(234, "ACC", "HARBOUR CLINIC")]),
        (
            "setup",
            masters.columns,
            [ColumnData(147, "NORTH ROOM 1", 3, 234), ColumnData(16, "SOUTH ROOM", 4, None)],
        ),
    ],
)
def test_a_message_is_written_and_its_answer_read_as_printed(name: str, ask: Ask, read: Any, wire: str) -> None:
    with answering(sample(f"{name}.reply.{wire}")) as server:
        found = ask(at_server(server.url, wire=wire))

    (asked,) = server.asked
    assert found == read
    assert same(asked.body, (SAMPLES / f"{name}.request.{wire}").read_bytes(), wire)


@pytest.mark.parametrize("wire", ["xml", "json"])
def test_a_thousand_and_one_are_ids_beside_a_fault(wire: str) -> None:
    with answering(sample(f"many.reply.{wire}")) as server:
        page = visits.changed_since(at_server(server.url, wire=wire), SERVER_TIME)

    assert ([one.id for one in page.visits], page.only_ids, page.server_time) == (
        [1, 2],
        True,
        "2026-11-20T10:20:43.113",
    )


@pytest.mark.parametrize("wire", ["xml", "json"])
@pytest.mark.parametrize("status", [HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS])
def test_too_many_calls_are_told_by_status_or_by_code(wire: str, status: int) -> None:
    with (
        answering(sample(f"busy.reply.{wire}", status)) as server,
        pytest.raises(refusals.NotYet) as early,
    ):
        visits.changed_since(at_server(server.url, wire=wire), SERVER_TIME)

    assert early.value.limited
    assert 0 < early.value.wait <= 61


@pytest.mark.parametrize("wire", ["xml", "json"])
def test_who_is_alike_is_refused_by_name(wire: str) -> None:
    with (
        answering(sample(f"alike.reply.{wire}")) as server,
        pytest.raises(refusals.AlreadyKnown) as refused,
    ):
        patients.add(at_server(server.url, wire=wire), NewPatient("Jane", "Doe", 3))

    assert refused.value.code == 4104
    assert refused.value.detail == "A patient with this name and date of birth exists."


@pytest.mark.parametrize(
    ("ask", "name", "method", "path"),
    [
        (lambda office: scheduler.create(office, NEW, now=NOW), "create", "POST", "Appointments"),
        (
            lambda office: scheduler.move(office, 9570263, column_id=147, start=wall("2026-11-24T09:30"), now=NOW),
            "move",
            "PUT",
            "appointments/9570263/move",
        ),
        (
            lambda office: scheduler.step(office, 9570263, "cancel", now=NOW),
            "cancel",
            "PUT",
            "appointments/9570263/cancel",
        ),
        (
            lambda office: scheduler.step(office, 9570263, "checkin", now=NOW),
            "checkin",
            "PUT",
            "appointments/9570263/checkin",
        ),
    ],
)
def test_the_scheduler_is_asked_as_printed_and_its_appointment_is_read(
    ask: Ask, name: str, method: str, path: str
) -> None:
    with answering(sample("appointment.reply.json", 201)) as server:
        made = ask(at_server(server.url))

    (asked,) = server.asked
    assert made == MADE
    assert (asked.method, asked.path) == (method, f"/api/api-101/APPNAME/scheduler/{path}")
    assert (asked.headers["authorization"], asked.headers["accept"]) == ("Bearer OPAQUETOKEN", "application/json")
    assert json.loads(asked.body) == json.loads((SAMPLES / f"{name}.request.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "status", "kind", "code"),
    [
        ("conflict.reply.json", 409, refusals.NotBookable, 4101),
        ("problem.reply.json", 400, refusals.Declined, 400),
    ],
)
def test_the_schedulers_refusals_are_read_as_printed(
    name: str, status: int, kind: type[refusals.Declined], code: int
) -> None:
    with answering(sample(name, status)) as server, pytest.raises(kind) as refused:
        scheduler.create(at_server(server.url), NEW, now=NOW)

    assert refused.value.code == code
