"""Opening a letter's links: whose they are, and no more letters to whoever says so."""

from datetime import datetime

from chalicelib.reminders import links, suppression
from chalicelib.reminders.kinds import EMAIL
from chalicelib.reminders.links import LinkDead
from chalicelib.table.patients import PatientItem
from chalicelib.table.reminders import ReminderItem


def reminder(secret: str, now: datetime) -> ReminderItem:
    """The reminder that a secret opens; LinkDead when it opens none."""
    return links.find(secret, now)


def reader(secret: str, now: datetime) -> PatientItem | None:
    """Whom the letter was for, if the record is there."""
    return PatientItem.find(links.find(secret, now).recipient_id)


def unsubscribe(secret: str, now: datetime) -> PatientItem | None:
    """Let no more e-mails go to the letter's address; whom it was for. Doing it again changes nothing."""
    found = links.find(secret, now)
    patient = PatientItem.find(found.recipient_id)
    address = found.recipient_email or (patient.email if patient else None)
    if not address:
        raise LinkDead
    suppression.add(channel=EMAIL, address=str(address), why=suppression.UNSUBSCRIBED, now=now)
    return patient
