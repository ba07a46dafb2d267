"""The five-minute grid: absolute time cut into cells, the same for every zone and every sheet.

A cell is an int: minutes since 1970-01-01T00:00Z divided by five. A UTC day has 288 of them, always.
Inside its day sheet a cell is named by the UTC hour as a letter and the twelfth of the hour:
`j6` is 09:30 to 09:35, `jB` 09:55. None of these names is a reserved word of DynamoDB.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

CELL_MINUTES = 5
CELLS_PER_DAY = 288
_CELL_SECONDS = CELL_MINUTES * 60
_EPOCH = date(1970, 1, 1).toordinal()

NAMES: tuple[str, ...] = tuple(f"{hour}{twelfth}" for hour in "abcdefghijklmnopqrstuvwx" for twelfth in "0123456789AB")
PLACE: dict[str, int] = {name: place for place, name in enumerate(NAMES)}


def cell(instant: datetime) -> int:
    """The cell in which `instant` lies."""
    return int(instant.timestamp()) // _CELL_SECONDS


def on_grid(instant: datetime) -> bool:
    """Whether `instant` is the first moment of a cell."""
    return int(instant.timestamp()) % _CELL_SECONDS == 0


def instant(of: int) -> datetime:
    """The first moment of a cell, in UTC."""
    return datetime.fromtimestamp(of * _CELL_SECONDS, UTC)


def first_cell(day: date) -> int:
    """The first cell of a UTC day."""
    return (day.toordinal() - _EPOCH) * CELLS_PER_DAY


def day(of: int) -> date:
    """The UTC day of a cell."""
    return date.fromordinal(of // CELLS_PER_DAY + _EPOCH)


def span(start: datetime, minutes: int, *, before: int = 0, after: int = 0) -> range:
    """The cells of [start − before, start + minutes + after), all in minutes."""
    first = cell(start) - before // CELL_MINUTES
    return range(first, cell(start) + (minutes + after) // CELL_MINUTES)


def by_day(cells: range) -> Iterator[tuple[date, range]]:
    """The cells cut at UTC midnights."""
    first = cells.start
    while first < cells.stop:
        stop = min(cells.stop, (first // CELLS_PER_DAY + 1) * CELLS_PER_DAY)
        yield day(first), range(first, stop)
        first = stop


def days(first: date, last: date) -> list[date]:
    """Every date from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
