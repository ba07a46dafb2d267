"""Changing what a doctor's appointments rest on: the schedule, and whether the doctor takes any.

Every change raises the fence, so a booking that was computed before it cannot land after it; then the upcoming
appointments are judged anew. A change that changes nothing raises nothing, and still finishes the judging that an
interrupted one left undone. A dry run judges the same and writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.kit.errors import NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, directory, doctors
from chalicelib.schedules import stranding
from chalicelib.schedules.refusals import ScheduleRefused
from chalicelib.schedules.rules import problems
from chalicelib.scheduling import timetable
from chalicelib.scheduling.engine.schedule import Schedule, from_dict, to_dict
from chalicelib.table import base, creation, keys, revision
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.doctors import DoctorItem, FenceItem, ScheduleItem
from chalicelib.table.revision import Overtaken
from chalicelib.table.transaction import Transaction

Change = Callable[[DoctorItem, Transaction], None]


@dataclass(frozen=True, slots=True)
class Edited:
    """The doctor after the change, or as it would be, and the upcoming appointments that do not fit."""

    doctor: DoctorItem
    stranded: list[AppointmentItem]


def read(doctor_id: str, version: int | None = None) -> tuple[int, Schedule]:
    """A version of a doctor's schedule, by default the one in force, with its number; version 0 is empty."""
    doctor = doctors.find(doctor_id)
    current = int(doctor.schedule_version)
    if version in {None, current}:
        return current, from_dict(doctor.schedule or {})
    if version == 0:
        return 0, Schedule()
    found = ScheduleItem.read(base.get(keys.schedule(doctor_id, version or 0)))
    if found is None:
        raise NotFound("schedule version", "version")
    return int(found.version), from_dict(found.schedule)


def edit(*, doctor_id: str, schedule: Schedule, stamp: Stamp, dry_run: bool = False) -> Edited:
    """Put a schedule in force and mark whom it strands; If-Match means the schedule's version.

    Raises ScheduleRefused, NotFound (doctor or location), Forbidden (a doctor names a new location), Stale, Overtaken.
    """

    def change(doctor: DoctorItem, transaction: Transaction) -> None:
        stamp.check_match(int(doctor.schedule_version))
        _check(schedule, doctor, stamp)
        places = list(dict.fromkeys([*doctor.location_ids, *schedule.location_ids]))
        if to_dict(schedule) == doctor.schedule and places == doctor.location_ids:
            return
        doctor.schedule, doctor.location_ids = to_dict(schedule), places
        _raise_fence(doctor, transaction, stamp)

    access.check_doctor(stamp.by, doctor_id)
    return _changed(doctor_id, change, stamp=replace(stamp, if_match=None), dry_run=dry_run)


def deactivate(*, doctor_id: str, stamp: Stamp, dry_run: bool = False) -> Edited:
    """Take a doctor out of service and mark every upcoming appointment; If-Match means the doctor's version."""

    def change(doctor: DoctorItem, transaction: Transaction) -> None:
        stamp.check_match(int(doctor.version))
        if doctor.active:
            doctor.active = False
            _raise_fence(doctor, transaction, stamp)

    access.check_doctor(stamp.by, doctor_id)
    return _changed(doctor_id, change, stamp=stamp, dry_run=dry_run)


def activate(*, doctor_id: str, stamp: Stamp) -> Edited:
    """Bring a doctor back into service and take the marks from the appointments that fit again."""

    def change(doctor: DoctorItem, transaction: Transaction) -> None:
        stamp.check_match(int(doctor.version))
        if not doctor.active:
            doctor.active = True
            _raise_fence(doctor, transaction, stamp)

    access.check_doctor(stamp.by, doctor_id)
    return _changed(doctor_id, change, stamp=stamp, dry_run=False)


def follow_location(location_id: str, stamp: Stamp) -> None:
    """Raise the fence of everyone who works at a location whose zone or opening hours have changed."""

    def change(doctor: DoctorItem, transaction: Transaction) -> None:
        _raise_fence(doctor, transaction, stamp)

    directory.location.refresh(location_id)
    for doctor in list(DoctorItem.all_of()):
        if location_id in doctor.location_ids:
            _changed(doctor.id, change, stamp=stamp, dry_run=False)


def _changed(doctor_id: str, change: Change, *, stamp: Stamp, dry_run: bool) -> Edited:
    if dry_run:
        doctor = doctors.find(doctor_id)
        change(doctor, Transaction())
        return Edited(doctor, stranding.preview(doctor, stamp.now))
    doctor = revision.revise(lambda: doctors.find(doctor_id), change, stamp=stamp)
    directory.forget(doctor)
    directory.refresh_doctor(doctor_id)
    return Edited(doctor, stranding.mark(doctor_id, stamp))


def _raise_fence(doctor: DoctorItem, transaction: Transaction, stamp: Stamp) -> None:
    """The next version: the fence says so from the commit on, and the schedule is kept under it."""
    read = int(doctor.schedule_version)
    doctor.schedule_version = read + 1
    kept = ScheduleItem(*keys.schedule(doctor.id, read + 1), version=read + 1, schedule=doctor.schedule or {})
    creation.sign(kept, stamp)
    fence = base.setting(FenceItem, {"version": read + 1})
    transaction.update(keys.fence(doctor.id), fence, condition=FenceItem.is_at(read), refusal=Overtaken)
    transaction.put(kept, refusal=Overtaken)


def _check(schedule: Schedule, doctor: DoctorItem, stamp: Stamp) -> None:
    """The places exist and are the doctor's, or the caller's to give; and the schedule says nothing that may not be."""
    places = schedule.location_ids
    for place in places:
        directory.require(directory.location, place, _field(schedule, place))
    new = [place for place in places if place not in doctor.location_ids]
    if new:
        access.check_doctor_fields(stamp.by, {"location_ids"})
    for place in new:
        access.check_location(stamp.by, place, field=_field(schedule, place))
    elsewhere = [
        (f"breaks.{index}.location_id", "the doctor does not work there")
        for index, pause in enumerate(schedule.breaks)
        if pause.location_id not in {None, *places, *doctor.location_ids}
    ]
    found = elsewhere or problems(schedule, zones={place: timetable.zone_of(place) for place in places})
    if found:
        raise ScheduleRefused(found)


def _field(schedule: Schedule, place: str) -> str:
    """Where the schedule names the location; one that is all of it has been named once."""
    if len(schedule.location_ids) == 1:
        return "location_id"
    named = [
        (name, index)
        for name in ("hours", "overrides")
        for index, item in enumerate(getattr(schedule, name))
        if item.location_id == place
    ]
    return f"{named[0][0]}[{named[0][1]}].location_id"
