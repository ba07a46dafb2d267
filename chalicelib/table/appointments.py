"""Appointments: the item, its indexes, its reads."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from botocore.exceptions import ClientError
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kit import clock
from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item, Raw
from chalicelib.table.keys import Key
from chalicelib.table.officelinks import OfficeLinkItem


class AppointmentItem(Item, discriminator="appointment"):
    """One appointment. Ids live in the keys, and what has its default is not stored, so that most stay below 1 KB.

    `start` is the UTC instant; buffers and turnover are what was claimed, so that release is exact;
    `write` is the token of the transaction that wrote this state. `link` is no part of it: how it stands at AdvancedMD,
    where it was read together with that.
    """

    link: OfficeLinkItem | None = None

    doctor_key = UnicodeAttribute()
    patient_key = UnicodeAttribute()
    place_key = UnicodeAttribute()
    start = UnicodeAttribute()
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    number = UnicodeAttribute()
    status = UnicodeAttribute()
    mode = UnicodeAttribute()
    origin = UnicodeAttribute()
    duration_minutes = NumberAttribute()
    buffer_before = NumberAttribute(null=True)
    buffer_after = NumberAttribute(null=True)
    room_id = UnicodeAttribute(null=True)
    turnover_minutes = NumberAttribute(null=True)
    service_id = UnicodeAttribute(null=True)
    schedule_version = NumberAttribute()
    local_date = UnicodeAttribute()
    write = UnicodeAttribute()

    doctor_name = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    specialty = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    notes = UnicodeAttribute(null=True)
    symptoms = UnicodeAttribute(null=True)
    urgency_level = UnicodeAttribute(null=True)
    priority = NumberAttribute(null=True)
    special_requirements = UnicodeAttribute(null=True)
    booking_source = UnicodeAttribute(null=True)
    queue_token = UnicodeAttribute(null=True)
    queue_entry_id = UnicodeAttribute(null=True)
    telehealth_url = UnicodeAttribute(null=True)
    reminder_preferences: Any = JSONAttribute(null=True)
    confirmation_sent = BooleanAttribute(null=True)
    reminder_sent = BooleanAttribute(null=True)
    can_reschedule = BooleanAttribute(null=True)
    needs_confirmation = BooleanAttribute(null=True)
    needs_rebooking = UnicodeAttribute(null=True)
    cutoff_minutes = NumberAttribute(null=True)
    tallied = BooleanAttribute(null=True)

    payment_method = UnicodeAttribute(null=True)
    payment_amount = UnicodeAttribute(null=True)
    payment_status = UnicodeAttribute(null=True)

    hold_expires = NumberAttribute(null=True)
    cancel_reason = UnicodeAttribute(null=True)
    cancel_reason_code = UnicodeAttribute(null=True)
    override_reason = UnicodeAttribute(null=True)
    moves: Any = JSONAttribute(null=True)
    stamps: Any = JSONAttribute(null=True)

    missing = "appointment"

    @property
    def id(self) -> str:
        """The appointment's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def doctor_id(self) -> str:
        """The doctor's id."""
        return str(self.doctor_key).split("#", 1)[1]

    @property
    def patient_id(self) -> str:
        """The patient's id."""
        return str(self.patient_key).split("#", 1)[1]

    @property
    def location_id(self) -> str:
        """The location's id."""
        return str(self.place_key).split("#")[1]

    @property
    def starts(self) -> datetime:
        """When it begins, in UTC."""
        return clock.parse(self.start)

    @property
    def ends(self) -> datetime:
        """When it ends, in UTC."""
        return self.starts + timedelta(minutes=int(self.duration_minutes))

    @property
    def local_day(self) -> date:
        """The location's calendar date, whose daily count it is in."""
        return date.fromisoformat(self.local_date)

    @classmethod
    def unchanged(cls, version: int) -> Condition:
        """Nobody has changed the appointment since it was read."""
        return cls.version == version

    @classmethod
    def find(cls, appointment_id: str) -> Self | None:
        """The appointment as it is now, or None."""
        return cls.read(base.get(keys.appointment(appointment_id), consistent=True))

    @classmethod
    def find_linked(cls, appointment_id: str) -> Self | None:
        """The same with its link: both lie under one key, so one query reads them for the price of one."""
        key, beside = keys.appointment(appointment_id), keys.office_link(appointment_id)
        found = base.query(key.pk, between=(beside.sk, key.sk), consistent=True)
        return cls._linked({Key(raw["PK"]["S"], raw["SK"]["S"]): raw for raw, _ in found}, key)

    @classmethod
    def _linked(cls, raws: Mapping[Key, Raw], key: Key) -> Self | None:
        """The appointment among what was read, with its link if that is there, too."""
        item = cls.read(raws.get(key))
        if item is not None:
            item.link = OfficeLinkItem.read(raws.get(keys.office_link(item.id)))
        return item


