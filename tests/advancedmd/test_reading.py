"""What has changed at the office is read to its end, and whom the clinic shares with it is recognised there."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.advancedmd import changes, recognising
from chalicelib.advancedmd.matching import Match, Person
from chalicelib.gateways.advancedmd import visits
from chalicelib.gateways.advancedmd.office import Office
from infra.local.demo_clinic import PATIENTS
from infra.simulators.advancedmd import front_desk
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.clients import at_simulator
from tests.advancedmd.speaking import wish

Do = Callable[..., dict[str, int]]


@pytest.fixture
def office(running: Running) -> Office:
    return at_simulator(running)


@pytest.fixture
def desk(running: Running) -> Do:
    """Somebody at the office does something."""
    at_work = running.whole.desk(running.whole.offices["162882"])
    return lambda kind, **fields: front_desk.do(at_work, {"kind": kind} | fields)


def test_a_charge_is_no_deletion_and_each_reading_goes_on_where_the_last_ended(
    running: Running, office: Office, desk: Do
) -> None:
    start = changes.since(office, "2026-12-05T00:00:00").server_time
    desk("charge", id=9000001)
    desk("delete", id=9000002)
    desk("checkin", id=9000004)

    found = changes.since(office, start)
    nothing = changes.since(office, found.server_time)

    assert {one.id: (one.status, one.charged) for one in found.there} == {9000001: (0, True), 9000004: (1, False)}
    assert found.gone == (9000002,)
    assert (nothing.there, nothing.gone) == ((), ())
    assert len(running.whole.calls.rows(action="getvisitsbyid")) == 1


def test_more_than_a_thousand_are_read_by_their_ids(running: Running, office: Office, desk: Do) -> None:
    start = changes.since(office, "2026-12-05T00:00:00").server_time
    made = {desk("book", force=True, **wish())["id"] for _ in range(1_100)}

    found = changes.since(office, start)

    assert {one.id for one in found.there} == made
    assert all(one.start is not None and one.mark is None for one in found.there)
    assert len(running.whole.calls.rows(action="getvisitsbyid")) == 3


def test_what_was_added_and_deleted_between_two_readings_is_told_by_none_of_them(office: Office, desk: Do) -> None:
    start = changes.since(office, "2026-12-05T00:00:00").server_time
    desk("delete", id=desk("book", **wish())["id"])

    found = changes.since(office, start)

    assert (found.there, found.gone) == ((), ())


def test_the_hour_that_comes_twice_hides_a_change_from_the_increments_and_not_from_the_days(
    running: Running, office: Office, desk: Do
) -> None:
    """Why there is a sweep: servertime is wall time without an offset."""
    running.whole.clock.stand(datetime(2026, 11, 1, 7, 50, tzinfo=UTC))  # 01:50 in Denver, for the first time
    start = changes.since(office, "2026-10-31T00:00:00").server_time
    running.whole.clock.advance(timedelta(minutes=20))  # 01:10, for the second time
    made = desk("book", **wish())["id"]
    running.whole.clock.advance(timedelta(hours=1))

    increments = changes.since(office, start)
    days = [visits.of_day(office, date(2027, 3, day)).visits for day in (1, 2)]

    assert increments.there == ()
    assert [[one.id for one in day] for day in days] == [[made], []]


def person(number: int) -> Person:
    row = PATIENTS[number]
    born = date.fromisoformat(row["date_of_birth"]) if "date_of_birth" in row else None
    return Person(row["first_name"], row["last_name"], born, row["phone"], row["email"])


@pytest.mark.parametrize(("number", "found"), [(0, 148), (1, 159), (6, 161), (11, 160)])
def test_the_demo_clinics_patients_are_recognised_at_the_demo_office(office: Office, number: int, found: int) -> None:
    assert recognising.patient(office, person(number)).found == found


def test_who_is_not_there_is_nobody_after_two_look_ups(running: Running, office: Office) -> None:
    match = recognising.patient(office, person(20))

    assert match == Match(None)
    assert len(running.whole.calls.rows(action="lookuppatient")) == 2


@pytest.mark.parametrize(("name", "found"), [("Dr. Smith", 3), ("Dr. Akosua Mensahene", 4), ("Dr. Nobody", None)])
def test_the_demo_clinics_doctors_are_recognised(office: Office, name: str, found: int | None) -> None:
    assert recognising.doctor(office, name).found == found
