"""The real bookings: rows of a gzip csv, and those that were made on certain days."""

import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path


class BadFile(Exception):
    """The file does not hold bookings; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One booking: when it was made, for which day, for whom, where, and whether the patient did not come."""

    made: datetime
    visit: date
    patient: str
    gender: str
    place: str
    missed: bool = False


def read(path: Path) -> list[Row]:
    """All rows, in the order in which the bookings were made; BadFile when they cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            found = [_row(fields) for fields in csv.DictReader(file)]
    except OSError as failure:
        raise BadFile(f"{path} cannot be read: {failure.strerror or failure}") from None
    except (KeyError, ValueError, EOFError) as failure:
        raise BadFile(f"{path} is not a gzip csv of bookings: {failure}") from None
    if not found:
        raise BadFile(f"{path} holds no bookings")
    return sorted(found, key=lambda row: row.made)


def busiest(rows: list[Row]) -> date:
    """The day on which most bookings were made."""
    return Counter(row.made.date() for row in rows).most_common(1)[0][0]


def made_on(rows: list[Row], day: date, days: int) -> list[Row]:
    """The bookings made on `days` days from `day` on; BadFile when there are none."""
    found = [row for row in rows if day <= row.made.date() < day + timedelta(days=days)]
    if not found:
        raise BadFile(f"no bookings were made on {day}")
    return found


def _row(fields: dict[str, str]) -> Row:
    return Row(
        made=datetime.fromisoformat(fields["ScheduledDay"]),
        visit=datetime.fromisoformat(fields["AppointmentDay"]).date(),
        patient=fields["PatientId"],
        gender={"F": "female", "M": "male"}.get(fields["Gender"], "unknown"),
        place=fields["Neighbourhood"],
        missed=fields.get("No-show") == "Yes",
    )
