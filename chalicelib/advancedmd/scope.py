"""What is kept in step by itself, as an administrator has settled it. Pure.

Whatever somebody asks for by hand is done all the same.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args

from chalicelib.advancedmd.shared import Field

Kind = Literal["appointments", "statuses", "patients", "pull"]
"""Appointments with their moves and cancellations; how far a visit has come; looking patients up; hearing changes."""
KINDS: tuple[Kind, ...] = get_args(Kind)


def kind_of(field: Field, value: Any) -> Kind:
    """To which kind it belongs that a field is told with this value: who cancels gives up the time."""
    return "statuses" if field == "stage" and value != "cancelled" else "appointments"


def told(values: Mapping[Field, Any], kinds: Collection[str]) -> dict[Field, Any]:
    """What of these is told when only some kinds are; the rest stays as both sides have it."""
    return {field: value for field, value in values.items() if kind_of(field, value) in kinds}


def concerns(changed: Collection[str], new: Mapping[str, Any], kinds: Collection[str]) -> bool:
    """Whether a change of these attributes of an appointment, as it is stored now, is told by itself."""
    if set(changed) == {"status"} and new.get("status", {}).get("S") != "cancelled":
        return "statuses" in kinds
    return "appointments" in kinds
