"""Recognising: our patients and doctors looked up at AdvancedMD, with as few calls as it takes to be sure."""

from dataclasses import replace

from chalicelib.advancedmd import matching
from chalicelib.advancedmd.matching import Match, Person
from chalicelib.gateways.advancedmd import masters, patients, values
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import PatientData

_INITIALS = 2  # letters of the first name: AdvancedMD's may be written out or not, with or without accents


def patient(office: Office, person: Person) -> Match:
    """Who of AdvancedMD's patients this is: by name; by birth date or phone when the name finds nobody for certain."""
    found: dict[int, PatientData] = {}
    first = person.first_name.strip()[:_INITIALS]
    for one in patients.by_name(office, values.name_of(first, person.last_name)):
        found[one.id] = one
    match = matching.patient(person, found.values())
    if match.found is None and (person.born or person.phone):
        others = patients.by_birth_date(office, person.born) if person.born else patients.by_phone(office, person.phone)
        found |= {one.id: one for one in others}
        match = matching.patient(person, found.values())
    meant = {match.found, *match.alike}
    return replace(match, people=tuple(one for one in found.values() if one.id in meant))


def doctor(office: Office, name: str) -> Match:
    """Which of AdvancedMD's profiles this doctor is."""
    return matching.doctor(name, masters.profiles(office))
