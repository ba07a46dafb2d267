"""Through what each channel goes out: one function per channel, which answers the provider's id of what it took."""

from datetime import datetime, timedelta

from chalicelib.gateways import calls, mail, sms, twilio, webpush
from chalicelib.gateways.answers import NotNow, Refused
from chalicelib.kit.errors import Unavailable
from chalicelib.reminders import devices, webhooks
from chalicelib.reminders.kinds import CALL, PUSH, SMS
from chalicelib.reminders.letters import Letter
from chalicelib.table.reminders import ReminderItem

_CLOSED = "What opens the provider to us cannot be read right now."
ASKED: frozenset[str] = frozenset({SMS, CALL})
"""Channels whose provider tells what it was given, so that it is asked before anything is sent again."""


def send(reminder: ReminderItem, letter: Letter, now: datetime) -> str:
    """Hand the letter over; raises Refused, NotNow, NoAnswer."""
    try:
        return _hand_over(reminder, letter, now)
    except Unavailable:
        raise NotNow(_CLOSED) from None


def _hand_over(reminder: ReminderItem, letter: Letter, now: datetime) -> str:
    if reminder.channel == PUSH and (webpush.is_there() or devices.platforms()):
        return devices.push(reminder, letter, until=letter.until, now=now)
    if not letter.to and reminder.channel != PUSH:
        raise Refused("There is no address for this channel any more.")
    said = letter.message
    match reminder.channel:
        case "email":
            return mail.send(
                to=letter.to,
                subject=said.subject,
                text=said.text,
                language=letter.language,
                tag=reminder.id,
                headers=letter.headers,
                attachments=[letter.invitation] if letter.invitation else [],
            )
        case "sms" if sms.is_there():
            return sms.send(to=letter.to, text=said.text, tag=reminder.id, callback=_callback(reminder))
        case "call" if twilio.is_there():
            return calls.send(to=letter.to, text=said.text, language=letter.language, callback=_callback(reminder))
    raise Refused("This clinic has no way to send on this channel.")


def taken(reminder: ReminderItem, letter: Letter, since: datetime, lease: timedelta) -> str | None:
    """The provider's id of the message, if it says that it was given it since then; None when it was given none.

    A call says nothing of itself, so it counts only within the lease of who may have made it. NotNow when the provider
    does not say.
    """
    try:
        return _taken(reminder, letter, since, lease)
    except Unavailable:
        raise NotNow(_CLOSED) from None


def _taken(reminder: ReminderItem, letter: Letter, since: datetime, lease: timedelta) -> str | None:
    if reminder.channel == SMS:
        return sms.taken(to=letter.to, text=letter.message.text, tag=reminder.id, since=since)
    return calls.taken(to=letter.to, since=since, until=since + lease)


def _callback(reminder: ReminderItem) -> str:
    return webhooks.address(webhooks.STATUS, reminder=reminder.id)
