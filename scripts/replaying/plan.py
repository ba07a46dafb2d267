"""What a replay needs: a location per neighbourhood, doctors enough for its fullest day, and each row's wish."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scripts.replaying.rows import Row

SLOT_MINUTES = 20
HOURS = (("08:00", "12:00"), ("13:00", "17:00"))  # 24 slots, of which the daily cap leaves 20
DAILY_CAP = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One location and its doctors; each has a usual room of the same number."""

    id: str
    name: str
    doctor_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One row as a booking to be made: `due` seconds after the first, on `visit`, with the first doctor if possible."""

    number: int
    due: float
    visit: date
    too_late: bool
    patient_id: str
    doctor_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole replay; patients are id → gender."""

    places: list[Place]
    patients: dict[str, str]
    wishes: list[Wish]

    @property
    def doctor_ids(self) -> list[str]:
        """Everyone who works there."""
        return [doctor_id for place in self.places for doctor_id in place.doctor_ids]


def make(rows: Sequence[Row], today: date) -> Plan:
    """The replay of these rows, shifted by whole weeks so that all days that were to come are after `today`."""
    shift = timedelta(weeks=(today - rows[0].made.date()).days // 7 + 1)
    places = {name: _place(name, doctors) for name, doctors in _doctors_needed(rows).items()}
    before: Counter[tuple[str, date]] = Counter()
    wishes = []
    for number, row in enumerate(rows):
        doctors = places[row.place].doctor_ids
        first = before[row.place, row.visit] % len(doctors)
        before[row.place, row.visit] += 1
        wishes.append(
            Wish(
                number=number,
                due=(row.made - rows[0].made).total_seconds(),
                visit=row.visit + shift,
                too_late=row.visit < row.made.date(),
                patient_id=_patient_id(row),
                doctor_ids=doctors[first:] + doctors[:first],
            )
        )
    return Plan(list(places.values()), {_patient_id(row): row.gender for row in rows}, wishes)


def _doctors_needed(rows: Sequence[Row]) -> dict[str, int]:
    by_day: dict[str, Counter[date]] = defaultdict(Counter)
    for row in rows:
        by_day[row.place][row.visit] += 1
    return {name: -(-max(days.values()) // DAILY_CAP) for name, days in sorted(by_day.items())}


def _place(name: str, doctors: int) -> Place:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
    return Place(f"loc_{slug}", name.title(), tuple(f"doc_{slug}_{number}" for number in range(1, doctors + 1)))


def _patient_id(row: Row) -> str:
    return f"pat_replay_{row.patient}"
