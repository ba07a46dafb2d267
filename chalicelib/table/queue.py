"""The waiting lines: a location's day with its entries, seats and last number, and how fast each doctor is.

All of one day at one location shares a partition, so that a board is one Query. Numbers are given by the line: a join
raises it from the number that it read, in one transaction with the entry, so that they have no gaps.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Self

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kit import clock
from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item
from chalicelib.table.keys import Key


class LineItem(Item, discriminator="line"):
    """One local day at one location: the last number that was given, and when the day was closed."""

    last_number = NumberAttribute()
    closed_at = UnicodeAttribute(null=True)

    @classmethod
    def is_at(cls, last_number: int) -> Condition:
        """No number was given since this one; 0 before the first."""
        return cls.last_number == last_number if last_number else cls.PK.does_not_exist()


class EntryItem(Item, discriminator="queueentry"):
    """One patient's place in a doctor's queue. Times are instants as `clock.iso` writes them, of this server only.

    `since` is the instant from which waiting counts, kept by transfers; `score` is what the entry was ranked by when
    it was last changed; `stamps` is its history; `journey` are the stages of the visit that are done,
    `next_doctor_ids` those to come and `forwarded_at` is when the present one began; `track` is what lets the patient
    follow it without signing in.
    """

    entry_key = UnicodeAttribute()
    token_number = UnicodeAttribute()
    status = UnicodeAttribute()
    doctor_id = UnicodeAttribute()
    doctor_name = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    patient_age = NumberAttribute(null=True)
    appointment_id = UnicodeAttribute(null=True)
    origin = UnicodeAttribute()
    visit_kind = UnicodeAttribute()
    planned_minutes = NumberAttribute()
    urgency_level = UnicodeAttribute()
    reason_for_visit = UnicodeAttribute(null=True)
    special_requirements = UnicodeAttribute(null=True)
    notes = UnicodeAttribute(null=True)
    asked: Any = JSONAttribute(null=True)
    score: Any = JSONAttribute(null=True)

    since = UnicodeAttribute()
    scheduled_start = UnicodeAttribute(null=True)
    called_time = UnicodeAttribute(null=True)
    consultation_start = UnicodeAttribute(null=True)
    consultation_end = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)
    room_id = UnicodeAttribute(null=True)
    room_name = UnicodeAttribute(null=True)
    transferred_from = UnicodeAttribute(null=True)
    journey: Any = JSONAttribute(null=True)
    next_doctor_ids: Any = JSONAttribute(null=True)
    forwarded_at = UnicodeAttribute(null=True)
    recalls = NumberAttribute(null=True)
    track = UnicodeAttribute()
    stamps: Any = JSONAttribute(default=list)
    missing = "queue entry"

    @property
    def id(self) -> str:
        """The entry's id."""
        return str(self.SK).split("#", 1)[1]

    @property
    def location_id(self) -> str:
        """The location's id."""
        return str(self.PK).split("#")[1]

    @property
    def local_day(self) -> date:
        """The location's calendar date."""
        return date.fromisoformat(str(self.PK).split("#")[2])

    @property
    def seat(self) -> Key:
        """What keeps the patient from standing in this queue twice."""
        return keys.seat(self.PK, self.doctor_id, self.patient_id)

    @property
    def arrived(self) -> datetime:
        """When the patient came into the line of the doctor for whom they wait now."""
        return clock.parse(self.forwarded_at or self.since)

    def at(self, name: str) -> datetime | None:
        """One of the entry's instants, or None."""
        written = getattr(self, name)
        return clock.parse(written) if written else None


class SeatItem(Item, discriminator="seat"):
    """Which entry a patient has in a queue, while it is open; `patient_key` and `start` find the patient's lines."""

    entry_id = UnicodeAttribute()
    patient_key = UnicodeAttribute()
    start = UnicodeAttribute()

    @classmethod
    def of(cls, key: Key, entry: EntryItem) -> Self:
        """The entry's seat in a queue."""
        return cls(*key, entry_id=entry.id, patient_key=keys.patient(entry.patient_id).pk, start=key.pk)


class PlaceItem(Item, discriminator="queueplace"):
    """In which line an entry stands, so that its id finds it; `line` is the line's partition."""

    line = UnicodeAttribute()


class CallItem(Item, discriminator="queuecall"):
    """Whom a call under an idempotency key has called, so that its repeat calls nobody else."""

    entry_id = UnicodeAttribute()


class PaceItem(Item, discriminator="pace"):
    """The minutes of a doctor's latest consultations, by kind of visit, the latest last."""

    minutes: Any = JSONAttribute(default=dict)


def entries(location_id: str, day: date) -> list[EntryItem]:
    """Every entry of a location's day, open and ended, as stored now, in order of id."""
    return list(_entries(keys.line(location_id, day).pk))


def _entries(place: str) -> Iterator[EntryItem]:
    first = keys.queue_entry(place, "").sk
    for raw, _ in base.query(place, between=(first, first + "~"), consistent=True):
        yield EntryItem.from_raw_data(raw)


def stands_at(patient_id: str) -> set[str]:
    """The locations at which a patient stands in line; of one who came or went this second perhaps as before."""
    first, last = indexes.LINES
    lines = base.query(
        keys.patient(patient_id).pk, index="by_patient", names=("patient_key", "start"), between=(first, last)
    )
    return {raw["PK"]["S"].split("#")[1] for raw, _ in lines}


def place_of(entry_id: str) -> str | None:
    """The partition of the line in which an entry stands, or None."""
    found = PlaceItem.read(base.get(keys.entry_place(entry_id), consistent=True))
    return found.line if found else None


def find(place: str, entry_id: str) -> EntryItem | None:
    """An entry of a line as it is now, or None."""
    return EntryItem.read(base.get(keys.queue_entry(place, entry_id), consistent=True))


def pace(doctor_id: str) -> PaceItem:
    """How fast a doctor is, with version 0 where nothing is known."""
    key = keys.pace(doctor_id)
    return PaceItem.read(base.get(key, consistent=True)) or PaceItem(*key, minutes={}, version=0)
