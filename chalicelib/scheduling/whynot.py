"""Why a time is not offered: the rule of booking, asked with everything that is known at this moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from chalicelib.kit import grid
from chalicelib.people import directory
from chalicelib.scheduling import offers, timetable, visits
from chalicelib.scheduling.engine.explain import RoomUse, Wish, decide
from chalicelib.scheduling.visits import Asked
from chalicelib.table import base, keys, sheets
from chalicelib.table.base import Raw
from chalicelib.table.catalogue import RoomItem
from chalicelib.table.keys import Key

_AROUND = timedelta(days=1)


def reasons(asked: Asked, now: datetime) -> list[dict[str, str]]:
    """Every reason against the time, in the order in which a person would check; none when it is offered."""
    doctor = directory.doctor.refresh(asked.doctor_id)
    if not doctor.active:
        return [{"reason": "inactive", "message": "The doctor does not take appointments."}]
    need = visits.need_of(asked)
    start = visits.start_of(asked, doctor)
    ready = timetable.of(doctor)
    wish = Wish(start=start, duration=need.duration, location_id=asked.location_id, mode=need.mode)
    opening = decide(ready, wish, now=now).opening
    rooms = offers.rooms_for(doctor, opening, need) if opening else None
    days = grid.days((start - _AROUND).date(), (start + _AROUND).date())
    doctor_keys = [keys.doctor_day(doctor.id, day) for day in days]
    room_keys = {room.id: [keys.room_day(room.id, day) for day in days] for room in rooms or ()}
    found = base.get_many([*doctor_keys, *(key for ones in room_keys.values() for key in ones)], consistent=True)
    mine = [sheets.sheet_of(key, found) for key in doctor_keys]
    decision = decide(
        ready,
        wish,
        now=now,
        sheets=[sheet.live_counters(now) for sheet in mine],
        capped=[sheet.day for sheet in mine if sheet.live_count(now) >= ready.schedule.daily_cap],
        rooms=None if rooms is None else [_use(room, room_keys[room.id], found, now) for room in rooms],
    )
    return [{"reason": reason.code, "message": reason.sentence} for reason in decision.reasons]


def _use(room: RoomItem, days: Sequence[Key], found: Mapping[Key, Raw], now: datetime) -> RoomUse:
    return RoomUse(
        sheets=[sheets.sheet_of(key, found).live_counters(now) for key in days],
        turnover=int(room.turnover_minutes),
        capacity=int(room.capacity),
    )
