"""How many slots a patient holds: one small item per patient, `h_<id>` → expiry in epoch seconds.

Adding a hold demands that none was added since the item was read (`v`); ending one never conflicts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.table import base, keys
from chalicelib.table.base import Raw
from chalicelib.table.keys import Key

_HOLD = "h_"


@dataclass(frozen=True, slots=True)
class PatientHolds:
    """A patient's holds as they were read; absent means none."""

    key: Key
    raw: Raw

    @classmethod
    def of(cls, patient_id: str, found: Mapping[Key, Raw]) -> "PatientHolds":
        """The patient's holds among what was read."""
        key = keys.patient_holds(patient_id)
        return cls(key, found.get(key, {}))

    def live(self, now: datetime) -> set[str]:
        """The ids of the holds that have not expired."""
        return {name for name, expires in self._all().items() if expires > now.timestamp()}

    def add(self, hold_id: str, expires: int, now: datetime) -> dict[str, Any]:
        """The update that enters one more hold and drops the expired ones."""
        gone = [f"{_HOLD}{name}" for name in self._all().keys() - self.live(now)]
        version = int(self.raw["v"]["N"]) if "v" in self.raw else 0
        values = {":next": {"N": str(version + 1)}, ":expires": {"N": str(expires)}}
        if version:
            values[":seen"] = {"N": str(version)}
        return {
            "Key": base.primary(self.key),
            "UpdateExpression": f"SET v = :next, {_HOLD}{hold_id} = :expires"
            + (f" REMOVE {', '.join(sorted(gone))}" if gone else ""),
            "ConditionExpression": "v = :seen" if version else "attribute_not_exists(v)",
            "ExpressionAttributeValues": values,
        }

    def _all(self) -> dict[str, int]:
        return {name.removeprefix(_HOLD): int(value["N"]) for name, value in self.raw.items() if name.startswith(_HOLD)}


def end(patient_id: str, hold_id: str) -> dict[str, Any]:
    """The update that drops a hold, whether or not it is still listed."""
    return {"Key": base.primary(keys.patient_holds(patient_id)), "UpdateExpression": f"REMOVE {_HOLD}{hold_id}"}
