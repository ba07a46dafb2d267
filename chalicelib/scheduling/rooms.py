"""Which room suits a visit: equipment, seats, allowed services, the doctor's usual room first."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.table.catalogue import RoomItem


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNeed:
    """What a visit needs of its room."""

    seats: int = 1
    equipment: frozenset[str] = frozenset()
    service_id: str | None = None


def suitable(rooms: Iterable[RoomItem], need: RoomNeed, *, usual_room_id: str | None = None) -> list[RoomItem]:
    """The rooms that suit, best first: the usual one, then the smallest and plainest, so that large ones stay free.

    Where no room seats a whole group, its members get rooms of their own.
    """

    def suits(room: RoomItem) -> bool:
        return need.equipment <= set(room.equipment) and (not room.services or need.service_id in room.services)

    def preference(room: RoomItem) -> tuple[bool, int, int, str]:
        return room.id != usual_room_id, int(room.capacity), len(room.equipment), room.id

    fitting = [room for room in rooms if suits(room)]
    together = [room for room in fitting if int(room.capacity) >= need.seats]
    return sorted(together or fitting, key=preference)
