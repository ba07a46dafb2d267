"""Figures are measured where it is morning, whatever the hour."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scripts.metering import morning


@pytest.mark.parametrize("hour", range(24))
def test_at_every_hour_it_is_nine_o_clock_somewhere(hour: int) -> None:
    now = datetime(2026, 1, 15, hour, 30, tzinfo=UTC)

    there = now.astimezone(ZoneInfo(morning.zone_of(hour)))

    assert (there.hour, there.minute) == (9, 30)
