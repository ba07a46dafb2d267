"""A reminder made ready to go: whom it is for, by which address, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.gateways.mime import Attachment
from chalicelib.kit.settings import settings
from chalicelib.people import directory
from chalicelib.reminders import invitations, links, texts, visits
from chalicelib.reminders.kinds import DOCTOR, EMAIL, JOIN_LINK, PUSH, REMINDER, SMS
from chalicelib.reminders.texts import Facts, Message
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem
from chalicelib.telehealth import linking


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed to a gateway: `to` is an e-mail address or a phone number, empty where there is none any more.

    A mail may bring an invitation for the reader's calendar, and has `headers` of its own. `secret` is what its links
    carry; it opens nothing before `links.open_`. After `until` the letter is of no use.
    """

    to: str
    language: str
    message: Message
    until: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    invitation: Attachment | None = None


def write(
    reminder: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None, *, language: str | None = None
) -> Letter:
    """The letter as it would go out now, with everything as it is stored now; `language` before the reader's own."""
    location = directory.location(appointment.location_id)
    if reminder.audience == DOCTOR:
        to = (directory.doctor(appointment.doctor_id).email or "") if reminder.channel == EMAIL else ""
        languages: tuple[str | None, ...] = (language, location.language)
        custom = None
    else:
        to = _address(patient, reminder.channel)
        languages = (language, patient.preferred_language if patient else None, location.language)
        custom = reminder.custom_message or (visits.person(patient, appointment).wish.custom_message if patient else "")
    facts = Facts(
        doctor=appointment.doctor_name,
        place=", ".join(part for part in (location.name, location.address) if part),
        start=appointment.starts,
        zone=ZoneInfo(location.zone),
        telehealth=appointment.mode == "telehealth",
        link=linking.of_patient(appointment, reminder.due) if reminder.occasion == JOIN_LINK else "",
    )
    policy = visits.policy(appointment)
    message = texts.compose(
        reminder.occasion,
        facts,
        languages=languages,
        custom=custom,
        reduced=policy.reduced and reminder.audience != DOCTOR,
    )
    spoken = texts.spoken(languages)
    if reminder.audience == DOCTOR:
        return Letter(to, spoken, message, appointment.starts)
    secret = links.fresh()
    asks = policy.two_way and reminder.occasion == REMINDER and visits.standing(appointment) == "ahead"
    invited = _invitation(reminder.channel, secret, spoken) if asks else ""
    said = Message(message.subject, f"{message.text} {invited}") if invited else message
    headers = links.headers(secret) if reminder.channel == EMAIL else {}
    attached = None
    if to and reminder.channel == EMAIL and reminder.occasion in invitations.TELLING:
        # A screen is nowhere one could go to, and a reduced message tells no place.
        place = "" if facts.telehealth or policy.reduced else facts.place
        attached = invitations.write(
            reminder.occasion, appointment, message, place=place, sender=settings().smtp_from, to=to
        )
    return Letter(to, spoken, said, appointment.starts, headers, secret if headers else "", attached)


def _invitation(channel: str, secret: str, language: str) -> str:
    if channel == SMS:
        return texts.phrase("answer_by_reply", language)
    if channel == EMAIL and (link := links.answer_url(secret)):
        return texts.phrase("answer_here", language, link=link)
    return ""


def _address(patient: PatientItem | None, channel: str) -> str:
    if patient is None:
        return ""
    if channel == PUSH:
        return ""  # it goes to devices, of which there may be several
    if channel == EMAIL:
        return str(patient.email or "")
    return str(patient.phone) if patient.phone and patient.phone_valid else ""
