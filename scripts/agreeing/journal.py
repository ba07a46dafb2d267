"""The journal: what people did on either side, one entry after the other, as they saw it before and made it.

It judges without any of the code that keeps the sides in step. What somebody did stands until somebody on the same side
does something else, or somebody on the other side who has seen it. Whatever stands at the end of the day has to be
there; where two things stand that differ, people have to be asked, except that AdvancedMD's front desk decides who has
come, is gone or did not come.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.kit import clock

Side = Literal["here", "there"]
Group = Literal["slot", "stage"]
GROUPS: tuple[Group, ...] = ("slot", "stage")
_OF_THE_DESK = frozenset({"arrived", "done", "missed"})


@dataclass(frozen=True, slots=True)
class State:
    """An appointment as either side has it: start in UTC, minutes and doctor are its slot."""

    slot: tuple[str, int, str]
    stage: str

    def of(self, group: Group) -> Any:
        """The value of a group."""
        return self.slot if group == "slot" else self.stage


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed: on which side, to which appointment (its id there), from what (None for a new one) to what.

    `agreed` is that the other side had come as far as this one was before it.
    """

    side: Side
    thing: str
    before: State | None
    after: State
    at: datetime
    agreed: bool

    def concerns(self, group: Group) -> bool:
        """Whether it changed this group."""
        return self.before is None or self.before.of(group) != self.after.of(group)


class Journal:
    """All deeds of all people, in the order in which they were done."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._lock = threading.Lock()

    def note(self, side: Side, thing: str, before: State | None, after: State, *, agreed: bool = False) -> None:
        """Somebody did this; who changes nothing of it, as with a charge or a confirmation, has seen it."""
        with self._lock:
            self.entries.append(Entry(side, thing, before, after, clock.now(), agreed))

    def about(self, things: set[tuple[Side, str]]) -> list[Entry]:
        """What was done to an appointment, by its ids on the two sides."""
        return [one for one in self.entries if (one.side, one.thing) in things]


def standing(entries: list[Entry], group: Group) -> list[Entry]:
    """What nobody has replaced who knew of it; at most one on each side.

    Who looks at an appointment and finds what the other side's latest deed has made of it has seen that deed, or the
    same by whatever way it came there: where one side goes to and fro before the other hears of it, that knows where it
    has come back to. When the front desk goes on from who has come, it has overruled what was said of that before it,
    and what was said since where the clinic has heard that they have come.
    """
    found: list[Entry] = []
    seen: dict[Side, list[Entry]] = {"here": [], "there": []}
    for one in entries:
        shown = one.before.of(group) if one.before else None
        alike = [old for old in found if old.after.of(group) == shown]
        seen[one.side] += [old for old in alike if old.side != one.side]
        if one.side == "there" and group == "stage" and shown in _OF_THE_DESK:
            seen["there"] += _overruled(found, shown, heard=one.agreed)
        if one.concerns(group):
            found = [old for old in found if old.side != one.side and old not in seen[one.side]]
            found.append(one)
    return found


def _overruled(found: list[Entry], stage: Any, *, heard: bool) -> list[Entry]:
    """What the clinic said of who has come before it heard this of AdvancedMD's front desk; never that nobody will."""
    said = next((place for place, old in enumerate(found) if old.side == "there" and old.after.stage == stage), 0)
    return [old for old in found[: None if heard else said] if old.side == "here" and old.after.stage != "cancelled"]


def explains(entries: list[Entry], group: Group, value: Any) -> bool:
    """Whether this value, on both sides, leaves nothing out that somebody did."""
    left = standing(entries, group)
    wanted = {one.after.of(group) for one in left}
    if wanted == {value}:
        return True
    desk = {one.after.of(group) for one in left if one.side == "there"}
    return group == "stage" and desk == {value} and value in _OF_THE_DESK and "cancelled" not in wanted
