"""Platforms: where a location's visits take place if not in our own rooms, at Zoom or at Microsoft Teams.

A platform that is down or refuses does not keep anybody from the doctor: the visit takes place in our own room, which
stands ready anyway, and the room says which platform it was to be. Whoever asks for a link later tries again.
"""

from chalicelib.gateways import teams, zoom
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.gateways.meetings import Meeting
from chalicelib.kit.log import logger
from chalicelib.kit.stamps import Stamp
from chalicelib.table import revision, telehealth
from chalicelib.table.telehealth import VisitRoomItem
from chalicelib.table.transaction import Transaction

OWN, ZOOM, TEAMS = "own", "zoom", "teams"
_TOPIC = "Telehealth visit"  # platforms are told when, and nothing of whom


def arrange(room: VisitRoomItem, stamp: Stamp) -> VisitRoomItem:
    """The room with its meeting at the platform that its location wishes, or as it is while there is none to be had."""
    if room.wished in (None, OWN, room.platform):
        return room
    try:
        made = _create(room)
    except (NotNow, NoAnswer, Refused) as trouble:
        logger.warning("platform not used", extra={"platform": room.wished, "why": type(trouble).__name__})
        return room
    if made is None:
        return room

    def use(item: VisitRoomItem, _: Transaction) -> None:
        if item.meeting is None:
            item.platform = room.wished or OWN
            item.meeting = {"id": made.id, "join_url": made.join_url, "host_url": made.host_url or made.join_url}

    found = revision.revise(lambda: _found(room), use, stamp=stamp)
    if found.meeting["id"] != made.id:
        _delete(str(room.wished), made.id)  # somebody else has made one at the same moment
    return found


def release(room: VisitRoomItem) -> None:
    """Let the meeting of a visit that was moved or called off not take place; nobody is told of it any more anyway."""
    if room.meeting:
        _delete(room.platform, room.meeting["id"])


def _found(room: VisitRoomItem) -> VisitRoomItem:
    return telehealth.find(room.id) or room


def _create(room: VisitRoomItem) -> Meeting | None:
    minutes = int((room.finishes - room.begins).total_seconds() // 60)
    if room.wished == ZOOM and zoom.is_there():
        return zoom.create(topic=_TOPIC, start=room.begins, minutes=minutes)
    if room.wished == TEAMS and teams.is_there():
        return teams.create(topic=_TOPIC, start=room.begins, minutes=minutes, key=room.id)
    return None


def _delete(platform: str, meeting_id: str) -> None:
    try:
        (zoom if platform == ZOOM else teams).delete(meeting_id)
    except (NotNow, NoAnswer, Refused) as trouble:
        logger.warning("meeting not deleted", extra={"platform": platform, "why": type(trouble).__name__})
