"""A reminder made ready to go: whom it is for, by which address, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from chalicelib.people import directory
from chalicelib.reminders import links, texts, visits
from chalicelib.reminders.kinds import DOCTOR, EMAIL, REMINDER, SMS
from chalicelib.reminders.texts import Facts, Message
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed to a gateway: `to` is an e-mail address or a phone number, empty where there is none any more.

    `headers` are those of an e-mail. `secret` is what its links carry; it opens nothing before `links.open_`.
    """

    to: str
    language: str
    message: Message
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""


def write(
    reminder: ReminderItem, appointment: AppointmentItem, patient: PatientItem | None, *, language: str | None = None
) -> Letter:
    """The letter as it would go out now, with everything as it is stored now; `language` before the reader's own."""
    location = directory.location(appointment.location_id)
    if reminder.audience == DOCTOR:
        to = directory.doctor(appointment.doctor_id).email or ""
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
        link=appointment.telehealth_url or "",
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
        return Letter(to, spoken, message)
    secret = links.fresh()
    asks = policy.two_way and reminder.occasion == REMINDER and visits.standing(appointment) == "ahead"
    invited = _invitation(reminder.channel, secret, spoken) if asks else ""
    said = Message(message.subject, f"{message.text} {invited}") if invited else message
    headers = links.headers(secret) if reminder.channel == EMAIL else {}
    return Letter(to, spoken, said, headers, secret if headers else "")


def _invitation(channel: str, secret: str, language: str) -> str:
    if channel == SMS:
        return texts.phrase("answer_by_reply", language)
    if channel == EMAIL and (link := links.answer_url(secret)):
        return texts.phrase("answer_here", language, link=link)
    return ""


def _address(patient: PatientItem | None, channel: str) -> str:
    if patient is None:
        return ""
    if channel == EMAIL:
        return str(patient.email or "")
    return str(patient.phone) if patient.phone and patient.phone_valid else ""
