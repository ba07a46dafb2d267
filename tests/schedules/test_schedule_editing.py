"""Editing a schedule: what it needs, whom it strands, and that no booking slips past it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.kit import clock
from chalicelib.kit.errors import Unavailable
from chalicelib.schedules import editing, stranding
from chalicelib.scheduling import booking
from chalicelib.scheduling.engine.schedule import Hours, Schedule
from chalicelib.scheduling.refusals import SlotNotOffered
from chalicelib.table import appointments, base, keys
from chalicelib.table.appointments import AppointmentItem
from tests.builders import Clinic, clinic, make_location
from tests.client import Answer, Client
from tests.concurrency.clinics import Crowd, all_at_once, at, crowd, next_monday, stamp, wish

DAILY = [0, 1, 2, 3, 4, 5, 6]
ALL_DAY = {"hours": [{"weekdays": DAILY, "start": "09:00", "end": "17:00"}]}
MORNING = {"hours": [{"weekdays": DAILY, "start": "09:00", "end": "12:00"}]}
MONDAY = next_monday()


def path(found: Clinic) -> str:
    return f"/api/doctors/{found.doctor['id']}/schedule"


def book(api: Client, found: Clinic, hour: int, *, day: date = MONDAY, **fields: Any) -> str:
    body = {"doctor_id": found.doctor["id"], "patient_id": found.patient["id"], "scheduled_date": f"{at(day, hour)}"}
    made: str = api.as_("admin").post("/api/appointments", body | fields).data["id"]
    return made


def put(api: Client, found: Clinic, schedule: dict[str, Any], **query: Any) -> Answer:
    return api.as_("admin").put(path(found), schedule, **query)


def marks(answer: Answer) -> dict[str, str]:
    return {one["id"]: one["needs_rebooking"] for one in answer.data["stranded"]}


def mark_of(api: Client, appointment_id: str) -> str | None:
    mark: str | None = api.as_("admin").get(f"/api/appointments/{appointment_id}").data["needs_rebooking"]
    return mark


def until(crowded: Crowd, end: int, **settings: Any) -> Schedule:
    """Nine to `end`, in minutes, on weekdays at the crowd's location."""
    hours = Hours(location_id=crowded.location_id, start=540, end=end, weekdays=(0, 1, 2, 3, 4))
    return Schedule(hours=(hours,), horizon_days=730, daily_cap=500, **settings)


@contextmanager
def before(operation: str, do: Callable[[], Any]) -> Iterator[None]:
    """Inside the block, the first request of this operation finds that something was done just before it arrived."""
    waiting = [do]

    def step_in(request: Any, **_: Any) -> None:
        named = request.headers.get("X-Amz-Target", b"").decode().endswith(f".{operation}")
        for done in [waiting.pop() for _ in waiting[:named]]:
            done()

    events = base.connection().client.meta.events
    events.register_first("before-send.dynamodb", step_in)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb", step_in)


@contextmanager
def unanswered(operation: str) -> Iterator[None]:
    """Inside the block the table answers no request of this operation."""

    def fail(request: Any, **_: Any) -> None:
        if request.headers.get("X-Amz-Target", b"").decode().endswith(f".{operation}"):
            raise ReadTimeoutError(endpoint_url=request.url)

    events = base.connection().client.meta.events
    events.register_first("before-send.dynamodb", fail)
    try:
        yield
    finally:
        events.unregister("before-send.dynamodb", fail)


def test_a_new_schedule_is_in_force_at_once_and_every_version_stays_readable(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)

    edited = put(api, found, MORNING)

    now, earlier, none_yet = (
        api.as_("patient").get(path(found), **query) for query in ({}, {"version": 1}, {"version": 0})
    )
    assert (edited.data["version"], edited.headers["etag"]) == (2, '"2"')
    assert now.data["hours"][0]["end"] == "12:00"
    assert (earlier.data["version"], earlier.data["hours"][0]["end"]) == (1, "17:00")
    assert (none_yet.data["version"], none_yet.data["hours"]) == (0, [])
    assert api.as_("patient").get(path(found), version=3).status == 404


