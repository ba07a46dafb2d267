"""The audit of the whole table: silent about what the application wrote, and about nothing that someone else did."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.table import base
from infra import table_audit
from infra.local.resources import create_table
from infra.local.testing import Engine
from infra.table_audit import Report
from tests.builders import Clinic, clinic, make_patient, make_room
from tests.client import Client

TABLE = "careslot-audited"
DAY = (datetime.now(UTC) + timedelta(days=30)).date()
HOURS = {"hours": [{"start": "00:00", "end": "24:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}]}
Data = dict[str, Any]


@pytest.fixture
def table(engine: Engine) -> Iterator[Any]:
    """A client of an empty table that the application uses for the time of the test."""
    usual, client = base.table_name(), engine.client("dynamodb")
    create_table(client, TABLE)
    base.use(TABLE)
    yield client
    base.use(usual)
    client.delete_table(TableName=TABLE)


@pytest.fixture
def audit(table: Any) -> Callable[[], Report]:
    return lambda: table_audit.audit(table, TABLE, datetime.now(UTC))


def kinds(report: Report) -> set[str]:
    return {violation.kind for violation in report.violations}


def buffered(api: Client, **schedule: Any) -> Clinic:
    """A clinic whose doctor needs five minutes before and ten after, in a room that needs ten more."""
    return clinic(api, schedule=HOURS | {"buffer_before": 5, "buffer_after": 10} | schedule)


def ask(place: Clinic, time: str, **fields: Any) -> Data:
    body = {
        "doctor_id": place.doctor["id"],
        "patient_id": place.patient["id"],
        "scheduled_date": f"{DAY}T{time}:00Z",
    }
    return body | fields


def book(api: Client, place: Clinic, time: str, path: str = "", **fields: Any) -> Data:
    answer = api.as_("admin").post(f"/api/appointments{path}", ask(place, time, **fields))
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def change(table: Any, pk: str, sk: str, expression: str, **values: Any) -> None:
    """Tamper with one item."""
    named = {f":{name}": value for name, value in values.items()}
    key = {"PK": {"S": pk}, "SK": {"S": sk}}
    extra = {"ExpressionAttributeValues": named} if named else {}
    table.update_item(TableName=TABLE, Key=key, UpdateExpression=expression, **extra)


def copy(table: Any, pk: str, sk: str, **fields: Any) -> None:
    """Put an item's twin beside it, with other fields."""
    item = table.get_item(TableName=TABLE, Key={"PK": {"S": pk}, "SK": {"S": sk}})["Item"]
    table.put_item(TableName=TABLE, Item=item | fields)


def of(made: Data) -> tuple[str, str]:
    return f"APPOINTMENT#{made['id']}", "APPOINTMENT"


def sheet(kind: str, thing_id: str) -> tuple[str, str]:
    return f"{kind}#{thing_id}", f"DAY#{DAY}"


def test_a_table_that_only_the_application_wrote_is_clean(api: Client, audit: Callable[[], Report]) -> None:
    place = buffered(api)
    admin = api.as_("admin")
    moved, cancelled = book(api, place, "10:00"), book(api, place, "11:00")
    book(api, place, "23:30", duration_minutes=60)
    book(api, place, "15:00", "/hold")
    confirmed = book(api, place, "16:00", "/hold")

    admin.put(f"/api/appointments/{moved['id']}/reschedule", {"scheduled_date": f"{DAY}T12:00:00Z"})
    admin.delete(f"/api/appointments/{cancelled['id']}")
    admin.post(f"/api/appointments/{confirmed['id']}/confirm", {})
    report = audit()

    assert report.ok, str(report)
    assert len(report.snapshot.appointments) == 5
    assert "5 appointments (4 active): 0 violations" in str(report)


def test_as_many_as_the_schedule_allows_may_share_a_time(api: Client, audit: Callable[[], Report]) -> None:
    place = clinic(api, schedule=HOURS | {"capacity": 2}, rooms=0)
    make_room(api, place.location["id"], capacity=2)

    book(api, place, "10:00")
    book(api, place, "10:00", patient_id=make_patient(api)["id"])

    assert audit().ok


def test_two_at_one_time_are_found(api: Client, table: Any, audit: Callable[[], Report]) -> None:
    made = book(api, buffered(api), "10:00")

    copy(table, *of(made), PK={"S": "APPOINTMENT#ghost"}, number={"S": "APT-1"})

    found = [violation for violation in audit().violations if violation.kind == "overlap"]
    assert len(found) == 3  # doctor, patient and room
    assert all(made["id"] in violation.detail and "ghost" in violation.detail for violation in found)


@pytest.mark.parametrize("resource", ["DOCTOR", "PATIENT", "ROOM"])
def test_a_cell_that_no_appointment_explains_is_found(
    api: Client, table: Any, audit: Callable[[], Report], resource: str
) -> None:
    made = book(api, buffered(api), "10:00")

    change(table, *sheet(resource, made[f"{resource.lower()}_id"]), "ADD a0 :one", one={"N": "1"})

    report = audit()
    assert kinds(report) == {"orphaned_cell"}
    assert report.violations[0].detail.startswith("a0 ")


@pytest.mark.parametrize(("resource", "cell"), [("DOCTOR", "jB"), ("PATIENT", "k0"), ("ROOM", "k5")])
def test_an_appointment_without_its_cell_is_found(
    api: Client, table: Any, audit: Callable[[], Report], resource: str, cell: str
) -> None:
    made = book(api, buffered(api), "10:00")

    change(table, *sheet(resource, made[f"{resource.lower()}_id"]), f"REMOVE {cell}")

    report = audit()
    assert kinds(report) == {"missing_cell"}
    assert made["id"] in report.violations[0].detail


