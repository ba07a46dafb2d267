"""Whether one appointment may begin at one instant, and if not, why: the rule of booking and of `?explain=true`.

Reasons come in the order in which a person would check them: the limits of time, the hours, the mode, the grid, what
is taken, the daily cap, the rooms. Why a time is closed is found by asking again without breaks, overrides, and so on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.kit import publicholidays
from chalicelib.scheduling.engine.availability import blocked_starts, bookable, without_room
from chalicelib.scheduling.engine.cells import Span, cells_in, runs, taken_cells
from chalicelib.scheduling.engine.openings import Compiled, Opening, Place, compile_schedule, openings
from chalicelib.scheduling.engine.schedule import Schedule

Sheets = Sequence[Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a start is not offered: a stable word and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One appointment asked for; without a duration the slot length, without a location or mode any."""

    start: datetime
    duration: int | None = None
    location_id: str | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomUse:
    """What is taken of one room, by cell of `kit.grid`."""

    sheets: Sheets
    turnover: int = 0
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Decision:
    """The opening that the wish falls into, if any, and why it is refused; no reasons means admitted."""

    opening: Opening | None
    reasons: tuple[Reason, ...]

    @property
    def admitted(self) -> bool:
        return not self.reasons


def decide(
    compiled: Compiled,
    wish: Wish,
    *,
    now: datetime,
    sheets: Sheets = (),
    capped: Collection[date] = (),
    rooms: Collection[RoomUse] | None = None,
) -> Decision:
    """Judge a wish against the doctor's sheets, the local dates at their cap, and the rooms (None: none is needed)."""
    schedule = compiled.schedule
    longest = wish.duration or max((drawn.session.slot_minutes for drawn in compiled.sessions), default=0)
    after = max([schedule.buffer_after, *(room.turnover for room in rooms or ())])
    span = Span.touched(
        wish.start - timedelta(minutes=schedule.buffer_before),
        wish.start + timedelta(minutes=longest + after, microseconds=1),
    )
    late = _limits_of_time(schedule, wish.start, now)
    at_location = [
        opening for opening in openings(compiled, span) if wish.location_id in {None, opening.session.location_id}
    ]
    if span.instant(span.position(wish.start)) != wish.start:
        return Decision(None, (*late, Reason("not_on_grid", "Appointments begin on multiples of five minutes.")))
    admitting = [opening for opening in at_location if _covers(opening, wish)]
    if not admitting:
        return Decision(None, (*late, *_closed(compiled, wish, span)))
    judged = [
        (opening, _objections(schedule, opening, wish, sheets=sheets, capped=capped, rooms=rooms))
        for opening in admitting
    ]
    opening, objections = min(judged, key=lambda pair: len(pair[1]))
    return Decision(opening, (*late, *objections))


def _covers(opening: Opening, wish: Wish) -> bool:
    length = cells_in(wish.duration or opening.session.slot_minutes)
    return bool(runs(opening.open, length) >> opening.span.position(wish.start) & 1)


def _limits_of_time(schedule: Schedule, start: datetime, now: datetime) -> list[Reason]:
    earliest, latest = bookable(schedule, now)
    if start < now:
        return [Reason("past", "This time has passed.")]
    if start < earliest:
        return [Reason("min_notice", f"Appointments need {schedule.min_notice_minutes} minutes of notice.")]
    if start > latest:
        return [Reason("beyond_horizon", f"Appointments can be made at most {schedule.horizon_days} days ahead.")]
    return []


def _objections(
    schedule: Schedule,
    opening: Opening,
    wish: Wish,
    *,
    sheets: Sheets,
    capped: Collection[date],
    rooms: Collection[RoomUse] | None,
) -> list[Reason]:
    session, span = opening.session, opening.span
    position = span.position(wish.start)
    duration = wish.duration or session.slot_minutes
    found = []
    if wish.mode is not None and wish.mode not in session.modes:
        found.append(Reason("mode", f"This time is offered for {' and '.join(session.modes)} only."))
    if not opening.grid >> position & 1:
        found.append(Reason("not_on_grid", f"Appointments begin every {session.grid_minutes} minutes of the hours."))
    taken = taken_cells(sheets, span=span, capacity=session.capacity)
    before, after = schedule.buffer_before, schedule.buffer_after
    if blocked_starts(taken, duration=duration) >> position & 1:
        found.append(Reason("taken", "The doctor already has an appointment at this time."))
    elif blocked_starts(taken, duration=duration, before=before, after=after) >> position & 1:
        found.append(Reason("buffer", "The doctor needs this time between two appointments."))
    day = wish.start.astimezone(opening.zone).date()
    if day in capped:
        found.append(Reason("daily_cap", f"The doctor sees at most {schedule.daily_cap} patients a day."))
    if rooms is not None:
        used = [(taken_cells(room.sheets, span=span, capacity=room.capacity), room.turnover) for room in rooms]
        if without_room(used, duration=duration) >> position & 1:
            found.append(Reason("room", "No suitable room is free at this time."))
    return found


def _closed(compiled: Compiled, wish: Wish, span: Span) -> list[Reason]:
    schedule = replace(compiled.schedule, breaks=())
    places = {location_id: Place(place.zone) for location_id, place in compiled.places.items()}

    def is_open(schedule: Schedule, places: Mapping[str, Place] = places) -> bool:
        found = openings(compile_schedule(schedule, places=places), span)
        return any(
            _covers(opening, wish) for opening in found if wish.location_id in {None, opening.session.location_id}
        )

    reasons = []
    if not is_open(schedule):
        no_holidays = replace(schedule, holidays=(), holiday_country=None)
        usual = replace(no_holidays, overrides=())
        if not is_open(usual):
            return [Reason("outside_hours", f"The doctor does not work {_moment(compiled, wish)} for that long.")]
        if is_open(no_holidays):
            reasons.append(Reason("holiday", f"The doctor is on holiday{_holiday_name(compiled, wish)}."))
        else:
            reasons.append(Reason("override", "The doctor's hours of this date were changed."))
        schedule = usual
    if not is_open(replace(schedule, breaks=compiled.schedule.breaks)):
        reasons.append(Reason("break", "The doctor has a break at this time."))
    if not is_open(schedule, compiled.places):
        reasons.append(Reason("location_closed", "The location is closed at this time."))
    return reasons


def _moment(compiled: Compiled, wish: Wish) -> str:
    zone = _zone(compiled, wish)
    return f"from {wish.start.astimezone(zone):%H:%M on %Y-%m-%d}" if zone else "at this location"


def _zone(compiled: Compiled, wish: Wish) -> ZoneInfo | None:
    places = compiled.places
    if wish.location_id is not None:
        return places[wish.location_id].zone if wish.location_id in places else None
    return next((place.zone for place in places.values()), None)


def _holiday_name(compiled: Compiled, wish: Wish) -> str:
    schedule, zone = compiled.schedule, _zone(compiled, wish)
    if not schedule.holiday_country or zone is None:
        return ""
    day = wish.start.astimezone(zone).date()
    name = publicholidays.in_year(schedule.holiday_country, schedule.holiday_subdivision, day.year).get(day)
    return f" ({name})" if name else ""
