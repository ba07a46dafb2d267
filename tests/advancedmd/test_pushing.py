"""What the clinic changes appears at the office, once, whatever is lost on the way and whoever dies over it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.advancedmd import outbox, pushing
from chalicelib.advancedmd.mapping import Links
from chalicelib.advancedmd.pushing import Pushed
from chalicelib.gateways.advancedmd import masters
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Bookable
from chalicelib.kit import clock
from chalicelib.table import officeinbox, officelinks
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import OfficeLinkItem
from infra.simulators.advancedmd import front_desk
from infra.simulators.advancedmd.office import Appointment
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.clients import at_simulator
from tests.builders import Clinic, Data, unique
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, utc

OFFICE = "162882"
Show = Callable[[datetime], None]


class Killed(BaseException):
    """The worker dies here."""


class Dying:
    """An office whose worker dies at a moment: 0 is before the first call, 1 after its answer, 2 before the second."""

    def __init__(self, office: Office, moment: int) -> None:
        self._office, self._left = office, moment

    def rest(self, *args: Any, **named: Any) -> Any:
        self._passes()
        answer = self._office.rest(*args, **named)
        self._passes()
        return answer

    def _passes(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed


class Hastening:
    """An office where two seconds pass after each call."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage

    def rest(self, *args: Any, **named: Any) -> Any:
        return self._stage.office.rest(*args, **named)

    def tell(self, *args: Any) -> Any:
        told = self._stage.office.tell(*args)
        self._stage.running.whole.clock.advance(timedelta(seconds=2))
        return told


@dataclass
class Stage:
    """A clinic whose doctor and patient are linked to the simulated office."""

    api: Client
    place: Clinic
    running: Running
    office: Office
    links: Links
    key: str

    def push(self, appointment: Data, office: Any = None) -> Pushed | None:
        outbox.mark(appointment["id"], office_key=self.key, due=clock.now())
        return self.again(appointment, office)

    def again(self, appointment: Data, office: Any = None) -> Pushed | None:
        links = self.links
        return pushing.push(appointment["id"], office=office or self.office, links=lambda _: links, now=clock.now())

    def there(self, appointment: Data) -> list[Appointment]:
        """The visits that the office has of an appointment."""
        found = self.running.whole.offices[OFFICE].appointments.values()
        return [one for one in found if one.reference_id == appointment["id"]]

    def visits(self, appointment: Data) -> dict[str, tuple[int, int]]:
        """The patient and the status of each visit that was made for an appointment, by its reference there."""
        found = self.running.whole.offices[OFFICE].appointments.values()
        mine = [one for one in found if str(one.reference_id).startswith(appointment["id"])]
        return {str(one.reference_id).removeprefix(appointment["id"]): (one.patient_id, one.status) for one in mine}

    def link(self, appointment: Data) -> OfficeLinkItem:
        found = officelinks.find(appointment["id"])
        assert found is not None
        return found

    def desk(self, kind: str, visit: Appointment, **fields: Any) -> None:
        """Somebody at the office does this."""
        desk = self.running.whole.desk(self.running.whole.offices[OFFICE])
        front_desk.do(desk, {"kind": kind, "id": visit.id} | fields)

    def move(self, appointment: Data, time: str) -> None:
        body = {"scheduled_date": utc(time)}
        answer = self.api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/reschedule", body)
        assert answer.status == 200, answer.body

    def set(self, appointment: Data, status: str) -> None:
        body = {"status": status}
        answer = self.api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/status", body)
        assert answer.status == 200, answer.body

    def calls(self) -> int:
        return len(self.running.whole.calls.rows())


@pytest.fixture
def stage(api: Client, running: Running) -> Stage:
    theirs = running.whole.offices[OFFICE]
    theirs.columns[16] = replace(theirs.columns[16], start="00:00", end="23:55", workweek="1111111")
    place = open_clinic(api)
    links = Links(
        zone=ZoneInfo("Africa/Accra"),
        type_id=13,
        columns={(place.doctor["id"], place.location["id"]): Bookable(16, 3, 234)},
        patients={place.patient["id"]: 148},
    )
    office = at_simulator(running)
    masters.facilities(office)
    return Stage(api, place, running, office, links, unique(OFFICE))  # the table is shared, visit numbers begin anew


def shown(visit: Appointment) -> tuple[str, int, int]:
    return visit.start.strftime("%H:%M"), visit.duration, visit.status


def sides(link: OfficeLinkItem) -> dict[str, tuple[Any, ...]]:
    """What both sides had and have, of each field that waits for people; of a time its hour."""
    found = {
        one["field"]: [one[side] for side in ("base", "ours", "theirs")] for one in link.disagreement["differences"]
    }
    return {
        name: tuple(side[11:16] if side and name == "start" else side for side in all_) for name, all_ in found.items()
    }


