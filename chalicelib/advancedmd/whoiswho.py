"""Who is who between the clinic and its office: the links that are kept, with what the office's scheduler has.

Columns are believed for an hour, doctors for a minute, a patient is read each time.
"""

from collections.abc import Iterable, Mapping

from chalicelib.advancedmd import linking, reaching
from chalicelib.advancedmd.mapping import Links
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import masters
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Bookable, ColumnData, VisitData
from chalicelib.kit import clock
from chalicelib.kit.cache import Memory
from chalicelib.table import officepeople
from chalicelib.table.appointments import AppointmentItem

_HOUR = 3600.0


def of_appointment(appointment: AppointmentItem, *, setup: Setup, office: Office) -> Links:
    """All that is needed to tell the office of this appointment; whoever is not linked yet is looked up."""
    known = _doctors(setup.office_key)
    if appointment.doctor_id not in known.values() and _recognised(setup.office_key, appointment.doctor_id):
        known = _doctors.refresh(setup.office_key)
    number = _number(appointment.patient_id, setup, office)
    return links(setup, {appointment.patient_id: number} if number is not None else {})


def _number(patient_id: str, setup: Setup, office: Office) -> int | None:
    """The patient's number there; whoever is not linked is looked up unless people want to do that themselves."""
    if "patients" in setup.kinds:
        return linking.patient_number(patient_id, office_key=setup.office_key, office=office, now=clock.now())
    link = officepeople.of_patient(patient_id)
    return int(link.number) if link is not None and link.number is not None else None


def of_visit(visit: VisitData | None, *, setup: Setup) -> Links:
    """All that is needed to read a visit of the office; its patient is ours where somebody is linked to them."""
    if visit is None or visit.patient_id is None:
        return links(setup, {})
    ours = officepeople.whose(setup.office_key, visit.patient_id)
    return links(setup, {ours: visit.patient_id} if ours else {})


def links(setup: Setup, patients: Mapping[str, int]) -> Links:
    """Who is who, with these patients."""
    columns = _columns(setup.office_key)
    doctors = _doctors(setup.office_key)
    placed: dict[tuple[str, str], Bookable] = {}
    whose: dict[int, tuple[str, str]] = {}
    for column in sorted(columns, key=lambda one: one.id):
        doctor_id = doctors.get(column.profile_id or 0)
        location_id = _location(setup.facilities, column)
        if doctor_id is None or location_id is None or column.profile_id is None:
            continue
        whose[column.id] = (doctor_id, location_id)
        placed.setdefault((doctor_id, location_id), Bookable(column.id, column.profile_id, column.facility_id))
    unclear = _unclear(columns, whose)
    return Links(
        zone=setup.zone,
        type_id=setup.type_id,
        columns=placed,
        whose_columns=whose,
        names={column.name: column.id for column in columns if column.name not in unclear},
        patients=patients,
        kinds=setup.kinds,
        unclear=unclear,
    )


def _unclear(columns: Iterable[ColumnData], whose: Mapping[int, tuple[str, str]]) -> frozenset[str]:
    """The headings that do not tell where a visit is: columns of several doctors or locations have them."""
    places: dict[str, set[tuple[str, str] | None]] = {}
    for column in columns:
        places.setdefault(column.name, set()).add(whose.get(column.id))
    return frozenset(name for name, found in places.items() if len(found) > 1)


def forget(office_key: str) -> None:
    """Somebody has linked a doctor, or wants the columns read anew."""
    _columns.forget(office_key)
    _doctors.forget(office_key)


def _location(facilities: Mapping[str, int | None], column: ColumnData) -> str | None:
    """Which of our locations a column is at: the one with its facility's number, else one that stands for any."""
    named = [ours for ours, number in facilities.items() if number is not None and number == column.facility_id]
    anywhere = [ours for ours, number in facilities.items() if number is None]
    return next(iter([*named, *anywhere]), None)


def _office_for_all(office_key: str) -> Office | None:
    who = reaching.credentials()
    return reaching.office(who, urgent=False) if who and who.office_key == office_key else None


def _read_columns(office_key: str) -> tuple[ColumnData, ...]:
    office = _office_for_all(office_key)
    return tuple(masters.columns(office)) if office else ()


def _read_doctors(office_key: str) -> dict[int, str]:
    return {one.profile_id: one.doctor_id for one in officepeople.doctors(office_key)}


def _recognise(office_key: str, doctor_id: str) -> int | None:
    office = _office_for_all(office_key)
    return linking.profile_of(doctor_id, office_key=office_key, office=office, now=clock.now()) if office else None


_columns: Memory[tuple[ColumnData, ...]] = Memory(_read_columns, seconds=_HOUR)
_doctors: Memory[dict[int, str]] = Memory(_read_doctors)
_recognised: Memory[int | None] = Memory(_recognise, seconds=_HOUR)