def test_a_whole_sheet_that_is_gone_is_found_until_its_time_has_passed(
    api: Client, table: Any, audit: Callable[[], Report]
) -> None:
    made = book(api, buffered(api), "10:00")

    pk, sk = sheet("PATIENT", made["patient_id"])
    table.delete_item(TableName=TABLE, Key={"PK": {"S": pk}, "SK": {"S": sk}})

    assert kinds(audit()) == {"missing_cell", "count_mismatch"}
    assert table_audit.audit(table, TABLE, datetime.now(UTC) + timedelta(days=100)).ok


def test_a_wrong_daily_count_is_found(api: Client, table: Any, audit: Callable[[], Report]) -> None:
    made = book(api, buffered(api), "10:00")

    change(table, *sheet("DOCTOR", made["doctor_id"]), "ADD n :one", one={"N": "1"})

    assert kinds(audit()) == {"count_mismatch"}


def test_a_mark_without_its_hold_is_found(api: Client, table: Any, audit: Callable[[], Report]) -> None:
    made = book(api, buffered(api), "10:00")

    change(table, *sheet("ROOM", made["room_id"]), "SET h_apt_x = :mark", mark={"S": "1,2,3,0"})

    assert kinds(audit()) == {"stray_hold"}


@pytest.mark.parametrize("tampering", ["REMOVE {}", "SET {} = :mark"])
def test_a_hold_without_its_mark_is_found(api: Client, table: Any, audit: Callable[[], Report], tampering: str) -> None:
    held = book(api, buffered(api), "10:00", "/hold")
    values = {"mark": {"S": "1,2,3,0"}} if ":mark" in tampering else {}

    change(table, *sheet("DOCTOR", held["doctor_id"]), tampering.format(f"h_{held['id']}"), **values)

    assert kinds(audit()) == {"hold_unmarked"}


def test_an_expired_hold_that_nobody_has_cleared_yet_is_no_violation(api: Client, table: Any) -> None:
    book(api, buffered(api), "10:00", "/hold")

    report = table_audit.audit(table, TABLE, datetime.now(UTC) + timedelta(hours=1))

    assert report.ok, str(report)


def test_a_hold_that_the_patient_is_not_charged_with_is_found(
    api: Client, table: Any, audit: Callable[[], Report]
) -> None:
    held = book(api, buffered(api), "10:00", "/hold")

    change(table, f"PATIENT#{held['patient_id']}", "TALLY", f"REMOVE h_{held['id']}")

    assert kinds(audit()) == {"patient_holds"}


def test_a_number_given_twice_is_found(api: Client, table: Any, audit: Callable[[], Report]) -> None:
    place = buffered(api)
    first, second = book(api, place, "10:00"), book(api, place, "12:00")

    copy(table, *of(second), number={"S": first["appointment_number"]})
    copy(table, f"PATIENT#{place.patient['id']}", "PROFILE", PK={"S": "PATIENT#twin"})

    assert [violation.kind for violation in audit().violations] == ["duplicate_number", "duplicate_number"]


@pytest.mark.parametrize("resource", ["DOCTOR", "PATIENT", "ROOM", "LOCATION"])
def test_an_appointment_with_someone_who_does_not_exist_is_found(
    api: Client, table: Any, audit: Callable[[], Report], resource: str
) -> None:
    made = book(api, buffered(api), "10:00")

    key = {"PK": {"S": f"{resource}#{made[f'{resource.lower()}_id']}"}, "SK": {"S": "PROFILE"}}
    table.delete_item(TableName=TABLE, Key=key)

    assert kinds(audit()) == {"dangling"}


def test_what_callers_were_told_is_compared_with_what_is_there(
    api: Client, table: Any, audit: Callable[[], Report]
) -> None:
    place = buffered(api)
    told, moved, gone, ghost = (book(api, place, time) for time in ("08:00", "10:00", "12:00", "14:00"))
    table.delete_item(TableName=TABLE, Key={"PK": {"S": f"APPOINTMENT#{gone['id']}"}, "SK": {"S": "APPOINTMENT"}})

    comparison = audit().compare(
        {
            told["id"]: told["scheduled_date"],
            moved["id"]: f"{DAY}T10:30:00+00:00",
            gone["id"]: gone["scheduled_date"],
        }
    )

    assert comparison.lost.keys() == {moved["id"], gone["id"]}
    assert comparison.ghosts == [ghost["id"]]


def test_nothing_is_lost_or_a_ghost_among_what_was_never_answered_or_is_another_doctors(
    api: Client, audit: Callable[[], Report]
) -> None:
    place, other = buffered(api), buffered(api)
    doubtful = book(api, place, "10:00")
    book(api, other, "10:00")

    comparison = audit().compare(
        {doubtful["id"]: "cancelled"}, doubtful={doubtful["id"]}, doctor_ids=[place.doctor["id"]]
    )

    assert comparison == ({}, [])


def test_the_scan_takes_every_page(api: Client, table: Any, audit: Callable[[], Report]) -> None:
    made = book(api, buffered(api), "10:00")
    for number in range(12):
        copy(table, *of(made), PK={"S": f"FILLER#{number}"}, SK={"S": "FILLER"}, notes={"S": "x" * 100_000})

    report = audit()

    assert report.snapshot.items > 12
    assert report.ok, str(report)