def test_a_booking_appears_at_the_office_by_one_call(stage: Stage) -> None:
    appointment = book(stage.api, stage.place, notes="very private", reason_for_visit="very private")
    before = stage.calls()

    pushed = stage.push(appointment)

    (visit,) = stage.there(appointment)
    link = stage.link(appointment)
    assert pushed.status == "synced"
    assert (shown(visit), visit.patient_id, visit.comments) == (("10:00", 30, 0), 148, "")
    assert (int(link.visit_id or 0), link.status, link.due_key, link.lease) == (visit.id, "synced", None, None)
    assert officelinks.whose(stage.key, visit.id) == appointment["id"]
    assert stage.calls() - before == 1


def test_ten_quick_changes_are_one_operation(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    before = stage.calls()

    for half in range(10):
        stage.move(appointment, f"{11 + half // 2}:{30 * (half % 2):02d}")
        outbox.mark(appointment["id"], office_key=stage.key, due=clock.now())
    stage.again(appointment)

    (visit,) = stage.there(appointment)
    assert shown(visit) == ("15:30", 30, 0)
    assert stage.calls() - before == 2  # one to read, one to move


def test_a_record_that_comes_again_or_late_marks_nothing(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)

    marked = [outbox.mark(appointment["id"], office_key=stage.key, due=clock.now()) for _ in range(3)]

    assert marked == [1, 0, 0]


@pytest.mark.parametrize(
    ("statuses", "there"),
    [(["checked_in"], 1), (["checked_in", "completed"], 3), (["no_show"], 12), (["cancelled"], 10), (["confirmed"], 0)],
)
def test_the_visits_day_is_told(stage: Stage, statuses: list[str], there: int) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)

    for status in statuses:
        stage.set(appointment, status)
    stage.push(appointment)

    assert [one.status for one in stage.there(appointment)] == [there]


def test_a_visit_whose_answer_was_lost_is_found_at_once(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.running.whole.faults.plan("dropped")

    pushed = stage.push(appointment)

    (visit,) = stage.there(appointment)
    assert (pushed.status, int(stage.link(appointment).visit_id or 0)) == ("synced", visit.id)


def test_a_lost_answer_makes_no_second_visit(stage: Stage, show: Show) -> None:
    appointment = book(stage.api, stage.place)
    stage.running.whole.faults.plan("dropped", times=2)

    lost = stage.push(appointment)
    show(clock.now() + timedelta(minutes=3))
    found = stage.again(appointment)

    assert (lost.status, found.status) == ("pending", "synced")
    (visit,) = stage.there(appointment)
    assert int(stage.link(appointment).visit_id or 0) == visit.id


def test_who_came_before_the_visit_was_told_has_come_there_too(stage: Stage, show: Show) -> None:
    appointment = book(stage.api, stage.place)
    stage.set(appointment, "checked_in")
    stage.running.whole.faults.plan("dropped", times=2)
    stage.push(appointment)

    show(clock.now() + timedelta(minutes=3))
    pushed = stage.again(appointment)

    assert (pushed.status, [one.status for one in stage.there(appointment)]) == ("synced", [1])


def test_a_visit_that_was_moved_before_its_answer_was_known_is_not_moved_back(stage: Stage, show: Show) -> None:
    appointment = book(stage.api, stage.place)
    stage.running.whole.faults.plan("dropped", times=2)
    stage.push(appointment)
    (visit,) = stage.there(appointment)
    stage.desk("move", visit, startdatetime=visit.start.replace(hour=15).isoformat())

    show(clock.now() + timedelta(minutes=3))
    stage.again(appointment)

    assert [shown(one)[0] for one in stage.there(appointment)] == ["15:00"]
    assert officeinbox.find(stage.key, visit.id) is not None  # it is taken over by whoever hears


def test_a_visit_that_is_made_late_is_not_made_again_by_whoever_changes_the_appointment(
    stage: Stage, show: Show
) -> None:
    theirs = stage.running.whole
    theirs.offices[OFFICE].columns[16] = replace(theirs.offices[OFFICE].columns[16], max_per_slot=2)
    appointment = book(stage.api, stage.place)
    theirs.faults.plan("late", seconds=45)
    stage.push(appointment)
    stage.move(appointment, "12:00")

    outbox.mark(appointment["id"], office_key=stage.key, due=clock.now() + timedelta(days=1))
    due = stage.link(appointment).due_at
    early = stage.again(appointment)
    show(clock.now() + timedelta(minutes=3))
    theirs.clock.advance(timedelta(minutes=3))
    found = stage.again(appointment)

    assert (early.status, found.status) == ("pending", "synced")
    assert [shown(one)[0] for one in stage.there(appointment)] == ["12:00"]
    assert clock.iso(early.due_at) == due  # nor is it put off until the next day, which would hold back who hears


def test_an_overlap_with_what_was_made_late_after_all_is_none(stage: Stage, show: Show) -> None:
    appointment = book(stage.api, stage.place)
    stage.running.whole.faults.plan("late", seconds=95)
    stage.push(appointment)

    show(clock.now() + timedelta(minutes=3))
    stage.running.whole.clock.advance(timedelta(seconds=94))
    found = stage.again(appointment, Hastening(stage))

    assert (found.status, len(stage.there(appointment))) == ("synced", 1)


def test_without_the_note_a_lost_answer_makes_two(stage: Stage) -> None:
    """The negative control: who forgets that a visit may have been made makes another."""
    appointment = book(stage.api, stage.place)
    stage.running.whole.offices[OFFICE].columns[16] = replace(
        stage.running.whole.offices[OFFICE].columns[16], max_per_slot=2
    )
    stage.running.whole.faults.plan("dropped", times=2)
    stage.push(appointment)
    held = officelinks.hold(appointment["id"], "lea_forgetful")

    officelinks.let_go(held, told=None, due_at=None, attempted=None)
    stage.again(appointment)

    assert len(stage.there(appointment)) == 2


@pytest.mark.parametrize("moment", [0, 1])
def test_a_worker_who_dies_over_a_booking_leaves_one_visit(stage: Stage, show: Show, moment: int) -> None:
    appointment = book(stage.api, stage.place)

    with pytest.raises(Killed):
        stage.push(appointment, Dying(stage.office, moment))
    too_early = stage.again(appointment)
    show(clock.now() + officelinks.LEASE + timedelta(seconds=2))
    stage.again(appointment)

    assert too_early is None
    assert [shown(one)[0] for one in stage.there(appointment)] == ["10:00"]
    assert stage.link(appointment).status == "synced"


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_a_worker_who_dies_over_a_move_loses_no_change(stage: Stage, show: Show, moment: int) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    stage.move(appointment, "12:00")

    with pytest.raises(Killed):
        stage.push(appointment, Dying(stage.office, moment))
    show(clock.now() + officelinks.LEASE + timedelta(seconds=2))
    stage.again(appointment)

    assert [shown(one)[0] for one in stage.there(appointment)] == ["12:00"]
    assert stage.link(appointment).status == "synced"


def test_workers_who_meet_push_once(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    outbox.mark(appointment["id"], office_key=stage.key, due=clock.now())

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: stage.again(appointment), range(6)))

    assert len(stage.there(appointment)) == 1
    assert stage.link(appointment).status == "synced"


