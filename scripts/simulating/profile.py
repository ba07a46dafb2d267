"""When patients come to a clinic, minute by minute, and how many of those who booked do not come.

From a file of real bookings (`scripts/replay` describes it) the profile is that of the bookings made for the same day,
which people make at the door, and of the no-shows among all others. Without a file it is a table of the same shape,
rounded to the half hour.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.replaying import rows

OPENS, CLOSES = 7 * 60, 16 * 60  # minutes of the day
_HALF_HOURS = (111, 105, 94, 80, 69, 60, 50, 43, 35, 31, 26, 21, 40, 43, 37, 31, 29, 24)  # per thousand, from 07:00 on
_NO_SHOWS = 0.296


@dataclass(frozen=True, slots=True)
class Profile:
    """How much each minute of the opening hours counts, and the share of booked patients who do not come."""

    minutes: Mapping[int, float]
    no_shows: float

    def arrival(self, chance: random.Random) -> float:
        """A moment at which somebody comes to the door, in minutes after opening."""
        (minute,) = chance.choices(tuple(self.minutes), tuple(self.minutes.values()))
        return minute + chance.random()


def built_in() -> Profile:
    """The profile as a table."""
    return Profile({minute: _HALF_HOURS[minute // 30] for minute in range(CLOSES - OPENS)}, _NO_SHOWS)


def of_file(path: Path) -> Profile:
    """The profile of real bookings; BadFile when they cannot be read."""
    found = rows.read(path)
    at_the_door = Counter(row.made.hour * 60 + row.made.minute for row in found if row.made.date() == row.visit)
    ahead = [row.missed for row in found if row.made.date() < row.visit]
    open_minutes = {minute - OPENS: at_the_door[minute] for minute in range(OPENS, CLOSES)}
    if not ahead or not any(open_minutes.values()):
        raise rows.BadFile(f"{path} holds no bookings of both kinds, for the same day and for later")
    return Profile(open_minutes, sum(ahead) / len(ahead))
