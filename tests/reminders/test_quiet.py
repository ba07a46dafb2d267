"""Quiet hours: over midnight, across clock changes, and what becomes of what falls into them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.reminders import quiet
from chalicelib.reminders.kinds import Channel, Kind
from chalicelib.reminders.quiet import NIGHT, QuietHours

UTC_ZONE, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def settled(
    due: datetime,
    *,
    start: datetime,
    kind: Kind = "reminder",
    channel: Channel = "sms",
    since: datetime | None = None,
) -> datetime | None:
    booked = since or due - timedelta(days=5)
    return quiet.settle(due, kind=kind, channel=channel, quiet=NIGHT, zone=UTC_ZONE, since=booked, start=start)


@pytest.mark.parametrize(
    ("hour", "minute", "is_quiet"),
    [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (7, 59, True), (8, 0, False), (12, 0, False)],
)
def test_the_night_is_quiet_on_both_sides_of_midnight(hour: int, minute: int, is_quiet: bool) -> None:
    assert (NIGHT.around(at(10, hour, minute), UTC_ZONE) is not None) is is_quiet


def test_quiet_hours_within_a_day_are_quiet_within_it() -> None:
    rest = QuietHours(time(13), time(15))

    assert rest.around(at(10, 14), UTC_ZONE) == (at(10, 13), at(10, 15))
    assert rest.around(at(10, 15), UTC_ZONE) is None


def test_equal_times_are_no_quiet_hours() -> None:
    assert QuietHours(time(8), time(8)).around(at(10, 8), UTC_ZONE) is None


def test_what_falls_into_the_night_waits_for_the_morning() -> None:
    assert settled(at(10, 23), start=at(11, 12)) == at(11, 8)
    assert settled(at(11, 3), start=at(11, 12)) == at(11, 8)


def test_what_would_come_too_late_in_the_morning_comes_the_evening_before() -> None:
    assert settled(at(11, 6), start=at(11, 8)) == at(10, 20, 55)
    assert settled(at(11, 7, 30), start=at(11, 8, 29)) == at(10, 20, 55)
    assert settled(at(11, 7, 30), start=at(11, 8, 30)) == at(11, 8)


def test_what_was_booked_in_the_night_for_its_end_is_not_reminded_of() -> None:
    assert settled(at(11, 6), start=at(11, 8), since=at(10, 22)) is None


def test_news_of_the_night_comes_at_once_when_the_morning_is_too_late() -> None:
    assert settled(at(11, 3), start=at(11, 8), kind="cancellation") == at(11, 3)
    assert settled(at(11, 3), start=at(11, 12), kind="cancellation") == at(11, 8)


@pytest.mark.parametrize(("kind", "channel"), [("reminder", "email"), ("join_link", "sms"), ("you_are_next", "push")])
def test_an_email_and_a_visit_that_begins_now_know_no_night(kind: Kind, channel: Channel) -> None:
    assert settled(at(11, 3), start=at(11, 3, 10), kind=kind, channel=channel) == at(11, 3)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 8, 6, tzinfo=UTC), 10), (datetime(2026, 11, 1, 6, tzinfo=UTC), 12)],
)
def test_the_night_of_a_clock_change_ends_at_eight_on_the_wall(day: datetime, hours: int) -> None:
    stretch = NIGHT.around(day, NEW_YORK)

    assert stretch is not None
    assert [one.astimezone(NEW_YORK).time() for one in stretch] == [time(21), time(8)]
    assert stretch[1] - stretch[0] == timedelta(hours=hours)


times = st.times().map(lambda one: one.replace(second=0, microsecond=0))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone comes after
zones = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"])


@given(instants, times, times, zones.map(ZoneInfo), st.integers(0, 3000), st.integers(0, 20_000))
def test_a_reminder_is_never_sent_in_the_quiet_hours_nor_after_the_start(  # noqa: PLR0917 - as drawn
    due: datetime, begin: time, end: time, zone: ZoneInfo, ahead: int, booked: int
) -> None:
    hours, start = QuietHours(begin, end), due + timedelta(minutes=ahead)

    found = quiet.settle(
        due, kind="reminder", channel="sms", quiet=hours, zone=zone, since=due - timedelta(minutes=booked), start=start
    )

    assert found is None or hours.around(found, zone) is None or _is_short(hours)
    assert found is None or due - timedelta(minutes=booked) <= found <= start


def _is_short(hours: QuietHours) -> bool:
    """Whether so little of the day is left that coming earlier lands in the quiet hours of the day before."""
    loud = (hours.begin.hour * 60 + hours.begin.minute - hours.end.hour * 60 - hours.end.minute) % 1440
    return loud <= 70
