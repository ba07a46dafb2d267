"""What messages say: the seeds' sentences word for word, four languages, and nothing that nobody else should read."""

import re
import tomllib
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.reminders import texts
from chalicelib.reminders.kinds import KINDS, Kind
from chalicelib.reminders.texts import LANGUAGES, Facts, Message, compose

WORDS = Path(texts.__file__).with_name("words")
FACTS = Facts(
    doctor="Dr. Jane Smith",
    place="Harbour Clinic New York",
    start=datetime(2026, 1, 15, 19, 5, tzinfo=UTC),
    zone=ZoneInfo("America/New_York"),
    link="https://clinic.test/portal/visit/room",
)


def said(kind: Kind = "reminder", *, language: str | None = "en", **changes: Any) -> Message:
    options = {name: changes.pop(name) for name in ("custom", "reduced") if name in changes}
    return compose(kind, replace(FACTS, **changes), languages=(language,), **options)


def test_the_seeds_reminder_of_a_visit_in_person_is_said_word_for_word() -> None:
    assert said().text == (
        "Reminder: Your appointment with Dr. Jane Smith is scheduled for January 15, 2026 at 2:05 PM. "
        "Please arrive 10 minutes early. Location: Harbour Clinic New York"
    )


def test_the_seeds_reminder_of_a_telehealth_visit_is_said_word_for_word() -> None:
    assert said(telehealth=True).text == (
        "Reminder: Your appointment with Dr. Jane Smith is scheduled for January 15, 2026 at 2:05 PM. "
        "This is a telehealth appointment. You will receive a secure link 10 minutes before the appointment."
    )


@pytest.mark.parametrize(
    ("language", "when"),
    [
        ("es", "el 15 de enero de 2026 a las 14:05"),
        ("pt-BR", "15 de janeiro de 2026 às 14:05"),
        ("hi", "15 जनवरी 2026 को 2:05 pm"),
        ("en-GB", "15 January 2026 at 14:05"),
        ("de", "January 15, 2026 at 2:05 PM"),
        (None, "January 15, 2026 at 2:05 PM"),
        ("en-XX", "January 15, 2026 at 2:05 PM"),
        ("es_MX", "el 15 de enero de 2026 a las 2:05 p.m."),
    ],
)
def test_dates_and_times_are_as_the_reader_writes_them(language: str | None, when: str) -> None:
    assert when in said(language=language).text


def test_a_time_that_ends_in_a_dot_ends_its_sentence() -> None:
    assert "a las 2:05 p.m. Por favor" in said(language="es-MX").text


def test_the_locations_language_is_spoken_to_those_whose_own_we_do_not_know() -> None:
    assert compose("you_are_next", FACTS, languages=("de", "es-MX")).subject == "Usted es el siguiente"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_language_has_every_message_in_full_and_reduced(kind: Kind, language: str) -> None:
    full, reduced = said(kind, language=language), said(kind, language=language, reduced=True)

    assert full.subject
    assert reduced.text
    assert "{" not in full.text + full.subject + reduced.text
    assert not {"\u202f", "\u00a0", "\n"} & set(full.text + reduced.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_the_same_facts(language: str) -> None:
    def told(of: str) -> dict[str, list[str]]:
        words = tomllib.loads((WORDS / f"{of}.toml").read_text(encoding="utf-8"))
        flat = {name: value for name, value in words.items() if isinstance(value, str)}
        flat |= {f"{kind}.{form}": value for kind in KINDS for form, value in words[kind].items()}
        return {name: sorted(re.findall(r"{{ (\w+) }}", value)) for name, value in flat.items()}

    assert told(language) == told("en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_reduced_message_names_neither_doctor_nor_place(kind: Kind, language: str) -> None:
    told = said(kind, language=language, reduced=True)

    assert "Smith" not in told.text + told.subject
    assert "Harbour" not in told.text + told.subject


def test_a_message_cannot_be_given_a_reason_a_specialty_or_a_note() -> None:
    assert {one.name for one in fields(Facts)} == {"doctor", "place", "start", "zone", "telehealth", "link"}


def test_ones_own_words_follow_a_reminder_and_nothing_else() -> None:
    assert said(custom="Bring your\nfiles.").text.endswith("New York Bring your files.")
    assert "files" not in said("confirmation", custom="Bring your files.").text
    assert "files" not in said(custom="Bring your files.", reduced=True).text


@pytest.mark.parametrize("hostile", ["{{ 7 * 7 }}", "{% for i in range(9) %}x{% endfor %}", "{{ ''.__class__ }}", "}}"])
def test_what_people_write_is_never_read_as_a_template(hostile: str) -> None:
    assert said(custom=hostile).text.endswith(hostile)
    assert hostile in said(doctor=hostile).text
    assert hostile in said(place=hostile).text


def test_names_keep_their_letters() -> None:
    assert "Dr. Zoë Núñez-Οικονόμου 👩‍⚕️" in said(doctor="Dr. Zoë Núñez-Οικονόμου 👩‍⚕️").text
