"""What messaging systems call: receipts of what we sent, and what people write back. Each checks its signature."""

from typing import Any

from chalicelib.kit.http import PUBLIC, Api, Bare, Call
from chalicelib.reminders import webhooks
from chalicelib.reminders.webhook_schemas import OfReminder, TwilioMessage, TwilioStatus

api = Api(__name__)
_XML = "text/xml"


@api.post(webhooks.MESSAGES, roles=PUBLIC, body=TwilioMessage, media=(_XML,), refuses=(webhooks.Forged,), tagged=False)
def hear_text_message(call: Call[TwilioMessage, Any]) -> Bare:
    """Twilio's hook for a text message that somebody has sent to our number; answered with what they are told."""
    webhooks.check_twilio(webhooks.MESSAGES, call.form, call.headers)
    said = webhooks.hear(channel="sms", sender=call.body.sender, text=call.body.text, now=call.now)
    return Bare(said, media_type=_XML)


@api.post(
    webhooks.STATUS,
    roles=PUBLIC,
    body=TwilioStatus,
    query=OfReminder,
    media=(_XML,),
    refuses=(webhooks.Forged,),
    tagged=False,
)
def hear_message_status(call: Call[TwilioStatus, OfReminder]) -> Bare:
    """Twilio's hook for what became of a message or call; one that we do not know is passed over."""
    said, of = call.body, call.query.reminder
    webhooks.check_twilio(webhooks.STATUS, call.form, call.headers, reminder=of)
    webhooks.note_status(of, text=said.text, call=said.call, to=said.to, code=said.code, now=call.now)
    return Bare("<Response/>", media_type=_XML)
