"""Patients' records: register, read, change, and find by likeness."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Conflict, Forbidden, NotFound
from chalicelib.kit.settings import settings
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, registration
from chalicelib.people.contact import normal_phone
from chalicelib.people.registration import LikenessChanged, PossibleDuplicate
from chalicelib.table import base, creation, keys, revision
from chalicelib.table.creation import Created, Identity
from chalicelib.table.officepeople import PatientLinkItem
from chalicelib.table.patients import PatientItem, likeness_keys, listings
from chalicelib.table.transaction import Transaction

_HISTORY = "medical_history"
Fields = Mapping[str, Any]


class AlreadyRegistered(Conflict):
    """The patient has a record already; there is one per person who signs in."""

    code = "already_registered"

    def __init__(self) -> None:
        super().__init__("You are registered already.", details=[{"field": "id", "problem": "registered already"}])


def register(fields: Fields, *, stamp: Stamp) -> Created[PatientItem]:
    """A new patient, whose number is drawn and whose likenesses are listed with the record, or nothing.

    Raises `PossibleDuplicate` when someone looks alike; a desk overrules that with `allow_duplicate`, and
    people who register themselves are never refused, because that would tell them who else is a patient.
    """
    by = stamp.by
    access.check_scope(by)
    identity = _identity(fields.get("id"), stamp)
    may_double = by.role == "patient" or (by.is_staff and fields.get("allow_duplicate", False))
    for attempt in range(revision.ATTEMPTS):
        revision.pause(attempt)
        draft = registration.drafted(fields, patient_id=identity.id, now=stamp.now)
        seen = registration.look(draft)
        if seen.known:
            return creation.settle(seen.known, identity=identity, stamp=stamp)
        if seen.alike and not may_double:
            raise PossibleDuplicate(seen.alike, by=by)
        ready = registration.numbered(draft, seen)
        try:
            return creation.create(ready.patient, identity=identity, stamp=stamp, also=ready.list_in)
        except LikenessChanged:
            continue
    raise LikenessChanged


def find(patient_id: str, *, by: Claims) -> PatientItem:
    """The patient, when the caller may see the record."""
    access.check_patient(by, patient_id)
    return _found(patient_id)


def change(patient_id: str, fields: Fields, *, stamp: Stamp) -> PatientItem:
    """The patient with these fields changed and the likenesses following, or nothing."""

    def edit(patient: PatientItem, transaction: Transaction) -> None:
        before = set(patient.alike)
        registration.describe(patient, _permitted(patient, fields, stamp.by), now=stamp.now)
        _relist(patient, before, transaction)

    access.check_patient(stamp.by, patient_id)
    return revision.revise(lambda: _found(patient_id), edit, stamp=stamp)


def search(name: str, *, phone: str | None, email: str | None, date_of_birth: date | None) -> list[PatientItem]:
    """The patients with that name and with all that is given of phone, e-mail address and birth date, by number."""
    likenesses = likeness_keys(
        name,
        phone=normal_phone(phone)[0] if phone else None,
        email=email,
        date_of_birth=date_of_birth.isoformat() if date_of_birth else None,
    )
    lists = listings(likenesses, base.get_many(likenesses, consistent=True))
    fitting = set.intersection(*(set(listing.read) for listing in lists))
    records = base.get_many([keys.patient(one) for one in sorted(fitting)], consistent=True)
    return sorted(
        map(PatientItem.from_raw_data, records.values()), key=lambda patient: (len(patient.number), patient.number)
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a record, None where the caller is not told: who looks alike, and who it is at AdvancedMD."""

    alike: list[str] | None
    link: PatientLinkItem | None


def beside(patient: PatientItem, *, by: Claims) -> Beside:
    """What stands beside the record for this caller, read in one batch."""
    likenesses = patient.alike if access.sees_of_patient(by, "possible_duplicate_of") else []
    there = [keys.patient_there(patient.id)] if settings().advancedmd_office_key and access.sees_offices(by) else []
    raws = base.get_many([*likenesses, *there], consistent=True)
    link = PatientLinkItem.read(raws.get(there[0])) if there else None
    if not access.sees_of_patient(by, "possible_duplicate_of"):
        return Beside(None, link)
    found = {one for listing in listings(likenesses, raws) for one in listing.read}
    return Beside(sorted(found - {patient.id}), link)


def hidden(by: Claims, fields: list[str]) -> set[str]:
    """Which fields of a patient's record are not shown to the caller."""
    return {field for field in fields if not access.sees_of_patient(by, field)}


def _identity(chosen: str | None, stamp: Stamp) -> Identity:
    if stamp.by.role == "patient":
        return Identity(registration.own_id(stamp.by), AlreadyRegistered)
    return creation.identify("pat", stamp=stamp, chosen=chosen)


def _found(patient_id: str) -> PatientItem:
    found = PatientItem.find(patient_id)
    if found is None:
        raise NotFound("patient")
    return found


def _permitted(patient: PatientItem, fields: Fields, by: Claims) -> Fields:
    """The fields without a medical history that is only sent back as it was shown; 403 when it was altered."""
    if _HISTORY not in fields or access.may_rewrite_history(by):
        return fields
    shown = patient.medical_history if access.sees_of_patient(by, _HISTORY) else None
    if fields[_HISTORY] != shown:
        details = [{"field": _HISTORY, "problem": "changed by doctors only"}]
        raise Forbidden("Only a doctor may change the medical history.", details=details)
    return {name: value for name, value in fields.items() if name != _HISTORY}


def _relist(patient: PatientItem, before: set[keys.Key], transaction: Transaction) -> None:
    """Take the patient off the likenesses that the record has lost, and list it under those it has gained."""
    after = set(patient.alike)
    moved = sorted(before ^ after)
    for listing in listings(moved, base.get_many(moved, consistent=True)):
        others = set(listing.read) - {patient.id}
        remaining = others | ({patient.id} if listing.key in after else set())
        listing.write(sorted(remaining), into=transaction, refusal=LikenessChanged)