def test_a_change_that_comes_while_it_is_told_is_told_next(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    outbox.mark(appointment["id"], office_key=stage.key, due=clock.now())
    links = stage.links

    def meanwhile(_: AppointmentItem) -> Links:
        stage.move(appointment, "13:00")
        outbox.mark(appointment["id"], office_key=stage.key, due=clock.now())
        return links

    first = pushing.push(appointment["id"], office=stage.office, links=meanwhile, now=clock.now())
    second = stage.again(appointment)

    assert (first.status, second.status) == ("pending", "synced")
    assert [shown(one)[0] for one in stage.there(appointment)] == ["13:00"]


def test_two_times_are_a_conflict_and_neither_is_overwritten(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    (visit,) = stage.there(appointment)
    stage.desk("move", visit, startdatetime=visit.start.replace(hour=15).isoformat())
    stage.move(appointment, "12:00")

    pushed = stage.push(appointment)

    (difference,) = stage.link(appointment).conflict
    sides = [difference[side][11:16] for side in ("base", "ours", "theirs")]
    assert (pushed.status, difference["field"], sides) == ("error", "start", ["10:00", "12:00", "15:00"])
    assert shown(visit)[0] == "15:00"


def test_our_move_leaves_what_the_front_desk_said(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    (visit,) = stage.there(appointment)
    stage.desk("checkin", visit)
    stage.move(appointment, "12:00")

    pushed = stage.push(appointment)

    assert (pushed.status, shown(visit)) == ("synced", ("12:00", 30, 1))


def test_a_time_that_the_office_does_not_allow_waits_for_people(stage: Stage) -> None:
    theirs = stage.running.whole.offices[OFFICE]
    theirs.columns[16] = replace(theirs.columns[16], start="11:00")
    appointment = book(stage.api, stage.place)

    pushed, link = stage.push(appointment), stage.link(appointment)
    stage.set(appointment, "cancelled")
    stage.push(appointment)

    over = stage.link(appointment)
    assert (pushed.status, link.conflict["refused"], link.due_key.split("#")[0]) == ("error", 4155, "OFFICEWAITS")
    assert sides(link)["start"] == (None, "10:00", None)
    assert "working hours" in (link.error or "")
    assert (over.status, over.disagreement) == ("synced", None)


def test_a_refused_move_is_shown_with_both_sides_and_what_was_not_told_is_not_agreed_on(stage: Stage) -> None:
    theirs = stage.running.whole.offices[OFFICE]
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    theirs.columns[16] = replace(theirs.columns[16], end="11:00")
    stage.move(appointment, "12:00")

    stage.push(appointment)
    theirs.columns[16] = replace(theirs.columns[16], end="23:55")
    shown, agreed = stage.link(appointment), stage.link(appointment).agreed["start"]
    officelinks.again(appointment["id"], now=clock.iso(clock.now()))
    told = stage.again(appointment)

    assert (shown.conflict["refused"], sides(shown)) == (4155, {"start": ("10:00", "12:00", "10:00")})
    assert (agreed, told.status) == (utc("10:00"), "synced")
    assert stage.link(appointment).conflict is None


def test_a_patient_who_is_not_linked_blocks_nothing_and_is_told_once_linked(stage: Stage) -> None:
    everybody = stage.links
    stage.links = replace(everybody, patients={})
    appointment = book(stage.api, stage.place)

    waiting = stage.push(appointment)
    said = stage.link(appointment).error
    stage.links = everybody
    told = stage.again(appointment)

    assert (waiting.status, said) == ("error", "This patient is not linked to AdvancedMD.")
    assert (told.status, len(stage.there(appointment))) == ("synced", 1)


def test_trouble_is_tried_again_later_and_ever_later(stage: Stage, show: Show) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    stage.move(appointment, "12:00")
    stage.running.whole.faults.plan("error", times=3)

    waits = []
    for _ in range(3):
        pushed = stage.push(appointment)
        waits.append((pushed.due_at - clock.now()).total_seconds())
        show(pushed.due_at)
    done = stage.again(appointment)

    longest = [15, 30, 60]
    assert all(most / 2 - 1 < wait <= most for wait, most in zip(waits, longest, strict=True))
    assert done.status == "synced"


def test_what_was_certainly_not_made_is_not_waited_for(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.running.whole.faults.plan("storm", action="post /scheduler/appointments")

    pushed = stage.push(appointment)
    link, before = stage.link(appointment), stage.calls()
    told = stage.again(appointment)

    assert (pushed.status, link.not_before, link.attempted) == ("pending", None, None)
    assert stage.calls() == before + 1
    assert (pushed.due_at - clock.now()).total_seconds() < 62
    assert (told.status, len(stage.there(appointment))) == ("synced", 1)


def test_what_was_cancelled_before_it_was_told_is_not_made(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.set(appointment, "cancelled")

    pushed = stage.push(appointment)

    assert (pushed.status, stage.there(appointment)) == ("synced", [])


def undo(stage: Stage, appointment: Data) -> None:
    answer = stage.api.as_("receptionist").post(f"/api/appointments/{appointment['id']}/undo")
    assert answer.status == 200, answer.body


def test_a_cancellation_that_was_told_and_is_taken_back_makes_another_visit(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    stage.set(appointment, "cancelled")
    stage.push(appointment)
    first = stage.link(appointment).visit_id

    undo(stage, appointment)
    pushed = stage.push(appointment)
    echo = stage.push(appointment)

    assert (pushed.status, echo.told) == ("synced", ())
    assert stage.visits(appointment) == {"": (148, 10), "-2": (148, 0)}
    assert officelinks.whose(stage.key, int(first)) is None


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_whoever_dies_over_another_visit_makes_one(stage: Stage, show: Show, moment: int) -> None:
    theirs = stage.running.whole.offices[OFFICE]
    theirs.columns[16] = replace(theirs.columns[16], max_per_slot=2)
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    stage.set(appointment, "cancelled")
    stage.push(appointment)
    undo(stage, appointment)

    with pytest.raises(Killed):
        stage.push(appointment, Dying(stage.office, moment))
    show(clock.now() + officelinks.LEASE + timedelta(seconds=2))
    stage.again(appointment)

    assert stage.visits(appointment) == {"": (148, 10), "-2": (148, 0)}


def test_a_visit_of_another_patient_is_told_nothing_at_all(stage: Stage) -> None:
    appointment = book(stage.api, stage.place)
    stage.push(appointment)
    (visit,) = stage.there(appointment)
    visit.patient_id = 159
    stage.set(appointment, "cancelled")

    pushed = stage.push(appointment)

    assert (pushed.status, pushed.told, visit.status) == ("error", (), 0)
    assert set(sides(stage.link(appointment))) == {"patient_id", "stage"}
    assert stage.link(appointment).agreed["patient_id"] == appointment["patient_id"]
