"""Naming: people say by its number which patient at AdvancedMD somebody is, and it is looked whether that can be."""

from datetime import datetime

from chalicelib.advancedmd import answering, enrolling, linking, matching
from chalicelib.advancedmd.answering import AdvancedMDRefuses
from chalicelib.advancedmd.enrolling import LINKING, LinkedAlready
from chalicelib.gateways.advancedmd import patients as theirs
from chalicelib.gateways.advancedmd.records import PatientData
from chalicelib.kit import clock
from chalicelib.kit.errors import Conflict, Invalid
from chalicelib.kit.stamps import Stamp
from chalicelib.people import patients
from chalicelib.table import officepeople
from chalicelib.table.officepeople import PatientLinkItem

_WHY = "A patient with another name or birth date was named: look who is meant before you link them."
_MOST_ALIKE = 20


class SomebodyElse(Conflict):
    """The number's patient has another name or birth date, and is linked only when that is confirmed."""

    code = "advancedmd_somebody_else"
    sampled = ()

    def __init__(self) -> None:
        super().__init__(
            "The patient with this number has another name or birth date at AdvancedMD. Look who it is; if it is this "
            "patient all the same, link them with `confirm`.",
            details=[{"field": "advancedmd_patient_id", "problem": "has another name or birth date"}],
        )


NAMING = (*LINKING, SomebodyElse, AdvancedMDRefuses)


def link(patient_id: str, *, number: int, confirm: bool = False, stamp: Stamp) -> PatientLinkItem:
    """Link the patient to the one with this number there, because somebody knows.

    They are read there: who has another name or birth date is linked only when that is confirmed, and is shown among
    those who may be meant. Raises NotFound, NotSetUp, Invalid where nobody has the number, SomebodyElse, LinkedAlready,
    AdvancedMDRefuses, Unavailable.
    """
    patient, was = patients.find(patient_id, by=stamp.by), officepeople.of_patient(patient_id)
    if was is not None and was.number is not None:
        if int(was.number) != number:
            raise LinkedAlready
        return was
    with answering.office() as (office_key, office):
        there = theirs.find(office, number)
    if there is None:
        raise Invalid.field("advancedmd_patient_id", "is nobody's number at AdvancedMD")
    if not confirm and not matching.is_alike(linking.person(patient), there):
        _offer(patient_id, was, there, office_key=office_key, now=stamp.now)
        raise SomebodyElse
    item = enrolling.keep(patient_id, office_key=office_key, number=number, stamp=stamp)
    enrolling.wake(patient_id, stamp=stamp)
    return item


def _offer(patient_id: str, was: PatientLinkItem | None, there: PatientData, *, office_key: str, now: datetime) -> None:
    """Show this one among those who may be meant, so that people see who it is before they confirm."""
    alike = [there.id, *(int(one) for one in (was.alike if was else None) or [] if int(one) != there.id)]
    people = {**((was.people if was else None) or {}), **linking.shown([there])}
    officepeople.not_linked(
        patient_id,
        office_key=office_key,
        why=_WHY,
        alike=alike[:_MOST_ALIKE],
        people={number: people[number] for number in map(str, alike[:_MOST_ALIKE]) if number in people},
        now=clock.iso(now),
    )
