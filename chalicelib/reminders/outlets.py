"""Through what each channel goes out: one function per channel, which answers the provider's id of what it took."""

from chalicelib.gateways import mail
from chalicelib.gateways.answers import Refused
from chalicelib.reminders.kinds import EMAIL
from chalicelib.reminders.letters import Letter
from chalicelib.table.reminders import ReminderItem


def send(reminder: ReminderItem, letter: Letter) -> str:
    """Hand the letter over; raises Refused, NotNow, NoAnswer."""
    if not letter.to:
        raise Refused("There is no address for this channel any more.")
    if reminder.channel != EMAIL:
        raise Refused("This clinic has no way to send on this channel.")
    said = letter.message
    return mail.send(to=letter.to, subject=said.subject, text=said.text, language=letter.language, tag=reminder.id)
