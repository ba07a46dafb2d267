"""Bitmaps of time: bit i of an integer is the i-th five-minute cell of a span of UTC days.

A cell is absolute time, so nothing here knows of zones. A position is relative to its span; `kit.grid` numbers cells
since 1970, and `Span.origin` is the difference. Python's integers are immutable and an operation passes over the whole
span, so nothing below works bit by bit on a large one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.kit import grid
from chalicelib.kit.grid import CELL_MINUTES, CELLS_PER_DAY

_CELL = timedelta(minutes=CELL_MINUTES)
_DAY_BYTES = CELLS_PER_DAY // 8
_WORD = 16
_BIT = tuple(1 << cell for cell in range(CELLS_PER_DAY))


@dataclass(frozen=True, slots=True)
class Span:
    """Whole UTC days; position 0 is the first five minutes of `first`."""

    first: date
    days: int

    @classmethod
    def touched(cls, begin: datetime, end: datetime) -> "Span":
        """The UTC days on which [begin, end) lies."""
        first = begin.astimezone(UTC).date()
        last = (end.astimezone(UTC) - timedelta(microseconds=1)).date()
        return cls(first, (last - first).days + 1)

    @classmethod
    def of_dates(cls, first: date, last: date) -> "Span":
        """The UTC days that hold every appointment beginning on these local dates, in any zone."""
        # A local date begins up to 14 hours before its UTC date and ends up to 12 after it; an appointment that
        # begins at its end must still find its own opening whole.
        return cls(first - timedelta(days=1), (last - first).days + 3)

    @property
    def origin(self) -> int:
        """The number of the first cell on `kit.grid`."""
        return grid.first_cell(self.first)

    @property
    def cells(self) -> int:
        return self.days * CELLS_PER_DAY

    def position(self, instant: datetime) -> int:
        """The position of the first cell that begins at the instant or after it; it may lie outside the span."""
        midnight = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        return -((midnight - instant) // _CELL)

    def instant(self, position: int) -> datetime:
        return grid.instant(self.origin + position)


def cells_in(minutes: int) -> int:
    """Minutes as a number of cells; ValueError unless they are a multiple of five and not negative."""
    count, rest = divmod(minutes, CELL_MINUTES)
    if rest or count < 0:
        raise ValueError(f"{minutes} minutes are not a multiple of {CELL_MINUTES}")
    return count


def between(begin: int, end: int) -> int:
    """The bits from begin to end - 1; what lies before position 0 is cut."""
    begin = max(begin, 0)
    return ((1 << (end - begin)) - 1) << begin if end > begin else 0


def runs(bits: int, length: int) -> int:
    """The positions from which `length` consecutive bits are set."""
    have = 1
    while have < length:
        step = min(have, length - have)
        bits &= bits >> step
        have += step
    return bits


def smear(bits: int, length: int) -> int:
    """The positions from which at least one of `length` consecutive bits is set."""
    have = 1
    while have < length:
        step = min(have, length - have)
        bits |= bits >> step
        have += step
    return bits


class _SetBits(dict[int, tuple[int, ...]]):
    """The set bits of a 16-bit word, worked out when first asked for; at most 65,536 words, in practice hundreds."""

    def __missing__(self, word: int) -> tuple[int, ...]:
        found = self[word] = tuple(bit for bit in range(_WORD) if word >> bit & 1)
        return found


_set_bits = _SetBits()


def positions(bits: int) -> list[int]:
    """Where the bits are set, ascending."""
    # The words are read in the machine's byte order, which is little-endian on every machine that Lambda has.
    count = -(-bits.bit_length() // _WORD)
    words = memoryview(bits.to_bytes(count * _WORD // 8, "little")).cast("H")
    starts = range(0, count * _WORD, _WORD)
    return [start + bit for start, word in zip(starts, words, strict=True) if word for bit in _set_bits[word]]


def taken_cells(sheets: Iterable[Mapping[int, int]], *, span: Span, capacity: int = 1) -> int:
    """The cells claimed `capacity` times or more; each mapping (cell of `kit.grid` → claims) is of one UTC day."""
    days = [0] * span.days
    origin = span.origin
    for counters in sheets:
        if not counters:
            continue
        midnight = next(iter(counters)) // CELLS_PER_DAY * CELLS_PER_DAY
        day = (midnight - origin) // CELLS_PER_DAY
        if 0 <= day < span.days:
            days[day] |= sum([_BIT[cell - midnight] for cell, claims in counters.items() if claims >= capacity])
    return int.from_bytes(b"".join([day.to_bytes(_DAY_BYTES, "little") for day in days]), "little")


def touched_dates(bits: int, *, span: Span, before: int = 0, after: int = 1) -> list[date]:
    """The UTC dates, hence sheets, on which the cells [position - before, position + after) of any set bit lie."""
    # Lifted by a day, so that what reaches back over the span's first midnight keeps its place.
    reach = smear(bits << (CELLS_PER_DAY + after - 1), before + after)
    count = -(-reach.bit_length() // CELLS_PER_DAY)
    days = [reach >> (day * CELLS_PER_DAY) & between(0, CELLS_PER_DAY) for day in range(count)]
    return [span.first + timedelta(days=day - 1) for day, touched in enumerate(days) if touched]
