"""Who is who: our patients among those that AdvancedMD found, our doctors among its profiles. Pure.

A link is made only where there is no doubt; whatever is merely alike is offered to people.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.gateways.advancedmd.records import Coded, PatientData

_PHONE_DIGITS = 9  # so many from the end: countries and trunk prefixes are written or left out
_TITLES = frozenset({"DR", "PROF", "MD", "DO", "PHD", "MR", "MRS", "MS"})


@dataclass(frozen=True, slots=True)
class Person:
    """One of our patients, as far as it helps to find them."""

    first_name: str
    last_name: str
    born: date | None = None
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """`found` is the one without doubt; otherwise `alike` are those whom people may choose from, the likest first.

    `people` are the patients among these, as AdvancedMD shows them.
    """

    found: int | None
    alike: tuple[int, ...] = ()
    people: tuple[PatientData, ...] = ()


def patient(person: Person, candidates: Iterable[PatientData]) -> Match:
    """The one candidate of the same name and birth date; where a birth date is unknown, phone or e-mail must agree.

    Two of them are none, and one with another second name may be a twin: people choose.
    """
    weighed = [(_weight(person, one), one.id) for one in candidates]
    sure = sorted({uid for weight, uid in weighed if weight == _SURE})
    alike = sorted({(-weight, uid) for weight, uid in weighed if weight})
    if len(sure) == 1:
        return Match(sure[0])
    return Match(None, tuple(uid for _, uid in alike))


def is_alike(person: Person, other: PatientData) -> bool:
    """Whether this may be the patient: name and birth date are not others'."""
    return _weight(person, other) > 0


_SURE, _LIKELY, _POSSIBLE = 3, 2, 1


def _weight(person: Person, other: PatientData) -> int:
    last, _, first = other.name.partition(",")
    same_name = _letters(person.last_name) == _letters(last) and _first(person.first_name) == _first(first)
    sure = _LIKELY if _other_second(person.first_name, first) else _SURE
    reached = _same_phone(person.phone, other.phone) or _same_text(person.email, other.email)
    if person.born and other.born:
        same_birth = person.born == other.born
        if same_name:
            return sure if same_birth else _POSSIBLE if reached else 0
        return _LIKELY if same_birth and reached else 0
    if same_name:
        return sure if reached else _LIKELY
    return 0


def doctor(name: str, profiles: Iterable[Coded]) -> Match:
    """The one profile of the same last name whose first name, if both have one, begins the same."""
    words = [word for word in _words(name) if word not in _TITLES]
    if not words:
        return Match(None)
    first, last = words[:-1], words[-1]
    alike = []
    for one in profiles:
        theirs, _, given = one.name.partition(",")
        names = [word for word in _words(given) if word not in _TITLES]
        if _letters(theirs) == last and (not first or not names or first[0][:1] == names[0][:1]):
            alike.append(one.id)
    return Match(alike[0]) if len(alike) == 1 else Match(None, tuple(alike))


def _words(text: str) -> list[str]:
    return [letters for word in text.replace("-", " ").split() if (letters := _letters(word))]


def _letters(text: str) -> str:
    """Capitals without accents, blanks and signs; letters that are not Latin stay."""
    plain = unicodedata.normalize("NFKD", text).upper().replace("Ł", "L").replace("Ø", "O").replace("Đ", "D")
    return "".join(letter for letter in plain if letter.isalpha())


def _first(name: str) -> str:
    """The first of the first names."""
    words = name.split()
    return _letters(words[0]) if words else ""


def _other_second(one: str, other: str) -> bool:
    """Whether both have a second of the first names, and neither is the other or its beginning."""
    mine, theirs = (_words(name)[1:2] for name in (one, other))
    return any(not (a.startswith(b) or b.startswith(a)) for a, b in zip(mine, theirs, strict=False))


def _same_phone(one: str, other: str) -> bool:
    ends = ["".join(digit for digit in phone if digit.isdigit())[-_PHONE_DIGITS:] for phone in (one, other)]
    return len(ends[0]) == _PHONE_DIGITS and ends[0] == ends[1]


def _same_text(one: str, other: str) -> bool:
    return bool(one) and one.strip().casefold() == other.strip().casefold()
