"""Which boards a caller asks for, and one entry with its place on its board."""

from datetime import datetime

from chalicelib.kit.auth import EVERYWHERE, Claims
from chalicelib.kit.errors import Invalid
from chalicelib.people import access, directory
from chalicelib.queue import lines, statuses
from chalicelib.queue.board import Board, Line, Standing, board
from chalicelib.queue.board import line as line_of
from chalicelib.queue.ranking import weights
from chalicelib.table.catalogue import LocationItem
from chalicelib.table.queue import EntryItem

_MOST_PLACES = 25  # boards at once


def boards(claims: Claims, *, location_id: str | None, doctor_id: str | None, now: datetime) -> list[Line]:
    """The lines that the caller asks for, without any filter all that a desk reaches; of a doctor who is named also one
    in which nobody stands.

    NotFound for a location that a desk or device does not cover; Invalid where it is not clear which one is meant.
    """
    places = _places(claims, location_id, doctor_id)
    if doctor_id:
        directory.require(directory.doctor, doctor_id, "doctor_id")
    found = []
    for place in places:
        there = board(place, lines.day_of(place, now), now)
        found += [line for line in there.lines if doctor_id in {None, line.doctor_id}]
        if doctor_id and all(line.doctor_id != doctor_id for line in there.lines):
            found.append(line_of(doctor_id, place, [], now=now, weights=weights(place)))
    return found


def standing(entry: EntryItem, now: datetime) -> Standing:
    """The entry with its place and wait; of one who does not wait, the entry alone."""
    if entry.status != statuses.WAITING:
        return Standing(entry)
    there: Board = board(entry.location_id, entry.local_day, now)
    return there.find(entry.id) or Standing(entry)


def _places(claims: Claims, location_id: str | None, doctor_id: str | None) -> list[str]:
    if location_id:
        directory.require(directory.location, location_id, "location_id")
        if claims.role not in {"patient", "doctor"}:
            access.check_location(claims, location_id)
        return [location_id]
    if claims.role == "doctor" and not doctor_id:
        doctor_id = claims.sub
    if doctor_id:
        places = list(directory.require(directory.doctor, doctor_id, "doctor_id").location_ids)
        free = claims.role in {"patient", "doctor"}
        return [place for place in places if free or access.reaches_location(claims, place)]
    if claims.role == "patient":
        raise Invalid.field("location_id", "is required, or doctor_id")
    if claims.location_id not in {None, EVERYWHERE}:
        return [str(claims.location_id)]
    places = [one.id for one in LocationItem.all_of() if access.reaches_location(claims, one.id)]
    if len(places) > _MOST_PLACES:
        raise Invalid.field("location_id", f"is required, or doctor_id: you reach more than {_MOST_PLACES} locations")
    return places
