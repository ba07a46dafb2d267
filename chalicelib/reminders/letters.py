"""A reminder made ready to go: whom it is for, by which address, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.gateways.mime import Attachment
from chalicelib.kit.settings import settings
from chalicelib.people import directory
from chalicelib.reminders import invitations, texts, visits
from chalicelib.reminders.kinds import DOCTOR, EMAIL, PATIENT, PUSH
from chalicelib.reminders.texts import Facts, Message
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed to a gateway: `to` is an e-mail address or a phone number, empty where there is none any more.

    A mail may bring an invitation for the reader's calendar, and headers of its own. After `until` it is of no use.
    """

    to: str
    language: str
    message: Message
    until: datetime
    invitation: Attachment | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def write(reminder: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None) -> Letter:
    """The letter as it would go out now, with everything as it is stored now."""
    location = directory.location(appointment.location_id)
    if reminder.audience == DOCTOR:
        to = directory.doctor(appointment.doctor_id).email or ""
        languages: tuple[str | None, ...] = (location.language,)
        custom = None
    else:
        to = _address(patient, reminder.channel)
        languages = (patient.preferred_language if patient else None, location.language)
        custom = reminder.custom_message or (visits.person(patient, appointment).wish.custom_message if patient else "")
    facts = Facts(
        doctor=appointment.doctor_name,
        place=", ".join(part for part in (location.name, location.address) if part),
        start=appointment.starts,
        zone=ZoneInfo(location.zone),
        telehealth=appointment.mode == "telehealth",
        link=appointment.telehealth_url or "",
    )
    message = texts.compose(reminder.occasion, facts, languages=languages, custom=custom)
    invitation = None
    if to and (reminder.channel, reminder.audience) == (EMAIL, PATIENT) and reminder.occasion in invitations.TELLING:
        sender = settings().smtp_from
        invitation = invitations.write(
            reminder.occasion, appointment, message, place=_where(facts), sender=sender, to=to
        )
    return Letter(to, texts.spoken(languages), message, appointment.starts, invitation)


def _where(facts: Facts) -> str:
    """Where a calendar says that it is: nowhere one could go to, for a visit on a screen."""
    return "" if facts.telehealth else facts.place


def _address(patient: PatientItem | None, channel: str) -> str:
    if patient is None:
        return ""
    if channel == PUSH:
        return ""  # it goes to devices, of which there may be several
    if channel == EMAIL:
        return str(patient.email or "")
    return str(patient.phone) if patient.phone and patient.phone_valid else ""
