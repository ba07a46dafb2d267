"""The order of a doctor's line, from its entries: the bridge between what is stored and the rule of `priority`."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.people import directory
from chalicelib.queue import priority, statuses
from chalicelib.queue.priority import Score, Waiting, Weights
from chalicelib.table.queue import EntryItem


def weights(location_id: str) -> Weights:
    """What counts how much at a location."""
    return Weights.read(directory.location(location_id).queue_weights)


def order(entries: Sequence[EntryItem], *, now: datetime, weights: Weights) -> list[tuple[EntryItem, Score]]:
    """Those of the entries who wait, next one first, each with its score."""
    waiting = {entry.id: entry for entry in entries if entry.status == statuses.WAITING}
    ordered = priority.order([_seen(entry) for entry in waiting.values()], now=now, weights=weights)
    return [(waiting[one.id], score) for one, score in ordered]


def begins(entry: EntryItem) -> datetime:
    """When the patient's waiting begins to count."""
    return priority.begins(_seen(entry))


def stored(entry: EntryItem, *, now: datetime) -> dict[str, float]:
    """The entry's score as it is kept with the entry: its total, and every factor that is not nothing."""
    found = priority.score(_seen(entry), now=now, weights=weights(entry.location_id))
    factors = {name: round(value, 2) for name, value in found.factors.items()}
    return {"total": round(found.total, 2), **{name: value for name, value in factors.items() if value}}


def _seen(entry: EntryItem) -> Waiting:
    return Waiting(
        id=entry.id,
        since=entry.at("since") or datetime.min,  # noqa: DTZ901 - every entry has one
        urgency=entry.urgency_level,
        age=int(entry.patient_age) if entry.patient_age is not None else None,
        scheduled=entry.at("scheduled_start"),
        emergency=entry.origin == "emergency",
        asked=entry.asked or {},
    )
