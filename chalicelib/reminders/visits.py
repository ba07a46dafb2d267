"""An appointment as the plan sees it: where it stands, since when its time is settled, and who can be told how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.people import directory
from chalicelib.reminders.kinds import CALL, DOCTOR, EMAIL, PATIENT, PUSH, SMS, Channel
from chalicelib.reminders.plan import Standing, Visit, Wish
from chalicelib.reminders.policy import Policy
from chalicelib.scheduling import remote, settling, statuses
from chalicelib.table import devices
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.patients import PatientItem

_EXPIRED = "hold_expired"
_STANDING: dict[str, Standing] = {
    statuses.SCHEDULED: "ahead",
    statuses.CONFIRMED: "ahead",
    statuses.RESCHEDULED: "ahead",
    statuses.CHECKED_IN: "under_way",
    statuses.IN_PROGRESS: "under_way",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A patient as far as messages go."""

    reachable: frozenset[Channel]
    consents: Mapping[Channel, bool]
    wish: Wish


def of(appointment: AppointmentItem, *, zone: ZoneInfo, home: ZoneInfo) -> Visit:
    """The appointment as the plan sees it; a hold is no visit yet, so nothing is planned for one."""
    moves, stamps = appointment.moves or [], appointment.stamps or []
    last_move = moves[-1] if moves else None
    since = _since(appointment, stamps)
    return Visit(
        appointment_id=appointment.id,
        standing=standing(appointment),
        start=appointment.starts,
        zone=zone,
        home=home,
        since=since,
        round=settling.times(appointment),
        by_video=appointment.mode == "telehealth",
        telehealth=appointment.mode == "telehealth" and bool(remote.address(appointment)),
        new_to_doctor=last_move is None or "from_doctor" in last_move,
    )


def policy(appointment: AppointmentItem) -> Policy:
    """What the visit's location sends, as it has it now."""
    return Policy.read(directory.location(appointment.location_id).reminder_policy)


def standing(appointment: AppointmentItem) -> Standing:
    """Whether the visit is still to come, or was called off; what was only ever held was never told of."""
    if appointment.status == statuses.CANCELLED:
        last = (appointment.stamps or [{}])[-1]
        was_held = appointment.cancel_reason_code == _EXPIRED or last.get("from") == statuses.HELD
        return "over" if was_held else "cancelled"
    return _STANDING.get(appointment.status, "over")


def person(patient: PatientItem, appointment: AppointmentItem) -> Person:
    """How the patient can be reached, has agreed to be, and wants to be for this appointment."""
    usual = Wish.read(patient.communication_preferences)
    reachable: set[Channel] = set()
    if patient.email:
        reachable.add(EMAIL)
    if patient.phone and patient.phone_valid:
        reachable |= {SMS, CALL}
    wish = Wish.read(appointment.reminder_preferences).over(usual)
    if wish.channels.get(PUSH) and devices.of(f"{PATIENT}:{patient.id}"):  # looked for only where it is wished for
        reachable.add(PUSH)
    return Person(frozenset(reachable), usual.channels, wish)


def ways_to_doctor(doctor_id: str) -> frozenset[Channel]:
    """How the doctor can be reached."""
    ways: set[Channel] = {EMAIL} if directory.doctor(doctor_id).email else set()
    if devices.of(f"{DOCTOR}:{doctor_id}"):
        ways.add(PUSH)
    return frozenset(ways)


def home(patient: PatientItem, zone: ZoneInfo) -> ZoneInfo:
    """The patient's own zone, or the location's where it is not known."""
    return ZoneInfo(patient.zone) if patient.zone else zone


def _since(appointment: AppointmentItem, stamps: list[dict[str, Any]]) -> datetime:
    """When the present time was settled: booked, confirmed from a hold, moved, called off, or taken back."""
    settled = [str(stamp["at"]) for stamp in stamps if _settles(stamp)]
    return clock.parse(max([str(appointment.created_at), *settled]))


def _settles(stamp: dict[str, Any]) -> bool:
    return bool(stamp.get("moved")) or settling.is_back(stamp) or stamp.get("to") == statuses.CANCELLED
