"""What a patient has under way, on one small item: live holds, and open appointments where a location limits them.

`h_<id>` → the hold's expiry, `a_<id>` → the appointment's end, both in epoch seconds. Entering one
demands that none was entered since the item was read (`v`); leaving never conflicts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.table import base, keys
from chalicelib.table.base import Raw
from chalicelib.table.keys import Key

_HOLD, _OPEN = "h_", "a_"


@dataclass(frozen=True, slots=True)
class Tally:
    """A patient's item as it was read; absent means nothing under way."""

    key: Key
    raw: Raw

    @classmethod
    def of(cls, patient_id: str, found: Mapping[Key, Raw]) -> "Tally":
        """The patient's item among what was read."""
        key = keys.tally(patient_id)
        return cls(key, found.get(key, {}))

    def holds(self, now: datetime) -> set[str]:
        """The ids of the holds that have not expired."""
        return self._after(_HOLD, now)

    def open(self, now: datetime) -> set[str]:
        """The ids of the counted appointments that have not ended."""
        return self._after(_OPEN, now)

    def enter(
        self, appointment_id: str, *, now: datetime, hold_until: int | None = None, open_until: int | None = None
    ) -> dict[str, Any]:
        """The update that enters a hold, an open appointment or both, and drops what is over."""
        version = int(self.raw["v"]["N"]) if "v" in self.raw else 0
        values = {":next": {"N": str(version + 1)}}
        sets = ["v = :next"]
        for prefix, name, until in ((_HOLD, ":hold", hold_until), (_OPEN, ":open", open_until)):
            if until is not None:
                sets.append(f"{prefix}{appointment_id} = {name}")
                values[name] = {"N": str(until)}
        if version:
            values[":seen"] = {"N": str(version)}
        over = sorted(name for name in self.raw if self._is_over(name, now))
        return {
            "Key": base.primary(self.key),
            "UpdateExpression": f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(over)}" if over else ""),
            "ConditionExpression": "v = :seen" if version else "attribute_not_exists(v)",
            "ExpressionAttributeValues": values,
        }

    def _after(self, prefix: str, now: datetime) -> set[str]:
        return {
            name.removeprefix(prefix) for name in self.raw if name.startswith(prefix) and not self._is_over(name, now)
        }

    def _is_over(self, name: str, now: datetime) -> bool:
        return name.startswith((_HOLD, _OPEN)) and int(self.raw[name]["N"]) <= now.timestamp()


def end_hold(patient_id: str, appointment_id: str) -> dict[str, Any]:
    """The update that drops a hold, whether or not it is still listed."""
    return {"Key": base.primary(keys.tally(patient_id)), "UpdateExpression": f"REMOVE {_HOLD}{appointment_id}"}


def leave(patient_id: str, appointment_id: str) -> dict[str, Any]:
    """The update that drops all of an appointment, whether or not it is still listed."""
    names = f"{_HOLD}{appointment_id}, {_OPEN}{appointment_id}"
    return {"Key": base.primary(keys.tally(patient_id)), "UpdateExpression": f"REMOVE {names}"}


def reopen(patient_id: str, appointment_id: str, until: int) -> dict[str, Any]:
    """The update that gives an open appointment another end."""
    return {
        "Key": base.primary(keys.tally(patient_id)),
        "UpdateExpression": f"SET {_OPEN}{appointment_id} = :open",
        "ExpressionAttributeValues": {":open": {"N": str(until)}},
    }
