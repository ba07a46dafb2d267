"""What is kept in step by itself, as an administrator has settled it. Pure.

Whatever somebody asks for by hand is done all the same.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args

from chalicelib.advancedmd.shared import Field, Stage

Kind = Literal["appointments", "statuses", "patients", "pull"]
"""Appointments with their moves and cancellations; how far a visit has come; looking patients up; hearing changes."""
KINDS: tuple[Kind, ...] = get_args(Kind)


def kind_of(field: Field, value: Any, *, was: Any = None) -> Kind:
    """To which kind it belongs that a field is told with this value, after that one: who cancels gives up the time.

    Whoever takes up again what was cancelled needs a time anew.
    """
    return "statuses" if field == "stage" and "cancelled" not in (value, was) else "appointments"


def told(values: Mapping[Field, Any], kinds: Collection[str], *, was: Stage = "expected") -> dict[Field, Any]:
    """What of these is told of a visit that has come so far, when only some kinds are; the rest stays as it is."""
    return {field: value for field, value in values.items() if kind_of(field, value, was=was) in kinds}


def concerns(
    changed: Collection[str], old: Mapping[str, Any] | None, new: Mapping[str, Any], kinds: Collection[str]
) -> bool:
    """Whether a change of these attributes of an appointment, from one image to the other, is told by itself."""
    statuses = {image.get("status", {}).get("S") for image in (old or {}, new)}
    if set(changed) == {"status"} and "cancelled" not in statuses:
        return "statuses" in kinds
    return "appointments" in kinds
