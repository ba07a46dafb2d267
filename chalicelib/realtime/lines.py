"""What a change of a queue entry means to the room, the doctor, the patient, and everyone behind that patient.

Each change says how its entry stands now, on a board that is read once for all changes of a line; so whatever order
they come in, the last event is right. Who is called is announced only while the call still stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.queue import statuses, views
from chalicelib.queue.board import Board, Line, Standing, board
from chalicelib.queue.views import QueueEntryView
from chalicelib.realtime.changes import Change, News

UPDATE, CALLED, MOVED = "queue_update", "patient_called", "queue_position_change"
_MOST_POSITIONS = 100  # in one event, which must fit into a frame
_POSITION = ("id", "token_number", "queue_position", "estimated_wait_time_minutes", "estimated_wait_p90_minutes")
_CALL = ("id", "token_number", "doctor_id", "doctor_name", "location_id", "room_id", "room_name", "recalls")


def news(changes: list[Change]) -> Iterator[News]:
    """What the changes mean in each topic, as the lines stand now."""
    by_place: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_place[change.pk].append(change)
    for place, theirs in by_place.items():
        _, location_id, day = place.split("#")
        yield from _at(board(location_id, date.fromisoformat(day), clock.now()), theirs)


def of_line(line: Line) -> dict[str, Any]:
    """One doctor's line in numbers: how many wait, and how long whoever joins now would."""
    view = views.of_line(line, SYSTEM)
    return {name: value for name in type(view).model_fields if name != "queue" for value in [getattr(view, name)]}


def _at(seen: Board, changes: list[Change]) -> Iterator[News]:
    lines = {line.doctor_id: line for line in seen.lines}
    standing = {one.entry.id: one for line in seen.lines for one in _all_of(line)}
    last: dict[str, Change] = {}
    for change in changes:
        one = standing.get(change.sk.partition("#")[2])
        if one is None:
            continue
        full = views.for_caller(one, SYSTEM)
        topics = _topics(change, full)
        yield from _told(change, topics, UPDATE, *_update(seen, full))
        if _is_call(change, full):
            yield from _told(change, topics, CALLED, *_call(full))
        last |= dict.fromkeys(_doctors(change) & lines.keys(), change)
    for doctor_id, change in last.items():
        yield from _moved(change, seen, lines[doctor_id])


def _all_of(line: Line) -> Iterator[Standing]:
    yield from line.standing
    yield from map(Standing, line.ended)


def _topics(change: Change, entry: QueueEntryView) -> list[str]:
    """Where the entry is news: at the place, with its doctor and the one before, for the patient and the visit."""
    doctors = [f"doctor:{doctor_id}" for doctor_id in sorted(_doctors(change) | {entry.doctor_id})]
    found = [f"location:{entry.location_id}", *doctors, f"patient:{entry.patient_id}"]
    return found + ([f"appointment:{entry.appointment_id}"] if entry.appointment_id else [])


def _doctors(change: Change) -> set[str]:
    return {image["doctor_id"]["S"] for image in (change.old, change.new) if image}


def _told(
    change: Change, topics: Iterable[str], kind: str, data: dict[str, Any], staff: dict[str, Any]
) -> Iterator[News]:
    for topic in topics:
        yield News(change, topic, kind, data=data, staff=staff)


def _update(seen: Board, full: QueueEntryView) -> tuple[dict[str, Any], dict[str, Any]]:
    place = {"location_id": seen.location_id, "day": str(seen.day), "doctor_id": full.doctor_id}
    numbers = {name: value for name, value in full.with_numbers_only().wire().items() if value is not None}
    return {**place, "entry": numbers}, {**place, "entry": full.wire(), "patient_id": full.patient_id}


def _is_call(change: Change, full: QueueEntryView) -> bool:
    """Whether the change called the patient, for the first time or again, and the call still stands."""
    new, old = change.new or {}, change.old or {}
    called = [image.get("called_time", {}).get("S") for image in (new, old)]
    recalls = [image.get("recalls", {}).get("N", "0") for image in (new, old)]
    happened = called[0] is not None and (called[0] != called[1] or recalls[0] != recalls[1])
    stands = full.current_status in (statuses.CALLED, statuses.IN_CONSULTATION)
    return happened and stands and full.called_time == called[0]


def _call(full: QueueEntryView) -> tuple[dict[str, Any], dict[str, Any]]:
    data = {name: getattr(full, name) for name in _CALL}
    return data, {**data, "patient_id": full.patient_id, "patient_name": full.patient_name}


def _moved(change: Change, seen: Board, line: Line) -> Iterator[News]:
    """Everyone's place in a line that has changed: in one event for the room, in one each for those who wait."""
    waiting = [views.for_caller(one, SYSTEM) for one in line.standing if one.position]
    places = [{name: getattr(one, name) for name in _POSITION} for one in waiting]
    head = {"location_id": seen.location_id, "doctor_id": line.doctor_id}
    for first in range(0, max(1, len(places)), _MOST_POSITIONS):
        part = {**head, "line": of_line(line), "first": first, "positions": places[first : first + _MOST_POSITIONS]}
        for topic in (f"location:{seen.location_id}", f"doctor:{line.doctor_id}"):
            yield News(change, topic, MOVED, data=part)
    for one, place in zip(waiting, places, strict=True):
        yield News(change, f"patient:{one.patient_id}", MOVED, data={**head, "positions": [place], "first": 0})