def test_an_unchanged_schedule_costs_a_304(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    etag = api.as_("patient").get(path(found)).headers["etag"]

    again = api.as_("patient").with_(if_none_match=etag).get(path(found))

    assert (again.status, again.headers["etag"]) == (304, '"1"')


def test_the_same_schedule_again_makes_no_new_version(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)

    again = put(api, found, ALL_DAY)

    assert again.data["version"] == 1


def test_an_edit_on_top_of_an_old_version_is_refused(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    put(api, found, MORNING)

    stale = api.as_("admin").with_(if_match='"1"').put(path(found), ALL_DAY)
    fresh = api.as_("admin").with_(if_match='"2"').put(path(found), ALL_DAY)

    assert (stale.status, stale.headers["etag"]) == (412, '"2"')
    assert (fresh.status, fresh.data["version"]) == (200, 3)


def test_a_dry_run_names_exactly_those_whom_the_edit_then_strands_and_writes_nothing(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    book(api, found, 10)
    stranded = [book(api, found, hour) for hour in (14, 15)]

    tried = put(api, found, MORNING, dry_run="true")
    untouched = [mark_of(api, one) for one in stranded]
    version = api.as_("admin").get(path(found)).data["version"]
    done = put(api, found, MORNING)

    assert (untouched, version) == ([None, None], 1)
    assert marks(tried) == marks(done) == dict.fromkeys(stranded, "outside_hours")
    assert [mark_of(api, one) for one in stranded] == ["outside_hours", "outside_hours"]
    assert tried.json["meta"] == {"dry_run": True, "stranded_count": 2}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"breaks": [{"start": "10:00", "end": "10:30"}]}, "break"),
        ({"holidays": [MONDAY.isoformat()]}, "holiday"),
        ({"overrides": [{"date": MONDAY.isoformat()}]}, "override"),
        ({"modes": ["telehealth"]}, "mode"),
    ],
)
def test_an_appointment_is_stranded_by_its_reason(api: Client, change: dict[str, Any], reason: str) -> None:
    found = clinic(api, schedule=ALL_DAY)
    appointment = book(api, found, 10)

    edited = put(api, found, ALL_DAY | change)

    assert marks(edited) == {appointment: reason}


@pytest.mark.parametrize(
    "change",
    [
        {"daily_cap": 1},
        {"min_notice_minutes": 80_000},
        {"horizon_days": 1},
        {"slot_minutes": 50, "buffer_before": 30, "buffer_after": 30},
    ],
)
def test_limits_of_time_number_and_grid_strand_nobody(api: Client, change: dict[str, Any]) -> None:
    found = clinic(api, schedule=ALL_DAY)
    book(api, found, 10)
    book(api, found, 11)

    edited = put(api, found, ALL_DAY | change)

    assert edited.data["stranded"] == []


