"""The log of an office: one row for each thing that was told or taken over, kept for ninety days.

A row names ids and fields, no values of a patient's. What AdvancedMD itself wrote when it refused is sealed. Beside it
stands which weeks of it were summed up and sent to somebody.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kit import ids
from chalicelib.table import base, keys
from chalicelib.table.base import Item, Raw

KEPT_SECONDS = 90 * 86_400


class OfficeLogItem(Item, discriminator="officelog"):
    """`operation` is push, pull, link, unlink, or which side was kept; `thing` says of what.

    `fields` name what went over, and `updated_by` is who had it done.
    """

    operation = UnicodeAttribute()
    thing = UnicodeAttribute()
    thing_id = UnicodeAttribute()
    patient_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    error = UnicodeAttribute(null=True)
    sealed = UnicodeAttribute(null=True)
    fields: Any = JSONAttribute(null=True)
    milliseconds = NumberAttribute(null=True)

    @property
    def at(self) -> str:
        """When it was."""
        return str(self.SK).split("#")[-2]

    @property
    def id(self) -> str:
        """The row's id."""
        return str(self.SK).split("#")[-1]


class Counted(NamedTuple):
    """What is counted of a row."""

    thing: str
    status: str
    error: str | None
    milliseconds: float | None
    at: str


class WeekItem(Item, discriminator="officeweek"):
    """That the summary of the week that ends on this Monday is being sent, or was."""


def note(office_key: str, *, at: str, expires_at: int, row_id: str = "", **fields: Any) -> None:
    """Write a row, beside its patient too if it has one; one of the same time and id stands in place of the earlier."""
    row_id, patient_id = row_id or ids.new("log"), fields.get("patient_id")
    places = [keys.office(office_key, "LOG", at, row_id)]
    places += [keys.patient_log(patient_id, at, row_id)] if patient_id else []
    base.put_many([OfficeLogItem(*place, expires_at=expires_at, **fields) for place in places])


def rows(office_key: str, *, first: str, last: str, after: Raw | None = None) -> Iterator[OfficeLogItem]:
    """The rows from an instant until before another, the newest first."""
    between = (f"LOG#{first}", f"LOG#{last}")
    for raw, _ in base.query(keys.office(office_key).pk, between=between, newest_first=True, after=after):
        yield OfficeLogItem.from_raw_data(raw)


def counted(office_key: str, *, first: str, last: str) -> Iterator[Counted]:
    """What is counted of these rows, the newest first: read without what nobody counts."""
    between, pk = (f"LOG#{first}", f"LOG#{last}"), keys.office(office_key).pk
    for raw, _ in base.query(pk, between=between, newest_first=True, only=(*Counted._fields[:-1], "SK")):
        told = {name: next(iter(value.values())) for name, value in raw.items()}
        spent = told.get("milliseconds")
        yield Counted(
            told["thing"],
            told["status"],
            told.get("error"),
            None if spent is None else float(spent),
            told["SK"].split("#")[1],
        )


def of_patient(patient_id: str, *, first: str, limit: int) -> list[OfficeLogItem]:
    """The newest rows of a patient since an instant."""
    place = keys.patient_log(patient_id, first, "")
    found = base.query(
        place.pk, between=(place.sk, keys.patient_log(patient_id, "~", "").sk), newest_first=True, limit=limit
    )
    return [OfficeLogItem.from_raw_data(raw) for raw, _ in islice(found, limit)]


def newest(office_key: str) -> str:
    """What the newest row is known by; empty when there is none."""
    found = base.query(keys.office(office_key).pk, between=("LOG#", "LOG#~"), newest_first=True, limit=1, only=("SK",))
    return next((str(raw["SK"]["S"]) for raw, _ in found), "")


def place(office_key: str, at: str, row_id: str) -> Raw:
    """Where a row stands, to go on behind it."""
    return base.primary(keys.office(office_key, "LOG", at, row_id))


def is_told(office_key: str, monday: str) -> bool:
    """Whether somebody has the summary of the week that ends on this Monday, or is sending it."""
    return base.get(keys.office(office_key, "WEEK", monday)) is not None


def claim(office_key: str, monday: str, *, expires_at: int) -> bool:
    """Send the summary of this week; False when somebody else does, or has."""
    return base.put_new(WeekItem(*keys.office(office_key, "WEEK", monday), expires_at=expires_at))


def give_back(office_key: str, monday: str) -> None:
    """It was certainly not sent: somebody may try again."""
    base.delete_many([keys.office(office_key, "WEEK", monday)])
