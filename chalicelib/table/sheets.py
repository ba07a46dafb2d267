"""Day sheets: what is taken of one resource (doctor, room, patient) on one UTC date.

Cells are counters named by `kit.grid`; `n` counts the appointments whose local date is the sheet's
date (daily cap); `v` counts the sheet's changes (ETags); `h_<id>` holds a live hold: its expiry in
epoch seconds, its cells, and whether `n` counts it. Sheets of the past expire after sixty days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from chalicelib.kit import grid
from chalicelib.table import base
from chalicelib.table.base import Raw
from chalicelib.table.keys import Key

_HOLD = "h_"
_KEPT_SECONDS = 60 * 86400


@dataclass(frozen=True, slots=True)
class SheetHold:
    """A hold as a sheet carries it."""

    id: str
    expires: int
    cells: range
    counted: int = 0

    def live(self, now: datetime) -> bool:
        """Whether the hold still keeps its cells at `now`."""
        return self.expires > now.timestamp()


@dataclass(frozen=True)
class Sheet:
    """One resource's UTC day, as it was read; an absent item is an empty sheet."""

    day: date
    raw: Raw

    @property
    def version(self) -> int:
        """How often the sheet has changed."""
        return self._number("v")

    @property
    def count(self) -> int:
        """Appointments whose local date is this sheet's date."""
        return self._number("n")

    @cached_property
    def counters(self) -> dict[int, int]:
        """Cell → how many claims lie on it, for cells that were ever claimed."""
        first = grid.first_cell(self.day)
        place = grid.PLACE
        return {first + place[name]: int(value["N"]) for name, value in self.raw.items() if name in place}

    @cached_property
    def holds(self) -> list[SheetHold]:
        """The holds on this sheet, live and expired."""
        found = []
        for name, value in self.raw.items():
            if name.startswith(_HOLD):
                expires, first, stop, counted = (int(part) for part in value["S"].split(","))
                found.append(SheetHold(name.removeprefix(_HOLD), expires, range(first, stop), counted))
        return found

    def expired(self, now: datetime) -> list[SheetHold]:
        """The holds that no longer keep their cells, but have not been cleared away."""
        return [hold for hold in self.holds if not hold.live(now)]

    def live_counters(self, now: datetime) -> dict[int, int]:
        """The counters without what expired holds still have on the sheet."""
        expired = self.expired(now)
        if not expired:
            return self.counters
        counters = dict(self.counters)
        for hold in expired:
            for cell in hold.cells:
                if cell in counters:
                    counters[cell] -= 1
        return counters

    def live_count(self, now: datetime) -> int:
        """The daily count without expired holds."""
        return self.count - sum(hold.counted for hold in self.expired(now))

    def _number(self, name: str) -> int:
        return int(self.raw[name]["N"]) if name in self.raw else 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction does to one sheet: cells taken and freed, the daily count, a hold begun or ended."""

    key: Key
    take: frozenset[int] = frozenset()
    free: frozenset[int] = frozenset()
    capacity: int = 1
    counted: int = 0
    cap: int | None = None
    hold: SheetHold | None = None
    ended_hold: str | None = None

    def merged(self, other: "Change") -> "Change":
        """Both changes as one, since a transaction touches an item once; cells freed and taken again stay."""
        taken = (self.take | other.take) - (self.free | other.free)
        freed = (self.free | other.free) - (self.take | other.take)
        return Change(
            key=self.key,
            take=taken,
            free=freed,
            capacity=self.capacity if self.take else other.capacity,
            counted=self.counted + other.counted,
            cap=self.cap if self.counted > 0 else other.cap,
            hold=self.hold or other.hold,
            ended_hold=self.ended_hold or other.ended_hold,
        )


def sheet_of(key: Key, found: Mapping[Key, Raw]) -> Sheet:
    """The sheet under `key` among what was read; empty when absent."""
    return Sheet(date.fromisoformat(key.sk.removeprefix("DAY#")), found.get(key, {}))


def read_range(pk: str, first: date, last: date) -> list[Sheet]:
    """A resource's sheets from `first` to `last`, in one Query (each page of it)."""
    return [
        Sheet(date.fromisoformat(raw["SK"]["S"].removeprefix("DAY#")), raw)
        for raw, _ in base.query(pk, between=(f"DAY#{first}", f"DAY#{last}"))
    ]


def operation(change: Change) -> dict[str, Any]:
    """The update of one sheet, with the condition under which it is a valid claim.

    `NOT (c1 >= :k OR c2 >= :k …)` is true for a missing counter, because a comparison with a
    missing attribute is false; so a sheet needs no creation and a cell no initial value.
    """
    values: dict[str, dict[str, str]] = {":one": {"N": "1"}}
    adds = ["v :one"]
    full: list[str] = []
    for cell in sorted(change.take):
        name = grid.NAMES[cell % grid.CELLS_PER_DAY]
        adds.append(f"{name} :one")
        full.append(f"{name} >= :k")
    adds += [f"{grid.NAMES[cell % grid.CELLS_PER_DAY]} :less" for cell in sorted(change.free)]
    if change.counted:
        adds.append("n :n")
        values[":n"] = {"N": str(change.counted)}
    if change.counted > 0 and change.cap is not None:
        full.append("n >= :cap")
        values[":cap"] = {"N": str(change.cap)}
    if change.take:
        values[":k"] = {"N": str(change.capacity)}
    if change.free:
        values[":less"] = {"N": "-1"}
    sets = ["expires_at = :expiry"]
    values[":expiry"] = {"N": str(_expiry(change.key))}
    if change.hold:
        sets.append(f"{_HOLD}{change.hold.id} = :hold")
        cells = change.hold.cells
        values[":hold"] = {"S": f"{change.hold.expires},{cells.start},{cells.stop},{change.hold.counted}"}
    removes = f" REMOVE {_HOLD}{change.ended_hold}" if change.ended_hold else ""
    update = {
        "Key": base.primary(change.key),
        "UpdateExpression": f"ADD {', '.join(adds)} SET {', '.join(sets)}{removes}",
        "ExpressionAttributeValues": values,
    }
    conditions = [f"NOT ({' OR '.join(full)})"] if full else []
    if change.ended_hold:
        conditions.append(f"attribute_exists({_HOLD}{change.ended_hold})")
    if conditions:
        update["ConditionExpression"] = " AND ".join(conditions)
    return update


def _expiry(key: Key) -> int:
    day = date.fromisoformat(key.sk.removeprefix("DAY#"))
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + _KEPT_SECONDS