def test_who_fits_again_loses_the_mark(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    appointment = book(api, found, 15)
    put(api, found, MORNING)

    back = put(api, found, ALL_DAY)

    assert back.data["stranded"] == []
    assert mark_of(api, appointment) is None


def test_the_stranded_are_rebooked_and_the_cancelled_are_not_stranded(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    cancelled, moved = book(api, found, 14), book(api, found, 15)
    api.as_("admin").delete(f"/api/appointments/{cancelled}")
    put(api, found, MORNING)

    answer = api.as_("admin").put(f"/api/appointments/{moved}/reschedule", {"scheduled_date": f"{at(MONDAY, 9)}"})

    assert answer.data["needs_rebooking"] is None
    assert put(api, found, MORNING | {"buffer_after": 5}).data["stranded"] == []


def test_a_new_location_of_the_schedule_becomes_one_of_the_doctor(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    second = make_location(api, hospital_id=found.hospital["id"])
    hours = [{"location_id": second["id"], "weekdays": DAILY, "start": "09:00", "end": "12:00"}]

    put(api, found, {"hours": hours})

    doctor = api.as_("admin").get(f"/api/doctors/{found.doctor['id']}").data
    assert doctor["location_ids"] == [found.location["id"], second["id"]]


def test_a_desk_gives_only_locations_of_its_own_and_a_doctor_gives_none(api: Client) -> None:
    found, elsewhere = clinic(api, schedule=ALL_DAY), make_location(api)
    hours = {"hours": [{"location_id": elsewhere["id"], "weekdays": DAILY, "start": "09:00", "end": "12:00"}]}

    desk = api.as_("receptionist", hospital=found.hospital["id"]).put(path(found), hours)
    doctor = api.as_("doctor", found.doctor["id"]).put(path(found), hours)

    assert (desk.status, desk.fields) == (404, ["location_id"])
    assert (doctor.status, doctor.fields) == (403, ["location_ids"])


def test_a_desk_is_told_how_many_are_stranded_elsewhere_but_not_who(api: Client) -> None:
    elsewhere = make_location(api)
    found = clinic(api, doctor={"location_ids": [elsewhere["id"]]})
    put(api, found, ALL_DAY)
    appointment = book(api, found, 10)
    desk = api.as_("receptionist", hospital=found.hospital["id"])

    answer = desk.put(path(found), {"hours": []})

    assert (answer.data["stranded"], answer.json["meta"]["stranded_count"]) == ([], 1)
    assert mark_of(api, appointment) == "outside_hours"


def test_doctors_edit_their_own_schedule_and_no_one_elses(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)

    own = api.as_("doctor", found.doctor["id"]).put(path(found), MORNING)
    colleague = api.as_("doctor", "doc_other").put(path(found), ALL_DAY)
    patient = api.as_("patient", found.patient["id"]).put(path(found), ALL_DAY)
    other_desk = api.as_("receptionist", hospital="hos_other").put(path(found), ALL_DAY)

    assert [own.status, colleague.status, patient.status, other_desk.status] == [200, 404, 403, 404]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (ALL_DAY | {"location_id": "loc_none"}, 404, "location_id"),
        (ALL_DAY | {"slot_minutes": 7}, 422, "slot_minutes"),
        (ALL_DAY | {"holiday_country": "XX"}, 422, "holiday_country"),
        (
            ALL_DAY | {"breaks": [{"start": "12:00", "end": "13:00", "location_id": "loc_x"}]},
            422,
            "breaks[0].location_id",
        ),
        ({"hours": [*ALL_DAY["hours"], *MORNING["hours"]]}, 422, "hours[1]"),
        ({"hours": [{"start": "09:00", "end": "12:00"}]}, 422, "hours[0]"),
        ({"hours": [{"weekdays": [0], "start": "09:02", "end": "12:00"}]}, 422, "hours[0].start"),
        (
            {"hours": [{"rrule": "FREQ=NEVER", "valid_from": "2026-01-01", "start": "09:00", "end": "12:00"}]},
            422,
            "hours[0].rrule",
        ),
    ],
)
def test_a_schedule_that_may_not_be_is_refused_and_nothing_is_written(
    api: Client, body: dict[str, Any], status: int, field: str
) -> None:
    found = clinic(api, schedule=ALL_DAY)

    answers = [put(api, found, body), put(api, found, body, dry_run="true")]

    assert [(answer.status, answer.fields) for answer in answers] == [(status, [field])] * 2
    assert api.as_("admin").get(path(found)).data["version"] == 1


def test_a_doctor_out_of_service_is_offered_to_nobody_and_strands_everybody(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    booked = [book(api, found, hour) for hour in (9, 16)]
    doctor = f"/api/doctors/{found.doctor['id']}"

    tried = api.as_("admin").delete(doctor, dry_run="true")
    done = api.as_("hospital_admin", hospital=found.hospital["id"]).delete(doctor)

    assert marks(tried) == marks(done) == dict.fromkeys(booked, "doctor_inactive")
    assert (done.data["active"], done.data["schedule_version"]) == (False, 2)
    assert [mark_of(api, one) for one in booked] == ["doctor_inactive", "doctor_inactive"]
    assert api.as_("admin").get(f"/api/appointments/availability/{found.doctor['id']}/{MONDAY}").data == []


def test_a_doctor_who_has_changed_since_is_not_taken_out_of_service(api: Client) -> None:
    found = clinic(api, schedule=ALL_DAY)
    doctor = f"/api/doctors/{found.doctor['id']}"

    stale = api.as_("admin").with_(if_match='"1"').delete(doctor)
    fresh = api.as_("admin").with_(if_match='"2"').delete(doctor)

    assert [stale.status, fresh.status] == [412, 200]


def test_a_desk_of_another_hospital_cannot_take_a_doctor_out_of_service(api: Client) -> None:
    found = clinic(api)

    answer = api.as_("hospital_admin", hospital="hos_other").delete(f"/api/doctors/{found.doctor['id']}")

    assert answer.status == 404
    assert api.as_("admin").get(f"/api/doctors/{found.doctor['id']}").data["active"] is True


def test_a_booking_that_an_edit_overtakes_is_judged_by_the_new_schedule_and_refused(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=1, patients=1)
    doctor_id, patient_id = crowded.doctors[0], crowded.patients[0]

    def shorten() -> None:
        editing.edit(doctor_id=doctor_id, schedule=until(crowded, 720), stamp=stamp())

    with before("TransactWriteItems", shorten), pytest.raises(SlotNotOffered):
        booking.book(wish(doctor_id, patient_id, at(MONDAY, 15)))

    assert list(appointments.of_doctor(doctor_id)) == []
    assert base.get(keys.doctor_day(doctor_id, MONDAY), consistent=True) is None


def test_a_booking_that_an_edit_overtakes_but_still_fits_lands_under_the_new_version(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=1, patients=1)
    doctor_id, patient_id = crowded.doctors[0], crowded.patients[0]

    def shorten() -> None:
        editing.edit(doctor_id=doctor_id, schedule=until(crowded, 720), stamp=stamp())

    with before("TransactWriteItems", shorten):
        booked = booking.book(wish(doctor_id, patient_id, at(MONDAY, 10))).appointment

    assert int(booked.schedule_version) == 2


def test_edits_that_overtake_each_other_all_land_one_after_the_other(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=1, patients=1)
    doctor_id = crowded.doctors[0]
    ends = [720 + 30 * number for number in range(6)]

    def shorten(end: int) -> int:
        edited = editing.edit(doctor_id=doctor_id, schedule=until(crowded, end), stamp=stamp())
        return int(edited.doctor.schedule_version)

    versions = all_at_once(shorten, ends, workers=6)

    kept = {editing.read(doctor_id, version)[1].hours[0].end for version in versions}
    assert sorted(versions) == [2, 3, 4, 5, 6, 7]
    assert kept == set(ends)


def test_an_edit_that_races_with_bookings_leaves_no_unmarked_appointment_outside_the_new_hours(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=4, patients=48, capacity=4)
    doctor_id = crowded.doctors[0]
    slots = [at(MONDAY, 9) + timedelta(minutes=30 * (number % 16)) for number in range(48)]
    wishes = [wish(doctor_id, patient, slot) for patient, slot in zip(crowded.patients, slots, strict=True)]
    work: list[Callable[[], Any]] = [partial(booking.book, one) for one in wishes]
    shorter = until(crowded, 720, capacity=4)
    edit = partial(editing.edit, doctor_id=doctor_id, schedule=shorter, stamp=stamp())

    results = all_at_once(lambda one: one(), [*work[:20], edit, *work[20:]], workers=12)
    for made in [one.appointment.id for one in results if isinstance(one, booking.Booked)]:
        stranding.recheck(made, clock.now())

    landed = list(appointments.of_doctor(doctor_id))
    outside = {one.id for one in landed if one.starts.hour >= 12}
    marked = {one.id for one in landed if one.needs_rebooking == "outside_hours"}
    unexpected = [one for one in results if isinstance(one, Exception) and not isinstance(one, SlotNotOffered)]
    assert outside == marked
    assert all(int(one.schedule_version) == 2 for one in landed if one.id in marked)
    assert unexpected == []
    assert marked


def test_an_appointment_that_an_interrupted_edit_left_behind_is_marked_when_its_change_comes_by(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=1, patients=1)
    doctor_id = crowded.doctors[0]
    booked = booking.book(wish(doctor_id, crowded.patients[0], at(MONDAY, 15))).appointment
    with unanswered("Query"), pytest.raises(Unavailable):
        editing.edit(doctor_id=doctor_id, schedule=until(crowded, 720), stamp=stamp())

    for _ in range(2):
        stranding.recheck(booked.id, clock.now())

    found = AppointmentItem.find(booked.id)
    assert found is not None
    assert (found.needs_rebooking, int(found.version), found.updated_by) == ("outside_hours", 2, "admin:system")


def test_an_interrupted_edit_is_finished_by_repeating_it(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=1, patients=1)
    doctor_id = crowded.doctors[0]
    booked = booking.book(wish(doctor_id, crowded.patients[0], at(MONDAY, 15))).appointment
    shorter = until(crowded, 720)
    with unanswered("Query"), pytest.raises(Unavailable):
        editing.edit(doctor_id=doctor_id, schedule=shorter, stamp=stamp())

    again = editing.edit(doctor_id=doctor_id, schedule=shorter, stamp=stamp())

    assert [one.id for one in again.stranded] == [booked.id]
    assert int(again.doctor.schedule_version) == 2


def test_what_is_over_or_unknown_is_not_rechecked(api: Client) -> None:
    crowded = crowd(api, doctors=1, rooms=1, patients=1)
    doctor_id = crowded.doctors[0]
    booked = booking.book(wish(doctor_id, crowded.patients[0], at(MONDAY, 15))).appointment
    with unanswered("Query"), pytest.raises(Unavailable):
        editing.edit(doctor_id=doctor_id, schedule=until(crowded, 720), stamp=stamp())

    stranding.recheck(booked.id, datetime.combine(MONDAY, datetime.max.time(), UTC))
    stranding.recheck("apt_none", clock.now())

    found = AppointmentItem.find(booked.id)
    assert found is not None
    assert found.needs_rebooking is None
