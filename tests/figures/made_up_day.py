"""A made-up day of bookings in the shape of a real one: mornings, few large places, four in ten for the same day."""

import random
from datetime import UTC, datetime, timedelta
from math import exp

from scripts.replaying.rows import Row

_DAY = datetime(2016, 5, 2, tzinfo=UTC)
_PLACES = 78
_BY_HOUR = {
    6: 16,
    7: 151,
    8: 126,
    9: 125,
    10: 98,
    11: 117,
    12: 43,
    13: 58,
    14: 74,
    15: 70,
    16: 52,
    17: 36,
    18: 16,
    19: 18,
}
_AHEAD = {
    0: 41,
    1: 8,
    2: 12,
    3: 4,
    4: 2,
    7: 6,
    8: 4,
    9: 4,
    10: 3,
    11: 2,
    14: 3,
    15: 2,
    16: 2,
    17: 2,
    18: 1,
    22: 1,
    23: 1,
}


def rows(count: int, *, seed: int = 1) -> list[Row]:
    """So many bookings, in the order in which they were made; patients make several each: few need to be registered."""
    dice = random.Random(seed)
    hours = dice.choices(list(_BY_HOUR), list(_BY_HOUR.values()), k=count)
    made = sorted(_DAY + timedelta(hours=hour, seconds=dice.randrange(3600)) for hour in hours)
    places = dice.choices(range(_PLACES), [exp(-place / 15) for place in range(_PLACES)], k=count)
    ahead = dice.choices(list(_AHEAD), list(_AHEAD.values()), k=count)
    patients = [dice.randrange(max(1, count // 3)) for _ in range(count)]
    return [
        Row(moment, moment.date() + timedelta(days=days), f"{patient}", "unknown", f"PLACE {place}")
        for moment, days, place, patient in zip(made, ahead, places, patients, strict=True)
    ]
