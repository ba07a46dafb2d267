"""Patterns of wall time laid out over dates, as bitmaps.

The pattern of a day is two days wide, because a night shift begun on a date runs into the next; so even and odd dates
are laid out apart and then over each other. Weekly rules are drawn once per stretch of dates in which the same ones
are valid; only the dates that differ (recurrences, single dates, what the caller replaces) are drawn for a query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.kit import recurrence
from chalicelib.kit.grid import CELL_MINUTES, CELLS_PER_DAY
from chalicelib.scheduling.engine.schedule import Pattern

_PATTERN_BYTES = 2 * CELLS_PER_DAY // 8
_WEEK = 7
_MINUTES_PER_DAY = 24 * 60
NOTHING = bytes(_PATTERN_BYTES)

Rule = tuple[Pattern, int]  # a pattern and its bits


def ordered(start: int, end: int) -> tuple[int, int]:
    """A range of minutes with its end after its start: an overnight range ends on the next day."""
    return (start, end) if end > start else (start, end + _MINUTES_PER_DAY)


def range_bits(start: int, end: int, step: int = CELL_MINUTES) -> int:
    """The cells of a range of wall minutes, or those that lie whole steps after its start."""
    start, end = ordered(start, end)
    return sum(1 << (minute // CELL_MINUTES) for minute in range(start, end, step))


def packed(bits: int) -> bytes:
    """The pattern of one day in the form that `Calendar` lays out."""
    return bits.to_bytes(_PATTERN_BYTES, "little")


def applies(pattern: Pattern, day: date) -> bool:
    """Whether a range of this pattern begins on the date."""
    if pattern.on is not None:
        return pattern.on == day
    if (pattern.valid_from and day < pattern.valid_from) or (pattern.valid_to and day > pattern.valid_to):
        return False
    if pattern.rrule is not None:
        return day in recurrence.dates_in_year(pattern.rrule, pattern.valid_from or day, day.year)
    return not pattern.weekdays or day.weekday() in pattern.weekdays


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of some rules: weeks, each with the ordinal from which it holds, and the rules that are not weekly."""

    rules: tuple[Rule, ...]
    apart: tuple[Pattern, ...]
    weeks: tuple[tuple[int, tuple[bytes, ...]], ...]

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> "Calendar":
        """Draw the weeks; a pattern is judged on the first date of each stretch, since none changes inside one."""
        weekly = [(pattern, bits) for pattern, bits in rules if pattern.on is None and pattern.rrule is None]
        edges = {1}
        for pattern, _ in weekly:
            if pattern.valid_from:
                edges.add(pattern.valid_from.toordinal())
            if pattern.valid_to:
                edges.add(pattern.valid_to.toordinal() + 1)
        weeks = []
        for edge in sorted(edges):
            days = [0] * _WEEK
            for pattern, bits in weekly:
                first, last = pattern.valid_from or date.min, pattern.valid_to or date.max
                if first.toordinal() <= edge <= last.toordinal():
                    for weekday in pattern.weekdays or range(_WEEK):
                        days[weekday] |= bits
            weeks.append((edge, tuple(packed(bits) for bits in days)))
        apart = tuple(pattern for pattern, _ in rules if pattern.on is not None or pattern.rrule is not None)
        return cls(tuple(rules), apart, tuple(weeks))

    def laid_out(self, first: int, days: int, replaced: Mapping[int, bytes]) -> int:
        """The wall clock from midnight of date ordinal `first`; `replaced` are the patterns of dates that differ."""
        patterns = self._weekly(first, days)
        for ordinal in self._dates_apart(first, days):
            patterns[ordinal - first] = self._drawn(date.fromordinal(ordinal))
        for ordinal, pattern in replaced.items():
            if 0 <= ordinal - first < days:
                patterns[ordinal - first] = pattern
        even = int.from_bytes(b"".join(patterns[0::2]), "little")
        odd = int.from_bytes(b"".join(patterns[1::2]), "little")
        return even | odd << CELLS_PER_DAY

    def _weekly(self, first: int, days: int) -> list[bytes]:
        patterns: list[bytes] = []
        ends = [*(since for since, _ in self.weeks[1:]), first + days]
        for (_, week), end in zip(self.weeks, ends, strict=True):
            begin = first + len(patterns)
            count = min(end, first + days) - begin
            if count > 0:
                weekday = (begin - 1) % _WEEK  # ordinal 1 was a Monday
                patterns += (week * (count // _WEEK + 2))[weekday : weekday + count]
        return patterns

    def _dates_apart(self, first: int, days: int) -> set[int]:
        single = {pattern.on.toordinal() for pattern in self.apart if pattern.on is not None}
        found = single.intersection(range(first, first + days))
        recurring = [pattern for pattern in self.apart if pattern.rrule is not None]
        if recurring:
            for ordinal in range(first, first + days):
                day = date.fromordinal(ordinal)
                if any(applies(pattern, day) for pattern in recurring):
                    found.add(ordinal)
        return found

    def _drawn(self, day: date) -> bytes:
        bits = 0
        for pattern, drawn in self.rules:
            if applies(pattern, day):
                bits |= drawn
        return packed(bits)
