"""Entries by their id, for whom they exist."""

from chalicelib.kit.auth import Claims
from chalicelib.kit.cache import Memory
from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.queue import statuses
from chalicelib.table import queue
from chalicelib.table.queue import EntryItem


def _line_of(entry_id: str) -> str:
    found = queue.place_of(entry_id)
    if found is None:
        raise NotFound(EntryItem.missing)
    return found


_lines: Memory[str] = Memory(_line_of)


def find(entry_id: str) -> EntryItem:
    """The entry as it is now, or NotFound.

    Which line it stands in never changes, but an id that an administrator chose serves again on another day: so of one
    that is over, the line is looked up anew.
    """
    found = queue.find(_lines(entry_id), entry_id)
    if found is None or found.status not in statuses.OPEN:
        found = queue.find(_lines.refresh(entry_id), entry_id)
    if found is None:
        raise NotFound(EntryItem.missing)
    return found


def read(entry_id: str, by: Claims, *, field: str = "id") -> EntryItem:
    """The entry as it is now, if it exists for the caller."""
    try:
        found = find(entry_id)
    except NotFound:
        raise NotFound(EntryItem.missing, field) from None
    if not access.may_see_appointment(by, found):
        raise NotFound(EntryItem.missing, field)
    return found


def read_for_change(entry_id: str, stamp: Stamp, *, field: str = "id") -> EntryItem:
    """The same, refused when it is not the version that the caller meant."""
    found = read(entry_id, stamp.by, field=field)
    stamp.check_match(int(found.version))
    return found
