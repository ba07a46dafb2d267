"""The whole table as plain records, read with a scan and without the application's own classes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib.kit import grid

Raw = dict[str, dict[str, Any]]
CANCELLED, HELD = "cancelled", "held"
_HOLD = "h_"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment, as far as it takes time of doctor, patient and room."""

    id: str
    number: str
    status: str
    doctor_key: str
    patient_key: str
    place_key: str
    room_key: str | None
    start: datetime
    minutes: int
    before: int
    after: int
    turnover: int
    local_date: date
    schedule_version: int
    hold_expires: int

    @property
    def active(self) -> bool:
        """Whether it keeps its time."""
        return self.status != CANCELLED


class Mark(NamedTuple):
    """What a sheet says of a hold: expiry in epoch seconds, cells from `first` up to `stop`, counted in `n`."""

    expires: int
    first: int
    stop: int
    counted: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One day sheet: cell of the day (0 to 287) → claims, the daily count, hold id → mark."""

    claims: dict[int, int]
    count: int
    marks: dict[str, Mark]


@dataclass(slots=True)
class Snapshot:
    """What the audit needs of every item; keys are (PK, UTC date) for sheets and PK otherwise."""

    items: int = 0
    profiles: set[str] = field(default_factory=set)
    appointments: dict[str, Appointment] = field(default_factory=dict)
    sheets: dict[tuple[str, date], Sheet] = field(default_factory=dict)
    listed_holds: dict[str, set[str]] = field(default_factory=dict)
    patient_numbers: dict[str, str] = field(default_factory=dict)
    room_capacity: dict[str, int] = field(default_factory=dict)
    doctor_capacity: dict[tuple[str, int], int] = field(default_factory=dict)


def take(client: Any, table_name: str) -> Snapshot:
    """Read every page of the table, consistently; writes during the scan make it a mixture, so the table must rest."""
    found = Snapshot()
    for raw in _scan(client, table_name):
        found.items += 1
        _enter(found, raw)
    return found


def _scan(client: Any, table_name: str) -> Iterator[Raw]:
    request = {"TableName": table_name, "ConsistentRead": True}
    while True:
        page = client.scan(**request)
        yield from page["Items"]
        if not page.get("LastEvaluatedKey"):
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _enter(found: Snapshot, raw: Raw) -> None:
    pk, sk = raw["PK"]["S"], raw["SK"]["S"]
    kind, _, label = sk.partition("#")
    match kind:
        case "APPOINTMENT":
            one = _appointment(raw)
            found.appointments[one.id] = one
        case "DAY":
            found.sheets[pk, date.fromisoformat(label)] = _sheet(raw)
        case "TALLY":
            found.listed_holds[pk] = {name.removeprefix(_HOLD) for name in raw if name.startswith(_HOLD)}
        case "SCHEDULE":
            found.doctor_capacity[pk, int(label)] = _most_at_once(raw)
        case "PROFILE":
            found.profiles.add(pk)
            _enter_profile(found, pk, raw)


def _enter_profile(found: Snapshot, pk: str, raw: Raw) -> None:
    match pk.partition("#")[0]:
        case "PATIENT":
            found.patient_numbers[pk] = raw["number"]["S"]
        case "ROOM":
            found.room_capacity[pk] = _number(raw, "capacity", 1)
        case "DOCTOR":
            found.doctor_capacity.setdefault((pk, _number(raw, "schedule_version")), _most_at_once(raw))


def _appointment(raw: Raw) -> Appointment:
    room_id = raw.get("room_id", {}).get("S")
    return Appointment(
        id=raw["PK"]["S"].removeprefix("APPOINTMENT#"),
        number=raw["number"]["S"],
        status=raw["status"]["S"],
        doctor_key=raw["doctor_key"]["S"],
        patient_key=raw["patient_key"]["S"],
        place_key=raw["place_key"]["S"].rpartition("#")[0],
        room_key=f"ROOM#{room_id}" if room_id else None,
        start=datetime.fromisoformat(raw["start"]["S"]),
        minutes=_number(raw, "duration_minutes"),
        before=_number(raw, "buffer_before"),
        after=_number(raw, "buffer_after"),
        turnover=_number(raw, "turnover_minutes"),
        local_date=date.fromisoformat(raw["local_date"]["S"]),
        schedule_version=_number(raw, "schedule_version"),
        hold_expires=_number(raw, "hold_expires"),
    )


def _sheet(raw: Raw) -> Sheet:
    return Sheet(
        claims={grid.PLACE[name]: int(value["N"]) for name, value in raw.items() if name in grid.PLACE},
        count=_number(raw, "n"),
        marks={
            name.removeprefix(_HOLD): Mark(*(int(part) for part in value["S"].split(",")))
            for name, value in raw.items()
            if name.startswith(_HOLD)
        },
    )


def _most_at_once(raw: Raw) -> int:
    """The largest capacity that any range of the schedule allows."""
    stored = raw.get("schedule", {}).get("S")
    schedule: dict[str, Any] = (json.loads(stored) if stored else None) or {}
    ranges = [*schedule.get("hours", ())]
    ranges += [part for override in schedule.get("overrides", ()) for part in override.get("ranges", ())]
    capacities: list[int] = [schedule.get("capacity", 1), *(part.get("capacity") or 1 for part in ranges)]
    return max(capacities)


def _number(raw: Raw, name: str, default: int = 0) -> int:
    return int(raw[name]["N"]) if "N" in raw.get(name, {}) else default
