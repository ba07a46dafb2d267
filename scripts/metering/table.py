"""The README's cost table: written, read back, and compared with what is measured now."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scripts.metering import prices
from scripts.metering.measuring import Cost, Effort, Units

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- cost -->", "<!-- /cost -->"
_NONE, _SAME = "–", "same"
_HEAD = [
    "| operation | table | its followers | cold | $ table | $ all |",
    "|---|---|---|---|---|---|",
]
_PARTS = ("requests", "read units", "write units")
Shown = Mapping[str, tuple[Units, Units, Units]]
"""Row name → warm, followers, cold."""


class NoTable(Exception):
    """The README has no place for the table; the message says how it is marked."""


def lines(rows: Iterable[tuple[Cost, Effort]]) -> list[str]:
    """The table: requests · read units · write units of the request, of its followers, and with cold caches."""
    written = []
    for cost, effort in rows:
        followers = _NONE if cost.followers == Units(0, 0, 0) else _cell(cost.followers)
        cold = _SAME if cost.cold == cost.warm else _cell(cost.cold)
        table = prices.of_table(cost.warm) + prices.of_table(cost.followers)
        written.append(
            f"| {cost.name} | {_cell(cost.warm)} | {followers} | {cold} "
            f"| {table:.2f} | {prices.of_all(cost, effort):.2f} |"
        )
    return [*_HEAD, *written]


def write(rows: Iterable[tuple[Cost, Effort]]) -> None:
    """Put the table into the README."""
    text = README.read_text(encoding="utf-8")
    content = "\n".join([BEGIN, *lines(rows), END])
    README.write_text(_between().sub(lambda _: content, text), encoding="utf-8")


def shown() -> Shown:
    """What the README says now; NoTable when it says nothing."""
    found = _between().search(README.read_text(encoding="utf-8"))
    if found is None:
        raise NoTable(f"README.md has no {BEGIN} … {END}")
    return dict(_read(line) for line in found.group(0).splitlines()[1 + len(_HEAD) : -1])


def grown(measured: Iterable[Cost], said: Shown) -> list[str]:
    """A sentence for each number that is larger than the README says, and for each row that it lacks."""
    return list(_differing(measured, said, more=True))


def shrunk(measured: Iterable[Cost], said: Shown) -> list[str]:
    """A sentence for each number that is smaller than the README says, and for each of its rows that is gone."""
    rows = list(measured)
    gone = said.keys() - {cost.name for cost in rows}
    return [*_differing(rows, said, more=False), *(f"{name} is not measured any more" for name in sorted(gone))]


def _differing(measured: Iterable[Cost], said: Shown, *, more: bool) -> Iterator[str]:
    for cost in measured:
        if cost.name not in said:
            if more:
                yield f"{cost.name} is not in the table"
            continue
        for what, now, before in zip(
            ("", "followers' ", "cold "), (cost.warm, cost.followers, cost.cold), said[cost.name], strict=True
        ):
            for part, new, old in zip(_PARTS, _numbers(now), _numbers(before), strict=True):
                if new != old and (new > old) == more:
                    yield f"{cost.name}: {new:g} {what}{part}, the table says {old:g}"


def _read(line: str) -> tuple[str, tuple[Units, Units, Units]]:
    name, warm, followers, cold, *_ = (cell.strip() for cell in line.strip("|").split("|"))
    own = _units(warm)
    return name, (
        own,
        Units(0, 0, 0) if followers == _NONE else _units(followers),
        own if cold == _SAME else _units(cold),
    )


def _cell(units: Units) -> str:
    return " · ".join(f"{number:g}" for number in _numbers(units))


def _units(cell: str) -> Units:
    return Units(*(float(number) for number in cell.split(" · ")))


def _numbers(units: Units) -> tuple[float, float, float]:
    return units.requests, units.reads, units.writes


def _between() -> re.Pattern[str]:
    return re.compile(f"{BEGIN}\n.*?{END}", re.DOTALL)
