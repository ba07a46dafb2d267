"""Replies: what somebody writes back to the clinic's number, done, and answered in their language."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kit.errors import CareSlotError
from chalicelib.people import directory
from chalicelib.reminders import answering, suppression, texts
from chalicelib.reminders.answers import CANCEL, Said, meant
from chalicelib.reminders.links import LinkDead
from chalicelib.reminders.plan import appointment_of
from chalicelib.table import correspondence, reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem

_MOST = 9  # what a number of one digit can choose among
About = tuple[ReminderItem, AppointmentItem]


def heard(*, channel: str, sender: str, text: str, now: datetime) -> str | None:
    """Do what the message asks for; the text that answers it, None for nothing to say to a stranger.

    The same message twice is done once and answered the same.
    """
    told = list(_told(channel, sender))
    language = _language(told)
    said = meant(text)
    match said.meaning if said else None:
        case "stop":
            suppression.add(channel=channel, address=sender, why=suppression.STOPPED, now=now)
            return texts.phrase("stopped", language)
        case "start":
            suppression.lift(channel=channel, address=sender, now=now)
            return texts.phrase("started", language)
        case "help":
            return texts.phrase("help", language)
    if said is None:
        return texts.phrase("help", language) if told else None
    return _answered(told, said, language, now)


def _answered(told: list[ReminderItem], said: Said, language: str, now: datetime) -> str:
    about = _about(told, said, now)
    if not about:
        return texts.phrase("none", language)
    if len(about) > 1 and said.number is None:
        return _which(about, language)
    place = (said.number or 1) - 1
    if place >= len(about):
        return _which(about, language)
    reminder, appointment = about[place]
    try:
        if not (reminder.answered == said.meaning and reminder.answered_at):
            appointment = answering.answer(reminder, said.meaning, now)
    except CareSlotError:
        return texts.phrase("impossible", language)
    return texts.phrase("cancelled" if said.meaning == CANCEL else "confirmed", language, **_when(appointment))


def _about(told: list[ReminderItem], said: Said, now: datetime) -> list[About]:
    """The visits that an answer can be about, the next one first; that of which it was said already among them."""
    found: dict[str, About] = {}
    for reminder in told:
        try:
            appointment = answering.visit(reminder, now)
        except LinkDead:
            there = AppointmentItem.find(reminder.appointment_id)
            if there is None or now >= there.starts or reminder.answered != said.meaning:
                continue
            appointment = there
        found.setdefault(appointment.id, (reminder, appointment))
    fresh = {key: pair for key, pair in found.items() if not pair[0].answered_at}
    return sorted((fresh or found).values(), key=lambda pair: (pair[1].starts, pair[1].id))[:_MOST]


def _which(about: list[About], language: str) -> str:
    lines = (
        texts.phrase("one", language, number=number, **_when(appointment))
        for number, (_, appointment) in enumerate(about, 1)
    )
    return " ".join((texts.phrase("which", language), *lines))


def _when(appointment: AppointmentItem) -> dict[str, Any]:
    return {"start": appointment.starts, "zone": ZoneInfo(directory.location(appointment.location_id).zone)}


def _told(channel: str, sender: str) -> Iterator[ReminderItem]:
    """What the sender was told of, the latest first."""
    ids = correspondence.told(*suppression.place(channel, sender))
    found = [
        one
        for reminder_id in ids
        if (appointment_id := appointment_of(reminder_id)) and (one := reminders.find(reminder_id, appointment_id))
    ]
    yield from sorted(found, key=lambda one: (one.sent_time or "", one.id), reverse=True)


def _language(told: list[ReminderItem]) -> str:
    patient = PatientItem.find(told[0].recipient_id) if told else None
    return texts.spoken((patient.preferred_language if patient else None,))
