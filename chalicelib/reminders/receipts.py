"""Receipts: what a provider tells of a message after it has taken it, in whatever order and however often.

What ranks higher is later news (`states.py`), and one conditional write decides; so a repeat, or an earlier word that
comes late, changes nothing. What never arrived is told on another channel. An address that takes nothing, or wants
nothing more, is told to whoever keeps the list of those.
"""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.kit import late
from chalicelib.reminders import standing_in, states, visits
from chalicelib.reminders.plan import appointment_of
from chalicelib.table import reminders
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.reminders import ReminderItem

UNSUBSCRIBED, HARD_BOUNCE, COMPLAINT = "unsubscribed", "hard_bounce", "complaint"


def hear(reminder_id: str, *, provider: str, said: str, now: datetime, why: str | None = None) -> str | None:
    """Note what a provider says of a message; what is known of it now, None for what is no message or no news."""
    told = states.delivery_status(provider, said)
    appointment_id = appointment_of(reminder_id)
    found = reminders.find(reminder_id, appointment_id) if told and appointment_id else None
    if found is None or told is None or not states.later(found.delivery_status, told):
        return None
    if told in states.NEVER_ARRIVED:
        _tell_otherwise(found, now)  # first: what is noted is not heard again
    over = states.not_later_than(told)
    return told if reminders.receive(found.id, found.appointment_id, told, over=over, why=why, now=now) else None


def refuse(channel: str, addresses: Iterable[str], *, why: str, now: datetime) -> None:
    """Let it be known that these addresses take no messages, or want none."""
    for address in addresses:
        for add in late.REFUSED_ADDRESSES.functions():
            add(channel=channel, address=address, why=why, now=now)


def _tell_otherwise(reminder: ReminderItem, now: datetime) -> None:
    appointment = AppointmentItem.find(reminder.appointment_id)
    if appointment is not None and visits.standing(appointment) in {"ahead", "cancelled"}:
        standing_in.stand_in(reminder, appointment, now)
