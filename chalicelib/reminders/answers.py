"""What people mean by what they write back: pure, in the languages that we write in.

Accents, case and punctuation do not count. A number behind `C` or `X` tells which of several visits is meant.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["stop", "start", "help", "confirm", "cancel"]
STOP: Meaning = "stop"
START: Meaning = "start"
HELP: Meaning = "help"
CONFIRM: Meaning = "confirm"
CANCEL: Meaning = "cancel"

# `cancel` calls the visit off and stops nothing: a patient who writes it to a clinic means the visit.
_WORDS: dict[Meaning, tuple[str, ...]] = {
    STOP: (
        *("stop", "stopall", "stop all", "unsubscribe", "end", "quit", "revoke", "optout", "opt out"),
        *("alto", "parar", "pare", "baja", "dar de baja", "sair", "रोकें", "रोको", "बंद", "बंद करें"),
    ),
    START: ("start", "unstop", "iniciar", "alta", "comenzar", "começar", "शुरू", "शुरू करें"),
    HELP: ("help", "info", "ayuda", "ajuda", "मदद", "सहायता"),
    CONFIRM: (
        *("c", "1", "y", "yes", "confirm", "confirmed", "ok", "okay"),
        *("sí", "confirmar", "confirmo", "sim", "हाँ", "हां", "जी", "जी हाँ", "पुष्टि"),
    ),
    CANCEL: ("x", "cancel", "cancelled", "canceled", "cancelar", "cancelo", "desmarcar", "रद्द", "रद्द करें"),
}
_NUMBERED = re.compile(r"(?P<word>.*\D)\s*(?P<number>[1-9])")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Said:
    """What is meant, and of which visit when a number says that."""

    meaning: Meaning
    number: int | None = None


def meant(text: str) -> Said | None:
    """What a message means; None for anything but one of the known words."""
    plain = _plain(text[:_LONGEST])
    if len(text.strip()) > _LONGEST:
        return None
    if plain in _KNOWN:
        return Said(_KNOWN[plain])
    found = _NUMBERED.fullmatch(plain)
    meaning = _KNOWN.get(found["word"].strip()) if found else None
    if found is None or meaning not in {CONFIRM, CANCEL}:
        return None
    return Said(meaning, int(found["number"]))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one if unicodedata.category(one)[0] in "LNM" else " " for one in letters)
    accents = "".join(one for one in kept if not "\u0300" <= one <= "\u036f")
    return " ".join(accents.split())


_KNOWN: dict[str, Meaning] = {_plain(word): meaning for meaning, words in _WORDS.items() for word in words}
