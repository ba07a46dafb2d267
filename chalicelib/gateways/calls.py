"""Calls through Twilio: the text is spoken twice, in the language of whoever is rung up."""

from datetime import datetime
from html import escape

from chalicelib.gateways import twilio

_LONGEST = 1_500  # characters to be spoken; what is said twice must fit into 4,000 with all around it
# Voices are of countries: the one that most speakers understand stands for a language whose country is not known.
_VOICES = {"en": "en-US", "es": "es-MX", "hi": "hi-IN", "pt": "pt-BR"}
_SPOKEN = frozenset({"en-AU", "en-GB", "en-IN", "en-US", "es-ES", "es-MX", "es-US", "hi-IN", "pt-BR", "pt-PT"})


def send(*, to: str, text: str, language: str, callback: str) -> str:
    """The provider's id of the call that it has taken; how it ended is told to `callback`, if there is any.

    Raises Refused, NotNow, and NoAnswer when nobody knows.
    """
    told = {"status_callback": callback} if callback else {}
    return twilio.taken(
        lambda account: account.calls.create(to=to, from_=twilio.number(), twiml=spoken(text, language), **told)
    )


def taken(*, to: str, since: datetime, until: datetime) -> str | None:
    """The provider's id of a call to the number in that time; None when there was none, NotNow when it does not say."""
    found = twilio.listed(lambda account: account.calls.page(to=to, from_=twilio.number(), page_size=50))
    return next((one.sid for one in found if twilio.is_between(one.date_created, since, until)), None)


def spoken(text: str, language: str) -> str:
    """What the caller says, as TwiML; characters that XML does not know are left out."""
    readable = escape("".join(one for one in text[:_LONGEST] if one.isprintable() or one.isspace()))
    said = f'<Say language="{voice(language)}">{readable}</Say>'
    return f'<Response><Pause length="1"/>{said}<Pause length="1"/>{said}</Response>'


def voice(language: str) -> str:
    """The voice for a language, `pt-PT` or `pt`."""
    tag = language.replace("_", "-")
    return tag if tag in _SPOKEN else _VOICES.get(tag.split("-")[0].lower(), "en-US")
