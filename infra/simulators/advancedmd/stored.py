"""How AdvancedMD writes what it has stored: capitals, padding, prefixes, sentinels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from infra.simulators.advancedmd import clock
from infra.simulators.advancedmd.office import Appointment, Office, Patient

Fields = dict[str, Callable[[], str]]
_PREFIXING = frozenset({"masterfiles", "demographics", "chargeentry", "scheduler", "lookup"})
_COLOR, _ZIP, _SSN = 10, 10, 12


def identifier(kind: str, prefix: str, number: int) -> str:
    """`pat148` in the classes that prefix, `148` in the others."""
    return f"{prefix}{number}" if kind in _PREFIXING else str(number)


def number(text: str) -> int:
    """The number of an id, with or without its prefix; ValueError when there is none."""
    return int(text.strip().lstrip("abcdefghijklmnopqrstuvwxyz_") if not text.strip().isdigit() else text)


def color(name: str) -> str:
    return name.upper().ljust(_COLOR)


def zip_code(text: str) -> str:
    return text.ljust(_ZIP)


def ssn(text: str) -> str:
    return text.ljust(_SSN)


def visit_fields(office: Office, appointment: Appointment, server_zone: str) -> Fields:
    """The value of each field that a template can ask of a visit."""
    one = appointment
    column = office.columns[one.column_id]
    profile, facility = office.profiles[one.profile_id], office.facilities[one.facility_id]
    kind = office.kinds.get(one.type_ids[0]) if one.type_ids else None

    def stamp(instant: datetime | None) -> str:
        return clock.iso(clock.wall(instant, server_zone) if instant else None)

    return {
        "LicenseKey": lambda: office.key,
        "Visit_UID": lambda: str(one.id),
        "PatientID": lambda: str(one.patient_id),
        "ColumnHeading": lambda: column.name,
        "AppointmentType": lambda: kind.name if kind else "",
        "AppointmentTypeID": lambda: str(kind.id) if kind else "",
        "VisitStartDateTime": lambda: clock.iso(one.start),
        "VisitDate": lambda: clock.iso(one.start.replace(hour=0, minute=0, second=0)),
        "VisitStartTime": lambda: f"{one.start:%H:%M}",
        "Duration": lambda: str(one.duration),
        "Color": lambda: color(one.color),
        "ProfileCode": lambda: profile.code,
        "ProfileName": lambda: profile.name,
        "ProfileUID": lambda: str(profile.id),
        "ProviderName": lambda: profile.name,
        "Comments": one.comments.upper,
        "VisitNote": one.comments.upper,
        "ApptStatus": lambda: str(one.status),
        "ArriveTime": lambda: stamp(one.arrived_at),
        "OtherTime": lambda: stamp(None),
        "SeenTime": lambda: stamp(one.seen_at),
        "ChargesPosted": lambda: "1" if one.charged_at else "0",
        "ConfirmedAt": lambda: stamp(one.confirmed_at),
        "ConfirmedBy": lambda: one.modified_by if one.confirmed_at else "",
        "ConfirmMethod": lambda: "",
        "Episode": lambda: "",
        "FacilityCode": lambda: facility.code,
        "FacilityName": lambda: facility.name,
        "CreatedAt": lambda: stamp(one.created_at),
        "CreatedBy": lambda: one.created_by,
        "ModifiedAt": lambda: stamp(one.modified_at),
        "ModifiedBy": lambda: one.modified_by,
        "RefReason": lambda: "",
        "InsuranceBillingOrder": lambda: "",
        "AcceptAssignment": lambda: "1",
        "ForcePaperClaim": lambda: "0",
        "IsTeleMedicine": lambda: "0",
    }


def patient_fields(patient: Patient, server_zone: str) -> Fields:
    """The value of each field that a template can ask of a patient."""
    changed = patient.modified_at
    born = datetime.combine(patient.dob, datetime.min.time()) if patient.dob else None
    return {
        "PatientID": lambda: str(patient.id),
        "Name": patient.name.upper,
        "DOB": lambda: clock.iso(born),
        "Sex": lambda: patient.sex,
        "SSN": lambda: ssn(patient.ssn),
        "ChartNumber": lambda: patient.chart,
        "HomePhone": lambda: patient.phone,
        "Email": patient.email.upper,
        "ZipCode": lambda: zip_code(patient.zip),
        "ChangedAt": lambda: clock.iso(clock.wall(changed, server_zone) if changed else None),
        "CreatedAt": lambda: clock.iso(clock.wall(patient.created_at, server_zone) if patient.created_at else None),
    }


VISIT_FIELDS = frozenset(
    {
        *("LicenseKey", "Visit_UID", "PatientID", "ColumnHeading", "AppointmentType", "AppointmentTypeID"),
        *("VisitStartDateTime", "VisitDate", "VisitStartTime", "Duration", "Color", "ProfileCode", "ProfileName"),
        *("ProfileUID", "ProviderName", "Comments", "VisitNote", "ApptStatus", "ArriveTime", "OtherTime", "SeenTime"),
        *("ChargesPosted", "ConfirmedAt", "ConfirmedBy", "ConfirmMethod", "Episode", "FacilityCode", "FacilityName"),
        *("CreatedAt", "CreatedBy", "ModifiedAt", "ModifiedBy", "RefReason", "InsuranceBillingOrder"),
        *("AcceptAssignment", "ForcePaperClaim", "IsTeleMedicine"),
    }
)
PATIENT_FIELDS = frozenset(
    {"PatientID", "Name", "DOB", "Sex", "SSN", "ChartNumber", "HomePhone", "Email", "ZipCode", "ChangedAt", "CreatedAt"}
)
