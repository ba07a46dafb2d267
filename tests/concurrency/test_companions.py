"""A visit and its place in line are one: whoever moves which of them, under races and faults, they never part."""

import random
from functools import partial
from itertools import takewhile

from chalicelib.kit.errors import CareSlotError
from chalicelib.queue import calling, checking_in, lines, moving, statuses, undoing
from chalicelib.queue.finding import Shown
from chalicelib.scheduling import status
from chalicelib.table import base, queue
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.queue import EntryItem
from infra.faults import injected
from tests.builders import Clinic, Data, make_patient
from tests.client import Client
from tests.concurrency.clinics import all_at_once, stamp
from tests.queue.test_serving import soon
from tests.queue.waiting import waiting_room
from tests.scheduling.desk import book

VISITS, STEPS = 8, 400
BY_ENTRY = ["called", "in_consultation", "completed", "no_show", "waiting", "on_hold"]
BOOKED = {"scheduled", "confirmed"}
BY_VISIT = ["checked_in", "in_progress", "completed", "no_show"]


def morning(api: Client) -> tuple[Clinic, list[Data]]:
    """A doctor of whom many are booked for the same half hour."""
    place = waiting_room(api, schedule={"capacity": VISITS}, rooms=VISITS)
    return place, [book(api, place, patient_id=make_patient(api)["id"], scheduled_date=soon()) for _ in range(VISITS)]


def step(place: Clinic, visits: list[Data], number: int) -> None:
    """Something that somebody does with one of the visits or its place in line."""
    dice = random.Random(number)
    visit = dice.choice(visits)["id"]
    entry_id = AppointmentItem.find(visit).queue_entry_id or "que_none"
    deeds = [
        lambda: checking_in.check_in(shown=Shown(appointment_id=visit), stamp=stamp()),
        lambda: moving.set_status(entry_id=entry_id, status=dice.choice(BY_ENTRY), stamp=stamp()),
        lambda: status.set_status(appointment_id=visit, status=dice.choice(BY_VISIT), stamp=stamp()),
        lambda: undoing.undo(entry_id=entry_id, stamp=stamp()),
        lambda: status.undo(appointment_id=visit, stamp=stamp()),
        lambda: moving.leave(entry_id=entry_id, stamp=stamp()),
        lambda: calling.call_next(doctor_id=place.doctor["id"], location_id=place.location["id"], stamp=stamp()),
    ]
    dice.choice(deeds)()


def entries(place: Clinic) -> list[EntryItem]:
    """The day's entries as they are stored."""
    return queue.entries(place.location["id"], lines.day_of(place.location["id"], stamp().now))


def parted(visits: list[Data]) -> list[str]:
    """The visits that are not where their place in line is."""
    found = []
    for visit in visits:
        there = AppointmentItem.find(visit["id"])
        entry = (
            there and there.queue_entry_id and queue.find(queue.place_of(there.queue_entry_id), there.queue_entry_id)
        )
        left = entry and entry.end_reason == statuses.LEFT and there.status == "no_show"
        if entry and not left and not goes_with(entry.status, there):
            found.append(f"{there.status} but {entry.status}")
    return found


def goes_with(entry: str, visit: AppointmentItem) -> bool:
    """Whether the two belong together; a place that was given up by undoing the check-in is cancelled."""
    return statuses.APPOINTMENT[entry] == visit.status or (entry == statuses.CANCELLED and without_a_place(visit))


def without_a_place(visit: AppointmentItem) -> bool:
    """Whether it is booked, or was taken up from there by a doctor who did not have it checked in again."""
    since = takewhile(lambda one: one["to"] not in BOOKED, reversed(visit.stamps or []))
    return visit.status in BOOKED or "checked_in" not in {one["to"] for one in since}


def wrong_seats(place: Clinic) -> list[str]:
    """Entries that stand in line without a seat, or keep one after they have gone."""
    return [
        f"{entry.status} {'with' if base.get(entry.seat) else 'without'} a seat"
        for entry in entries(place)
        if _has_seat(entry) != (entry.status in statuses.OPEN)
    ]


def _has_seat(entry: EntryItem) -> bool:
    seat = base.get(entry.seat, consistent=True)
    return seat is not None and seat["entry_id"]["S"] == entry.id


def test_a_visit_and_its_place_never_part(api: Client) -> None:
    place, visits = morning(api)

    with injected(0.02, seed=9) as faults:
        done = all_at_once(partial(step, place, visits), range(STEPS), workers=16)

    bugs = [one for one in done if isinstance(one, Exception) and not isinstance(one, CareSlotError)]
    numbers = sorted(int(entry.token_number[9:]) for entry in entries(place))
    assert bugs == []
    assert parted(visits) == []
    assert wrong_seats(place) == []
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= VISITS
    assert faults.counts["timeout_after"] > 0


def test_the_same_check_finds_a_visit_that_was_moved_alone(api: Client) -> None:
    place, visits = morning(api)
    checking_in.check_in(shown=Shown(appointment_id=visits[0]["id"]), stamp=stamp())
    there = AppointmentItem.find(visits[0]["id"])
    there.status = "completed"
    base.call("PutItem", there.get_save_kwargs_from_instance())

    found = parted(visits)

    assert found == ["completed but waiting"]
    assert wrong_seats(place) == []


def test_the_same_check_finds_a_place_that_was_given_up_under_a_visit_that_goes_on(api: Client) -> None:
    _, visits = morning(api)
    checking_in.check_in(shown=Shown(appointment_id=visits[0]["id"]), stamp=stamp())
    seen = status.set_status(appointment_id=visits[0]["id"], status="in_progress", stamp=stamp())
    entry = queue.find(queue.place_of(seen.queue_entry_id), seen.queue_entry_id)
    entry.status = statuses.CANCELLED
    base.call("PutItem", entry.get_save_kwargs_from_instance())

    assert parted(visits) == ["in_progress but cancelled"]


def test_a_doctor_may_see_somebody_whose_check_in_was_taken_back(api: Client) -> None:
    _, visits = morning(api)
    checking_in.check_in(shown=Shown(appointment_id=visits[0]["id"]), stamp=stamp())
    status.undo(appointment_id=visits[0]["id"], stamp=stamp())

    for wanted in ("in_progress", "completed"):
        seen = status.set_status(appointment_id=visits[0]["id"], status=wanted, stamp=stamp())

    assert (seen.status, parted(visits)) == ("completed", [])
