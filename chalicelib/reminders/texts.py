"""What a message says, in the language of whoever reads it: the sentences of words/, filled in.

A message names a doctor, a place and a time and nothing else: there is no way to hand a reason, a specialty or a note
to this module. The reduced form names not even doctor and place.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.reminders.kinds import REMINDER

_FOLDER = Path(__file__).with_name("words")
LANGUAGES = ("en", "es", "hi", "pt")
# Typographic blanks in dates and times: one of them doubles what a text message costs.
_BLANKS = str.maketrans({"\u202f": " ", "\u00a0": " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a message may tell: `zone` is the one in which its reader reads the time."""

    doctor: str
    place: str
    start: datetime
    zone: ZoneInfo
    telehealth: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the subject stands above an e-mail or a push message, and nowhere else."""

    subject: str
    text: str


def compose(
    kind: str, facts: Facts, *, languages: tuple[str | None, ...], custom: str | None = None, reduced: bool = False
) -> Message:
    """The message in the first of these languages that we speak, English otherwise.

    `custom` is added to a reminder as it is, never read as a template; a reduced message leaves it out, since nobody
    knows what it tells.
    """
    tag = spoken(languages)
    words = _words(_language(tag))
    filled = _values(facts, tag)
    how = words["by_video"] if facts.telehealth else words["at_place"]
    said = words[kind]
    text = _fill(said["reduced" if reduced else "text"], filled | {"how": _fill(how, filled)})
    if custom and kind == REMINDER and not reduced:
        text = f"{text} {' '.join(custom.split())}"
    return Message(_fill(said["subject"], filled), text)


def phrase(
    name: str, language: str, *, start: datetime | None = None, zone: ZoneInfo | None = None, **said: Any
) -> str:
    """One of the short sentences that answer people, in a language that is `spoken`."""
    values = {key: str(value) for key, value in said.items()}
    if start is not None and zone is not None:
        values |= _moment(start, zone, language)
    return _fill(_words(_language(language))["said"][name], values)


def spoken(languages: tuple[str | None, ...]) -> str:
    """The first of these languages that we speak, English otherwise."""
    return next((one for one in languages if one and _language(one) in LANGUAGES), "en")


def _language(tag: str) -> str:
    return tag.replace("_", "-").split("-", 1)[0].lower()


def _values(facts: Facts, tag: str) -> dict[str, str]:
    return {"doctor": facts.doctor, "place": facts.place, "link": facts.link, **_moment(facts.start, facts.zone, tag)}


def _moment(start: datetime, zone: ZoneInfo, tag: str) -> dict[str, str]:
    from babel.dates import format_date, format_time  # noqa: PLC0415 - only what writes messages needs it

    locale, local = _locale(tag), start.astimezone(zone)
    return {
        "date": format_date(local.date(), "long", locale=locale).translate(_BLANKS),
        "time": format_time(local.time(), "short", locale=locale).translate(_BLANKS),
    }


@cache
def _locale(tag: str) -> Any:
    """The customs of the reader's country where they are known, `en-GB`; those of the language otherwise."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see _values

    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale(_language(tag))


@cache
def _words(language: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _fill(sentence: str, values: dict[str, str]) -> str:
    found: str = _template(sentence).render(values)
    if (time := values.get("time", "")).endswith("."):
        found = found.replace(f"{time}.", time)  # `2:00 p.m.` ends its sentence itself
    return found.strip()


@cache
def _template(sentence: str) -> Any:
    from jinja2 import StrictUndefined  # noqa: PLC0415 - only what writes messages needs it
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - same

    # Plain text, so nothing is escaped here: whoever makes HTML of it escapes the whole.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    return environment.from_string(sentence)
