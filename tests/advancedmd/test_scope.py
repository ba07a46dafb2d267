"""What is kept in step by itself, and when: rules without a clinic."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.advancedmd import scope
from chalicelib.advancedmd.setup import Setup
from chalicelib.kit import clock

ALL = scope.KINDS
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (ALL, {"start": "noon", "stage": "arrived"}),
        (["appointments"], {"start": "noon"}),
        (["statuses"], {"stage": "arrived"}),
        (["pull", "patients"], {}),
    ],
)
def test_of_a_move_and_a_check_in_only_what_is_settled_is_told(kinds: list[str], expected: dict[str, str]) -> None:
    told = scope.told({"start": "noon", "stage": "arrived"}, kinds)

    assert told == expected


def test_who_takes_up_again_what_was_cancelled_needs_its_time() -> None:
    told = scope.told({"stage": "expected"}, ["statuses"], was="cancelled")

    assert told == {}
    assert scope.told({"stage": "expected"}, ["appointments"], was="cancelled") == {"stage": "expected"}


def test_who_cancels_gives_up_the_time_and_that_is_told_with_the_times() -> None:
    told = scope.told({"stage": "cancelled"}, ["appointments"])

    assert told == {"stage": "cancelled"}


@pytest.mark.parametrize(
    ("changed", "was", "status", "kinds", "expected"),
    [
        (["status"], "scheduled", "checked_in", ["appointments"], False),
        (["status"], "scheduled", "checked_in", ["statuses"], True),
        (["status"], "scheduled", "cancelled", ["appointments"], True),
        (["status"], "cancelled", "scheduled", ["appointments"], True),
        (["status"], "cancelled", "scheduled", ["statuses"], False),
        (["status", "start"], "scheduled", "rescheduled", ["statuses"], False),
        (["start"], "scheduled", "scheduled", ["appointments"], True),
    ],
)
def test_a_change_is_followed_when_its_kind_is_settled(
    changed: list[str], was: str, status: str, kinds: list[str], expected: bool
) -> None:
    concerns = scope.concerns(changed, {"status": {"S": was}}, {"status": {"S": status}}, kinds)

    assert concerns is expected


@pytest.mark.parametrize(
    ("frequency", "now", "expected"),
    [
        ("real-time", "2026-03-08T06:30:00Z", "2026-03-08T06:30:00Z"),
        ("hourly", "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z"),
        ("hourly", "2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z"),
        ("daily", "2026-03-07T06:30:00Z", "2026-03-08T05:00:00Z"),
        ("daily", "2026-03-08T06:30:00Z", "2026-03-09T04:00:00Z"),  # a day of 23 hours there
        ("daily", "2026-11-01T06:30:00Z", "2026-11-02T05:00:00Z"),  # a day of 25
    ],
)
def test_what_is_changed_is_told_at_once_or_with_its_hour_or_its_day_there(
    frequency: str, now: str, expected: str
) -> None:
    settled = Setup("1", NEW_YORK, 13, True, frequency, {}, False)

    due: datetime = settled.due(clock.parse(now))

    assert clock.iso(due) == expected
