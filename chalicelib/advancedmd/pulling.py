"""Pulling: what has changed at AdvancedMD is put into the inbox, and only then is the place noted from which to go on.

So whoever is stopped in between hears the same again, which changes nothing; dealing with it is another step.
AdvancedMD never tells of a visit that was made and deleted between two tellings: one that we made before it was asked,
and of which it says nothing, is read by its number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.advancedmd import changes
from chalicelib.gateways.advancedmd import values
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.kit import clock, ids
from chalicelib.table import officeinbox, officevisits
from chalicelib.table.officeinbox import InboxItem

_FIRST = timedelta(hours=36)
"""How far back the first pull reads, more than any server's wall clock is from ours; the sweep finds what is older."""


def pull(office_key: str, *, office: Office, now: datetime) -> int:
    """Hear what has changed since the last time; how many visits that were. NotNow when AdvancedMD does not tell."""
    cursor = officeinbox.cursor(office_key)
    made = officevisits.unheard(office_key, since=clock.iso(now - _FIRST))  # before AdvancedMD is asked
    told = changes.since(office, cursor.heard or values.long_form(now - _FIRST))
    count = put(office_key, told.there, told.gone, now=now)
    mentioned = {*(one.id for one in told.there), *told.gone, *told.unread}
    silent = [one for one in made if one not in mentioned]
    for visit_id in (*told.unread, *silent):
        put_unread(office_key, visit_id, now=now)
    count += len(told.unread) + len(silent)
    well = {"failed_at": None, "failures": None}
    officeinbox.heard(cursor, heard=told.server_time, pulled_at=clock.iso(now), pulled=count, **well)
    officevisits.heard(office_key, made)
    return count


def put(office_key: str, there: Iterable[VisitData], gone: Iterable[int], *, now: datetime) -> int:
    """Put visits as they were told, and ids of those that are no more, into the inbox; how many."""
    return officeinbox.put(office_key, _fields(there, gone), mark=ids.new("tel"), now=clock.iso(now))


def put_unread(office_key: str, visit_id: int, *, now: datetime) -> None:
    """Put a visit into the inbox that has to be read when it is dealt with."""
    officeinbox.put(office_key, iter([(visit_id, dict[str, Any]())]), mark=ids.new("tel"), now=clock.iso(now))


def _fields(there: Iterable[VisitData], gone: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    for visit in {one.id: one for one in there}.values():
        yield visit.id, {"told": _written(visit)}
    for visit_id in gone:
        yield visit_id, {"gone": True}


def _written(visit: VisitData) -> dict[str, Any]:
    return {**asdict(visit), "start": visit.start.isoformat() if visit.start else None}


def read(item: InboxItem) -> VisitData | None:
    """The visit as it was told; None when it has to be read."""
    if item.told is None:
        return None
    start = datetime.fromisoformat(item.told["start"]) if item.told.get("start") else None
    return VisitData(**{**item.told, "start": start})
