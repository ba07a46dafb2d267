"""The clock on the wall: a doctor who has not begun, pauses or is late, and a clinic that stays open past midnight."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.stamps import Stamp
from chalicelib.queue import calling, joining
from chalicelib.queue.board import board
from chalicelib.queue.joining import Joining
from chalicelib.table.queue import EntryItem
from tests.builders import Clinic, clinic, make_patient
from tests.client import Client

MONDAY = datetime(2026, 12, 7, tzinfo=UTC)
HOURS = {
    "hours": [{"weekdays": [0], "start": "09:00", "end": "17:00"}],
    "breaks": [{"weekdays": [0], "start": "12:00", "end": "13:00"}],
}
LATE_HOURS = {"hours": [{"weekdays": [0], "start": "18:00", "end": "24:00"}]}


def at(hour: float) -> datetime:
    """A time of that Monday, or of the night after it."""
    return MONDAY + timedelta(hours=hour)


def join(api: Client, place: Clinic, hour: float) -> EntryItem:
    """An entry of a patient of its own who joins at that time."""
    stamp = Stamp(by=SYSTEM, now=at(hour), request_id=f"join-{hour}")
    wish = Joining(
        doctor_id=place.doctor["id"],
        patient_id=make_patient(api)["id"],
        location_id=place.location["id"],
        stamp=stamp,
    )
    return joining.join(wish).item


def wait_of(entry: EntryItem, hour: float) -> float:
    """The wait of an entry, in minutes from that time."""
    there = board(entry.location_id, at(hour).date(), at(hour)).find(entry.id)
    assert there is not None
    assert there.estimate is not None
    return there.estimate.p50


@pytest.mark.parametrize(
    ("hour", "least"),
    [(8.0, 60.0), (8.5, 30.0), (9.0, 0.0), (12.25, 45.0)],
    ids=["an hour before", "half an hour before", "in time", "in the break"],
)
def test_nobody_is_seen_before_the_doctor_is_there(api: Client, hour: float, least: float) -> None:
    entry = join(api, clinic(api, schedule=HOURS), hour)

    wait = wait_of(entry, hour)

    assert wait == pytest.approx(least, abs=0.01)


@pytest.mark.parametrize(("hour", "more"), [(9.1, 6.0), (9.5, 15.0)])
def test_a_doctor_who_is_late_is_thought_to_stay_so_for_as_long_but_not_for_ever(
    api: Client, hour: float, more: float
) -> None:
    entry = join(api, clinic(api, schedule=HOURS), 8.5)

    wait = wait_of(entry, hour)

    assert wait == pytest.approx(more, abs=0.01)


def test_a_doctor_who_has_called_somebody_is_not_late_any_more(api: Client) -> None:
    place = clinic(api, schedule=HOURS)
    join(api, place, 8.5)
    second = join(api, place, 8.6)
    before = wait_of(second, 9.5)

    calling.call_next(
        doctor_id=place.doctor["id"],
        location_id=place.location["id"],
        stamp=Stamp(by=SYSTEM, now=at(9.5), request_id="call"),
    )

    assert wait_of(second, 9.5) == pytest.approx(before - 15, abs=0.01)


def test_a_doctor_who_sees_patients_after_hours_is_thought_to_stay_and_not_to_come_back_tomorrow(api: Client) -> None:
    place = clinic(api, schedule={"hours": [{"weekdays": [0, 1], "start": "09:00", "end": "17:00"}]})
    join(api, place, 16.5)
    second = join(api, place, 16.6)
    gone_home = wait_of(second, 17.3)

    calling.call_next(
        doctor_id=place.doctor["id"],
        location_id=place.location["id"],
        stamp=Stamp(by=SYSTEM, now=at(17.3), request_id="call"),
    )

    assert gone_home == pytest.approx((24 + 9 - 17.3) * 60, abs=60)
    assert wait_of(second, 17.4) < 60


def test_who_waits_at_midnight_is_still_there_after_it_and_is_called(api: Client) -> None:
    place = clinic(api, schedule=LATE_HOURS)
    evening = join(api, place, 23.9)
    night = join(api, place, 24.5)
    stamp = Stamp(by=SYSTEM, now=at(24.6), request_id="call")

    shown = board(place.location["id"], at(24.6).date(), at(24.6))
    called = calling.call_next(doctor_id=place.doctor["id"], location_id=place.location["id"], stamp=stamp).entry

    assert [one.entry.token_number for line in shown.lines for one in line.standing] == ["20261207-001", "20261208-001"]
    assert called.id == evening.id
    assert night.token_number == "20261208-001"


def test_at_three_the_day_before_is_over(api: Client) -> None:
    place = clinic(api, schedule=LATE_HOURS)
    join(api, place, 23.9)

    shown = board(place.location["id"], at(27).date(), at(27))

    assert shown.lines == ()
