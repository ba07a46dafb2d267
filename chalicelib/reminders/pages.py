"""The small pages behind a letter's links: plain, without a script, in the reader's language, with no name on them."""

from dataclasses import replace
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from chalicelib.kit import documents
from chalicelib.kit.errors import CareSlotError, NotFound
from chalicelib.kit.http import Bare
from chalicelib.people import directory
from chalicelib.reminders import texts
from chalicelib.reminders.answers import CANCEL, CONFIRM
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem

_PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>\
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">\
</head><body><main><h1>{title}</h1>{body}</main></body></html>"""
_BUTTON = """<form method="post"><button name="answer" value="{value}">{text}</button></form>"""


def asking(appointment: AppointmentItem) -> Bare:
    """Shows the visit's time and asks whether its patient comes."""
    language = _language(appointment)
    buttons = ((CONFIRM, "confirm"), (CANCEL, "cancel"))
    forms = "".join(_button(value, name, language) for value, name in buttons)
    return _page("title", f"<p>{escape(_of('ahead', appointment))}</p>{forms}", language)


def answered(appointment: AppointmentItem) -> Bare:
    """Says what became of the visit."""
    said = "cancelled" if appointment.status == "cancelled" else "confirmed"
    return _page("title", f"<p>{escape(_of(said, appointment))}</p>", _language(appointment))


def asking_to_unsubscribe(patient: PatientItem | None) -> Bare:
    """Asks whether its reader wants no more e-mails."""
    language = texts.spoken((patient.preferred_language if patient else None,))
    body = f"<p>{escape(texts.phrase('unsubscribe_ask', language))}</p>{_button('yes', 'unsubscribe', language)}"
    return _page("unsubscribe_title", body, language)


def unsubscribed(patient: PatientItem | None) -> Bare:
    """Says that no more come."""
    language = texts.spoken((patient.preferred_language if patient else None,))
    return _page("unsubscribe_title", f"<p>{escape(texts.phrase('unsubscribed', language))}</p>", language)


def refused(refusal: CareSlotError, accepted: str) -> Bare:
    """Says that the letter's link does nothing any more, in a language that its reader's browser asks for."""
    tags = [part.split(";", 1)[0].strip() for part in accepted.split(",")]
    language = texts.spoken(tuple(tags))
    said = texts.phrase("dead" if isinstance(refusal, NotFound) else "impossible", language)
    return replace(_page("title", f"<p>{escape(said)}</p>", language), status=refusal.status)


def _button(value: str, name: str, language: str) -> str:
    return _BUTTON.format(value=value, text=escape(texts.phrase(name, language)))


def _of(name: str, appointment: AppointmentItem) -> str:
    zone = ZoneInfo(directory.location(appointment.location_id).zone)
    start: datetime = appointment.starts
    return texts.phrase(name, _language(appointment), start=start, zone=zone)


def _language(appointment: AppointmentItem) -> str:
    patient = PatientItem.find(appointment.patient_id)
    return texts.spoken(
        (patient.preferred_language if patient else None, directory.location(appointment.location_id).language)
    )


def _page(title: str, body: str, language: str) -> Bare:
    page = _PAGE.format(lang=escape(language), title=escape(texts.phrase(title, language)), body=body)
    headers = {
        "Content-Security-Policy": documents.policy(form_action="'self'"),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Bare(page, media_type="text/html; charset=utf-8", headers=headers)
