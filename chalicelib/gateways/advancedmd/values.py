"""AdvancedMD's ways of writing ids, times and names, and what they mean. Pure.

Its times carry no offset, so they are naive here: wall time of the office. `servertime` is nobody's business: it is
echoed as it came.
"""

import re
import unicodedata
from datetime import date, datetime

_ID = re.compile(r"\s*[A-Za-z_]*?(\d+)\s*")
_NEVER_BEFORE = 1901  # 1900-01-01 and 0001-01-01 stand for no time at all
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?)?Z?")
_FORMS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y")
_CONFIRMED = re.compile(r"(\d\d/\d\d/\d{4}) (\d\d?):(\d\d)([AP])")


def number(text: str | int | None) -> int | None:
    """The number of an id as any class writes it: `pat148`, `ap_type9`, `col16`, 148; None when there is none."""
    if isinstance(text, int):
        return text
    found = _ID.fullmatch(text or "")
    return int(found[1]) if found else None


def when(text: str | None) -> datetime | None:
    """A naive time in any of the forms in which it is told; None for nothing, a sentinel or what cannot be read."""
    told = (text or "").strip()
    read = _iso(told) or _confirmed(told) or _american(told)
    return read if read and read.year >= _NEVER_BEFORE else None


def day(text: str | None) -> date | None:
    """A date, in the same way."""
    read = when(text)
    return read.date() if read else None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, of_month, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found[7] or "").ljust(6, "0"))
    try:
        return datetime(year, month, of_month, hour, minute, second, fraction)  # noqa: DTZ001 - wall time, see above
    except ValueError:
        return None


def _confirmed(text: str) -> datetime | None:
    """`06/14/2021 01:14P`."""
    found = _CONFIRMED.fullmatch(text)
    return _american(f"{found[1]} {found[2]}:{found[3]} {found[4]}M") if found else None


def _american(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - same
        except ValueError:
            continue
    return None


def long_form(moment: datetime) -> str:
    """`3/27/2026 8:25:28 AM`, as `msgtime` is written."""
    half = "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    hour = moment.hour % 12 or 12
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02d}:{moment.second:02d} {half}"


def short_form(of: date) -> str:
    """`03/27/2026`."""
    return of.strftime("%m/%d/%Y")


def iso_form(wall: datetime) -> str:
    """`2026-03-27T08:25:28`: how the scheduler takes wall time."""
    return wall.replace(tzinfo=None).isoformat(timespec="seconds")


def yes(text: str | None) -> bool:
    """Whether a flag is set, in any of its spellings."""
    return (text or "").strip().lower() in {"1", "-1", "yes", "true", "y"}


def plain(text: str) -> str:
    """Text that XML can carry: composed, and without control characters."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if unicodedata.category(letter) not in {"Cc", "Cs", "Cn"})


def name_of(first: str, last: str) -> str:
    """`DOE,JANE A`: no blank after the comma."""
    return f"{' '.join(plain(last).split())},{' '.join(plain(first).split())}".upper()
