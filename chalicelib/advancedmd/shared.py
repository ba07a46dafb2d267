"""What of an appointment both sides know, in the clinic's words. Pure.

Notes, reasons and whatever else is about health are not among it, so that they cannot leave.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

Stage = Literal["expected", "arrived", "done", "cancelled", "missed"]
"""How far a visit has come, as coarsely as AdvancedMD knows it."""
Field = Literal["start", "minutes", "doctor_id", "location_id", "patient_id", "stage"]
SLOT: tuple[Field, ...] = ("start", "minutes", "doctor_id", "location_id")
"""The fields that together are the time that is taken."""


@dataclass(frozen=True, slots=True)
class Shared:
    """An appointment as both sides know it; `start` is in UTC. None is what the other side does not tell.

    Who or what there has no counterpart here stands under a foreign id, so that a change to it is still a change.
    """

    start: datetime
    minutes: int
    stage: Stage
    doctor_id: str | None = None
    location_id: str | None = None
    patient_id: str | None = None

    def value(self, field: Field) -> Any:
        """The value of a field."""
        return getattr(self, field)

    def with_values(self, values: dict[Field, Any]) -> "Shared":
        """The same with other values."""
        return replace(self, **{str(name): value for name, value in values.items()})


_FOREIGN = "advancedmd:"


def foreign(number: int | str) -> str:
    """The id of somebody or something at AdvancedMD that is not linked to ours."""
    return f"{_FOREIGN}{number}"


def is_foreign(value: Any) -> bool:
    """Whether a value is such an id."""
    return isinstance(value, str) and value.startswith(_FOREIGN)


FIELDS: tuple[Field, ...] = ("start", "minutes", "doctor_id", "location_id", "patient_id", "stage")
