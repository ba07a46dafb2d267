"""Schedules fire at the minutes that their expressions name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.schedules import Scheduler, Unsupported, due

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def minutes_of(expression: str, *, hours: int = 24) -> list[str]:
    is_due = due(expression)
    times = (MONDAY + timedelta(minutes=minute) for minute in range(hours * 60))
    return [f"{time:%a %H:%M}" for time in times if is_due(time)]


@pytest.mark.parametrize(
    ("expression", "hours", "expected"),
    [
        ("rate(1 hour)", 3, ["Mon 00:00", "Mon 01:00", "Mon 02:00"]),
        ("rate(20 minutes)", 1, ["Mon 00:00", "Mon 00:20", "Mon 00:40"]),
        ("rate(1 day)", 48, ["Mon 00:00", "Tue 00:00"]),
        ("cron(30 6 * * ? *)", 48, ["Mon 06:30", "Tue 06:30"]),
        ("cron(0/30 9-10 ? * MON *)", 48, ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30"]),
        ("cron(5,10 0 23 NOV ? 2026)", 48, ["Mon 00:05", "Mon 00:10"]),
        ("cron(0 0 ? * 3-7 *)", 72, ["Tue 00:00", "Wed 00:00"]),
    ],
)
def test_an_expression_fires_when_eventbridge_would(expression: str, hours: int, expected: list[str]) -> None:
    assert minutes_of(expression, hours=hours) == expected


def test_every_minute_is_every_minute() -> None:
    assert len(minutes_of("rate(1 minute)", hours=1)) == 60


@pytest.mark.parametrize("expression", ["rate(0 minutes)", "rate(1 week)", "cron(0 0 L * ? *)", "cron(0 0)", "daily"])
def test_what_it_cannot_do_it_refuses(expression: str) -> None:
    with pytest.raises(Unsupported):
        due(expression)


def test_a_tick_calls_the_due_handlers_and_survives_a_failing_one() -> None:
    events: list[dict[str, Any]] = []
    failing: dict[str, Any] = {"sweep": ("rate(1 minute)", lambda event, _: events.append(event))}
    scheduler = Scheduler(failing | {"broken": ("rate(1 minute)", None), "later": ("rate(2 minutes)", None)})

    fired = scheduler.tick(MONDAY + timedelta(minutes=1))
    for thread in fired:
        thread.join()

    assert len(fired) == 2
    assert [event["time"] for event in events] == ["2026-11-23T00:01:00Z"]
    assert events[0]["detail-type"] == "Scheduled Event"
