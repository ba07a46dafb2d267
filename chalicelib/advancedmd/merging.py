"""Two sides of one appointment, and the last state in which they agreed: what each is to take from the other. Pure.

Who owns a field decides what nobody else can. The time that is taken belongs to nobody: when both have changed it to
different times, people choose. The patient belongs to the clinic: a visit of another patient is not the appointment's,
so nothing is taken from it or told to it until people have decided whose it is.
How far the visit has come belongs to AdvancedMD's front desk once somebody has arrived, missed it or left.
What is not linked to anything here is never taken over. Of what is cancelled on both sides nothing matters any more.
What people are asked about stays theirs to answer until both sides have the same: that one of them goes back to what
was agreed on does not say that it gives in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.advancedmd.shared import FIELDS, SLOT, Field, Shared, is_foreign

Owner = Literal["nobody", "clinic", "front desk"]
OWNERS: dict[Field, Owner] = {
    "start": "nobody",
    "minutes": "nobody",
    "doctor_id": "nobody",
    "location_id": "nobody",
    "patient_id": "clinic",
    "stage": "front desk",
}
_AT_THE_DESK = frozenset({"arrived", "done", "missed"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which the sides do not agree, for people to decide; `base` is what both last had.

    It is `disputed` when both have changed it, and not when it only waits for what stands in its way.
    """

    field: Field
    base: Any
    ours: Any
    theirs: Any
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to come of the two: `taken` is for us to take over, `told` for them to be told, the rest for people."""

    taken: dict[Field, Any]
    told: dict[Field, Any]
    conflicts: tuple[Difference, ...]


def merge(*, base: Shared | None, ours: Shared, theirs: Shared, disputed: Collection[str] = ()) -> Merged:
    """Compare field by field; without a common state, and of what is `disputed`, every difference is for people.

    What the other side does not tell (None) is no change. The fields of the time go together: one of them in doubt
    leaves all of them as they are on both sides. Another patient leaves everything as it is. Who cancels tells no time.
    """
    if ours.stage == theirs.stage == "cancelled":
        return Merged({}, {}, ())
    taken: dict[Field, Any] = {}
    told: dict[Field, Any] = {}
    asked: set[Field] = set()
    for field in FIELDS:
        was = base.value(field) if base else None
        mine, other = ours.value(field), theirs.value(field)
        match _verdict(field, base is not None and field not in disputed, was, mine, other):
            case "take":
                taken[field] = other
            case "tell":
                told[field] = mine
            case "ask":
                asked.add(field)
    asked |= _ended_under_a_move(base, ours, theirs) if base else set()
    open_ones = set(asked)
    if "patient_id" in open_ones:
        open_ones |= taken.keys() | told.keys()
    if open_ones & set(SLOT):
        open_ones |= (taken.keys() | told.keys()) & set(SLOT)
    if told.get("stage") == "cancelled":
        told = {"stage": "cancelled"}
    for field in open_ones:
        taken.pop(field, None)
        told.pop(field, None)
    conflicts = tuple(
        Difference(field, base.value(field) if base else None, ours.value(field), theirs.value(field), field in asked)
        for field in FIELDS
        if field in open_ones
    )
    return Merged(taken, told, conflicts)


def differs(base: Shared | None, theirs: Shared) -> bool:
    """Whether the other side tells of something that was not agreed on."""
    return base is None or any(theirs.value(name) not in (None, base.value(name)) for name in FIELDS)


def _verdict(field: Field, has_base: bool, was: Any, mine: Any, other: Any) -> Literal["", "take", "tell", "ask"]:
    if mine == other or other is None:
        return ""
    if OWNERS[field] == "clinic":
        return "ask"
    if has_base and other == was:
        return "tell"
    if not has_base or is_foreign(other):
        return "ask"
    at_the_desk = OWNERS[field] == "front desk" and other in _AT_THE_DESK and mine != "cancelled"
    return "take" if mine == was or at_the_desk else "ask"


def _ended_under_a_move(base: Shared, ours: Shared, theirs: Shared) -> set[Field]:
    """One side has cancelled what the other has given another time: people should know before either is done."""

    def moved(side: Shared) -> set[Field]:
        differ = {name for name in SLOT if theirs.value(name) not in (None, ours.value(name))}
        return {name for name in differ if side.value(name) != base.value(name)}

    for one, other in ((ours, theirs), (theirs, ours)):
        if one.stage == "cancelled" != base.stage and moved(other):
            return {"stage", *moved(other)}
    return set()
