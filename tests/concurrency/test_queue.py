"""Many at one line: each number is given once and without a gap, each patient is called once."""

from collections import Counter
from functools import partial
from typing import Any

from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.queue import calling, joining, lines, statuses
from chalicelib.queue.joining import Joining
from chalicelib.queue.refusals import QueueEmpty
from chalicelib.table import base, keys, queue
from chalicelib.table.keys import Key
from chalicelib.table.queue import EntryItem, LineItem
from infra.faults import injected
from tests.builders import Clinic, make_patient
from tests.client import Client
from tests.concurrency.clinics import all_at_once, stamp
from tests.queue.waiting import waiting_room

CROWD = 200
DESKS, WAITING = 64, 40


def wish(place: Clinic, patient_id: str, key: str | None = None) -> Joining:
    """A patient who wants to join."""
    return Joining(doctor_id=place.doctor["id"], stamp=stamp(key), patient_id=patient_id)


def line(place: Clinic) -> list[EntryItem]:
    """The day's entries as they are stored."""
    return queue.entries(place.location["id"], lines.day_of(place.location["id"], stamp().now))


def filled(api: Client, people: int) -> Clinic:
    """A waiting room in which so many wait."""
    place = waiting_room(api)
    for _ in range(people):
        joining.join(wish(place, make_patient(api)["id"]))
    return place


def press(place: Clinic, _: Any = None) -> EntryItem:
    """One desk calls the next patient."""
    return calling.call_next(doctor_id=place.doctor["id"], location_id=place.location["id"], stamp=stamp()).entry


def test_two_hundred_who_join_at_once_get_the_numbers_from_one_to_two_hundred(api: Client) -> None:
    place = waiting_room(api)
    wishes = [wish(place, make_patient(api)["id"]) for _ in range(CROWD)]

    made = all_at_once(joining.join, wishes, workers=CROWD)

    numbers = sorted(int(entry.token_number[9:]) for entry in line(place))
    assert [one for one in made if isinstance(one, Exception)] == []
    assert numbers == list(range(1, CROWD + 1))
    assert len({one.item.token_number for one in made if not isinstance(one, Exception)}) == CROWD


def naive_number(key: Key, _: Any = None) -> int:
    """The negative control: read the last number, then write the next without a condition."""
    line = LineItem.read(base.get(key, consistent=True))
    number = int(line.last_number) + 1 if line else 1
    base.call("PutItem", LineItem(*key, last_number=number).get_save_kwargs_from_instance())
    return number


def test_numbers_that_are_counted_without_a_condition_are_given_twice(api: Client) -> None:
    place = waiting_room(api)
    key = keys.line(place.location["id"], lines.day_of(place.location["id"], stamp().now))

    given = all_at_once(partial(naive_number, key), range(64), workers=64)

    assert len(set(given)) < len(given)


def test_the_numbers_have_no_gap_under_faults(api: Client) -> None:
    place = waiting_room(api)
    wishes = [wish(place, make_patient(api)["id"], key=f"join-{number}") for number in range(40)]

    with injected(0.03, seed=11) as faults:
        made = all_at_once(joining.join, wishes)
    told = {one.item.token_number for one in made if not isinstance(one, Exception)}

    stored = [entry.token_number for entry in line(place)]
    assert sorted(int(token[9:]) for token in stored) == list(range(1, len(stored) + 1))
    assert told <= set(stored)
    assert {type(one) for one in made if isinstance(one, Exception)} <= {Unavailable}
    assert faults.counts["timeout_after"] > 0


def test_one_patient_who_joins_many_times_at_once_stands_there_once(api: Client) -> None:
    place = waiting_room(api)

    made = all_at_once(joining.join, [wish(place, place.patient["id"])] * 24)

    refused = [one.code for one in made if isinstance(one, CareSlotError)]
    assert refused == ["already_in_queue"] * 23
    assert len(line(place)) == 1


def test_sixty_four_desks_call_forty_patients_each_once(api: Client) -> None:
    place = filled(api, WAITING)

    calls = all_at_once(partial(press, place), range(DESKS), workers=DESKS)

    called = [one.id for one in calls if isinstance(one, EntryItem)]
    assert len(called) == len(set(called)) == WAITING
    assert Counter(type(one) for one in calls if isinstance(one, Exception)) == {QueueEmpty: DESKS - WAITING}
    assert {entry.status for entry in line(place)} == {statuses.CALLED}
    assert {int(entry.version) for entry in line(place)} == {2}


def test_nobody_is_called_twice_or_unheard_under_faults(api: Client) -> None:
    place = filled(api, WAITING)

    with injected(0.03, seed=5) as faults:
        calls = all_at_once(partial(press, place), range(DESKS), workers=DESKS)

    called = [one.id for one in calls if isinstance(one, EntryItem)]
    unanswered = [one for one in calls if isinstance(one, Unavailable)]
    away = {entry.id for entry in line(place) if entry.status == statuses.CALLED}
    assert len(called) == len(set(called))
    assert set(called) <= away
    assert len(away - set(called)) <= len(unanswered)
    assert faults.counts["timeout_after"] > 0


def naive(place: Clinic, _: Any = None) -> EntryItem:
    """The negative control: look who is next, then write without a condition, as most queues do."""
    first = min((one for one in line(place) if one.status == statuses.WAITING), key=lambda one: one.token_number)
    first.status = statuses.CALLED
    base.call("PutItem", first.get_save_kwargs_from_instance())
    return first


def test_a_look_and_a_write_without_a_condition_call_somebody_twice(api: Client) -> None:
    place = filled(api, 8)

    calls = all_at_once(partial(naive, place), range(8))

    called = [one.id for one in calls if isinstance(one, EntryItem)]
    assert len(set(called)) < len(called)


def test_racing_presses_under_one_key_call_one_patient(api: Client) -> None:
    place = filled(api, 8)

    def again(_: int) -> EntryItem:
        by = stamp("one-press")
        return calling.call_next(doctor_id=place.doctor["id"], location_id=place.location["id"], stamp=by).entry

    calls = all_at_once(again, range(16))

    assert len({one.id for one in calls if isinstance(one, EntryItem)}) == 1
    assert [one for one in calls if isinstance(one, Exception)] == []
    assert sum(entry.status == statuses.CALLED for entry in line(place)) == 1
