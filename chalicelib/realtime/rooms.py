"""What happens in the room of a telehealth visit, told to those in it: that there is news, and nothing about anybody.

Each of them is shown something else of a room, so each reads it again.
"""

from collections.abc import Iterator

from chalicelib.realtime.changes import Change, News
from chalicelib.realtime.topics import VISIT

KINDS = ("visitroom", "visitor")
CHANGED = "visit_update"


def news(changes: list[Change]) -> Iterator[News]:
    """One event for each change of a room or of somebody in it."""
    for change in changes:
        room_id = change.pk.partition("#")[2]
        yield News(change, f"{VISIT}:{room_id}", CHANGED, data={"room_id": room_id})
