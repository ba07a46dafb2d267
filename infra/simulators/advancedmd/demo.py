"""The demo office: whom the demo clinic shares with AdvancedMD, and what an office's data are like.

Patient 789 and doctor 123 of the demo clinic are here; so are accents, a patient without a birth date, and nobody's
real name. Column 16 is Dr. Smith's, in the wall time of Accra.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from infra.simulators.advancedmd.office import ARRIVED, Appointment, Column, Facility, Kind, Office, Patient, Profile

OFFICE_KEY = "162882"
USER = "CARESLOT_API"
PASSWORD = "local-office"  # noqa: S105  # nosec B105 # of the simulator, which holds no data of anybody
APP = "CARESLOT"


def demo_office(now: datetime, *, zone: str = "Africa/Accra") -> Office:
    """A fresh office with appointments on its next working days."""
    office = Office(key=OFFICE_KEY, zone=zone, users={USER: PASSWORD}, apps={APP, "TEMP"})
    office.profiles = {
        3: Profile(3, "SMI", "SMITH,DR"),
        4: Profile(4, "MEN", "MENSAHENE,AKOSUA"),
        9: Profile(9, "OLD", "RETIRED,RUTH", active=False),
    }
    office.facilities = {
        234: Facility(234, "ACC", "HARBOUR CLINIC ACCRA"),
        235: Facility(235, "NYC", "HARBOUR CLINIC NEW YORK"),
    }
    office.columns = {
        16: Column(16, "DR SMITH ROOM 1", 3, 234, interval=5),
        17: Column(17, "DR MENSAHENE ROOM 3", 4, 234, start="07:30", end="13:30", workweek="1010110"),
        18: Column(18, "GROUP ROOM", 4, 234, max_per_slot=4),
        19: Column(19, "RETIRED", 9, 234),
    }
    office.kinds = {13: Kind(13, "OFFICE VISIT"), 9: Kind(9, "NEW PATIENT", 45, "GREEN")}
    for patient in (
        Patient(148, "DOE,JOHN", None, "M", "1001", phone="(123)456-7890", email="JOHN@EXAMPLE.COM"),
        Patient(159, "OWUSUAA,ABENA", date(1984, 3, 12), "F", "1002", phone="447700900001"),
        Patient(160, "PEÑARANDA,LUIS", date(1968, 4, 18), "M", "1003", phone="(212)555-0111"),
        Patient(161, "DIALLOBÉ,FATOUMATA", date(1988, 5, 9), "F", "1004", phone="447700900006"),
        Patient(162, "NOBODY,KNOWN ELSEWHERE", date(1951, 1, 1), "U", "1005"),
    ):
        patient.created_at = patient.modified_at = now
        office.patients[patient.id] = patient
    day = _next_working_day(now)
    for number, (patient_id, column_id, hour, status) in enumerate(
        ((159, 16, 9, 0), (160, 17, 10, 0), (161, 16, 14, ARRIVED), (162, 18, 11, 0)), start=1
    ):
        column = office.columns[column_id]
        office.appointments[9_000_000 + number] = Appointment(
            id=9_000_000 + number,
            patient_id=patient_id,
            column_id=column_id,
            start=datetime.combine(day, time(hour)),
            duration=30,
            profile_id=column.profile_id,
            facility_id=column.facility_id,
            created_at=now,
            modified_at=now,
            status=status,
            type_ids=[13],
            created_by="FRONTDESK",
            modified_by="FRONTDESK",
        )
    return office


def _next_working_day(now: datetime) -> date:
    """The next Monday, Wednesday or Friday, when all columns work."""
    day = now.date() + timedelta(days=7)
    while day.weekday() not in (0, 2, 4):
        day += timedelta(days=1)
    return day