def note_sent(appointment_id: str, name: str) -> None:
    """Note on the appointment that a confirmation or a reminder has gone out; it is no change of the visit itself.

    So its version stays, and nobody who is changing the visit has to begin anew.
    """
    request = {
        "Key": base.primary(keys.appointment(appointment_id)),
        "UpdateExpression": "SET #sent = :yes",
        "ConditionExpression": "attribute_exists(PK) AND (attribute_not_exists(#sent) OR #sent = :no)",
        "ExpressionAttributeNames": {"#sent": name},
        "ExpressionAttributeValues": {":yes": {"BOOL": True}, ":no": {"BOOL": False}},
    }
    try:
        base.call("UpdateItem", request)
    except ClientError:
        return  # it is noted already, or nobody knows the visit any more


def of_doctor(
    doctor_id: str, *, first: datetime | None = None, last: datetime | None = None, linked: bool = False
) -> Iterator[AppointmentItem]:
    """A doctor's appointments in order of start, each as it is now; `linked` has their links read in the same batch."""
    return _walk("by_doctor", "doctor_key", f"DOCTOR#{doctor_id}", first, last, linked=linked)


def of_patient(
    patient_id: str, *, first: datetime | None = None, last: datetime | None = None, linked: bool = False
) -> Iterator[AppointmentItem]:
    """A patient's appointments in order of start, each as it is now."""
    return _walk("by_patient", "patient_key", f"PATIENT#{patient_id}", first, last, linked=linked)


def at_location(
    location_id: str, *, first: datetime, last: datetime, linked: bool = False
) -> Iterator[AppointmentItem]:
    """A location's appointments in order of start, each as it is now; one Query per month."""
    for month in _months(first.astimezone(UTC).date(), last.astimezone(UTC).date()):
        place = indexes.place_month(location_id, month)
        yield from _walk("by_place", "place_key", place, first, last, linked=linked)


def _months(first: date, last: date) -> Iterator[str]:
    """The months from `first` to `last`, as place_month takes them."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December


def _walk(
    index: str, name: str, value: str, first: datetime | None, last: datetime | None, *, linked: bool
) -> Iterator[AppointmentItem]:
    """Index entries in order, a hundred at a time, each followed by the item itself, which may be newer."""
    earliest, latest = indexes.APPOINTMENTS
    bounds = (clock.iso(first) if first else earliest, clock.iso(last) if last else latest)
    waiting: list[Key] = []
    for raw, _ in base.query(value, index=index, names=(name, "start"), between=bounds, limit=base.BATCH_GET_KEYS):
        waiting.append(Key(raw["PK"]["S"], raw["SK"]["S"]))
        if len(waiting) == base.BATCH_GET_KEYS:
            yield from _items(waiting, name, value, linked)
            waiting = []
    yield from _items(waiting, name, value, linked)


def _items(found: list[Key], name: str, value: str, linked: bool) -> Iterator[AppointmentItem]:
    beside = [keys.office_link(key.pk.partition("#")[2]) for key in found] if linked else []
    raws = base.get_many([*found, *beside])
    items = [AppointmentItem._linked(raws, key) for key in found]
    # The index may lag behind a move: an entry whose appointment has left this list is not in it any more.
    yield from (item for item in items if item is not None and getattr(item, name) == value)
