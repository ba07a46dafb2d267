"""Registering a patient, and noticing that the person may be known already.

Patients who share a name and a phone, an e-mail address or a birth date are listed under the same
likeness. A registration writes the record and its likenesses in one transaction, each list only as it
was read: of two simultaneous registrations of one person, the later reads again and meets the earlier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from chalicelib.kit import ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Conflict, Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people.contact import normal_phone
from chalicelib.people.schemas import PatientDetails
from chalicelib.table import base, creation, keys, numbers, revision
from chalicelib.table.patients import Listing, PatientItem, listings
from chalicelib.table.revision import Overtaken
from chalicelib.table.transaction import Transaction

_EARLIEST_ZONE = timedelta(hours=14)  # today has begun there when it is still yesterday in UTC
_NOT_STORED = frozenset({"id", "allow_duplicate"})


class LikenessChanged(Overtaken):
    """Someone who looks alike has been registered meanwhile; match again, then repeat."""


class PossibleDuplicate(Conflict):
    """Someone with this name and phone, e-mail or birth date is registered; desks are told who."""

    code = "possible_duplicate"

    @classmethod
    def sample(cls) -> Self:
        alike = PatientItem(*keys.patient("pat_456"), number="PAT-000456")
        return cls([alike], by=Claims(sub="desk", role="receptionist"))

    def __init__(self, alike: list[PatientItem], *, by: Claims) -> None:
        problem = {"field": "first_name", "problem": "the name with a phone, e-mail or birth date is known already"}
        candidates = [
            {"field": "id", "problem": "is alike", "id": one.id, "patient_number": one.number} for one in alike
        ]
        super().__init__("This patient may be registered already.", details=candidates if by.is_staff else [problem])


@dataclass(frozen=True, slots=True)
class Registration:
    """A patient's record that is ready to be stored, with the likenesses as they were read."""

    patient: PatientItem
    likenesses: list[Listing]

    def add_to(self, transaction: Transaction) -> None:
        """Store the record and list the patient under its likenesses; `LikenessChanged` when someone came between."""
        transaction.put(self.patient, refusal=LikenessChanged)
        self.list_in(transaction)

    def list_in(self, transaction: Transaction) -> None:
        """List the patient under its likenesses, for a record that is stored otherwise."""
        for listing in self.likenesses:
            listing.write(sorted({*listing.read, self.patient.id}), into=transaction, refusal=LikenessChanged)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known before a record is made: one under its very id, the likenesses, and who stands there."""

    known: PatientItem | None
    likenesses: list[Listing]
    alike: list[PatientItem]


def match_or_prepare(
    details: PatientDetails, *, stamp: Stamp, patient_id: str | None = None
) -> tuple[PatientItem | None, Registration | None]:
    """The one patient who is meant, or the registration of a new one to be added to the caller's transaction.

    A patient's own request always means the own record. For others, exactly one patient with the name and
    a phone, e-mail or birth date is meant, unless the birth dates contradict. Raises `PossibleDuplicate`
    when it is not clear who is meant. `patient_id` is the id that a new record gets.
    """
    by = stamp.by
    new_id = own_id(by) if by.role == "patient" else patient_id or ids.new("pat")
    draft = drafted(details.given(), patient_id=new_id, now=stamp.now)
    seen = look(draft)
    if seen.known:
        return seen.known, None
    unquestioned = by.role == "patient" or (by.is_staff and details.allow_duplicate)
    alike = [] if unquestioned else seen.alike
    if len(alike) == 1 and not _contradict(alike[0], draft):
        return alike[0], None
    if alike:
        raise PossibleDuplicate(alike, by=by)
    creation.sign(draft, stamp)
    return None, numbered(draft, seen)


def drafted(fields: Mapping[str, Any], *, patient_id: str, now: datetime) -> PatientItem:
    """The record with these fields, not stored and without its number."""
    draft = PatientItem(*keys.patient(patient_id))
    describe(draft, {name: value for name, value in fields.items() if name not in _NOT_STORED}, now=now)
    return draft


def describe(patient: PatientItem, fields: Mapping[str, Any], *, now: datetime) -> None:
    """Put the fields of a request on the record: phones in one spelling, no birth date to come."""
    born = fields.get("date_of_birth")
    if born and born > (now + _EARLIEST_ZONE).date():
        raise Invalid.field("date_of_birth", "lies in the future")
    revision.assign(patient, fields)
    if "phone" in fields:
        patient.phone, patient.phone_valid = normal_phone(patient.phone) if patient.phone else (None, None)
    if patient.emergency_contact_phone and "emergency_contact_phone" in fields:
        patient.emergency_contact_phone, _ = normal_phone(patient.emergency_contact_phone)


def look(draft: PatientItem) -> Sighting:
    """Who is there already under the draft's id, and who looks like it."""
    found = base.get_many([draft.key, *draft.alike], consistent=True)
    likenesses = listings(draft.alike, found)
    others = sorted({one for listing in likenesses for one in listing.read} - {draft.id})
    records = base.get_many([keys.patient(one) for one in others], consistent=True)
    alike = [PatientItem.from_raw_data(raw) for _, raw in sorted(records.items())]
    return Sighting(PatientItem.read(found.get(draft.key)), likenesses, alike)


def numbered(draft: PatientItem, seen: Sighting) -> Registration:
    """The draft with its patient number, ready to be stored."""
    draft.number = f"PAT-{numbers.take('patients'):06d}"
    return Registration(draft, seen.likenesses)


def own_id(by: Claims) -> str:
    """The id of a patient's own record, which is the token's subject."""
    if not ids.SHAPE.fullmatch(by.sub):
        raise Invalid.field("sub", "the token's subject cannot be a patient's id")
    return by.sub


def _contradict(one: PatientItem, other: PatientItem) -> bool:
    """Whether both birth dates are known and differ: perhaps father and son at one phone."""
    return bool(one.date_of_birth and other.date_of_birth and one.date_of_birth != other.date_of_birth)
