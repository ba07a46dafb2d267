"""The waiting room as the wire shows it: who sees names and reasons, and who sees numbers only."""

from datetime import datetime
from typing import Any, ClassVar

from chalicelib.kit.auth import Claims
from chalicelib.kit.models import Example, View
from chalicelib.queue import stages, statuses
from chalicelib.queue.board import Board, Line, Standing
from chalicelib.queue.stage_views import StageView
from chalicelib.table.queue import EntryItem

SHOWN_NUMBER = "20260115-001"  # in examples
_NUMBERS_ONLY = (
    "patient_id",
    "patient_name",
    "patient_age",
    "appointment_id",
    "origin",
    "urgency_level",
    "reason_for_visit",
    "special_requirements",
    "notes",
    "priority_score",
    "ai_priority_factors",
    "medical_urgency_score",
    "wait_time_score",
    "check_in_time",
    "scheduled_start",
    "transferred_from",
    "journey",
    "next_doctor_ids",
    "end_reason",
    "track",
)


class QueueEntryView(View):
    """One place in a queue. What the caller's role may not see is null; estimates are of those who wait, in minutes:
    half of such waits end within the first, nine in ten within the second.
    """

    example: ClassVar[Example] = {
        "id": "que_123",
        "token_number": SHOWN_NUMBER,
        "doctor_id": "doc_123",
        "doctor_name": "Dr. Jane Smith",
        "location_id": "loc_new_york",
        "patient_id": "pat_456",
        "patient_name": "Zoë Müller",
        "patient_age": 45,
        "origin": "walkin",
        "current_status": "waiting",
        "urgency_level": "medium",
        "reason_for_visit": "Rash since yesterday",
        "priority_score": 30.0,
        "ai_priority_factors": {"medical_urgency": 20.0, "wait_time": 10.0, "patient_age": 0.0, "punctuality": 0.0},
        "medical_urgency_score": 20.0,
        "wait_time_score": 10.0,
        "check_in_time": "2026-01-15T15:00:00Z",
        "queue_position": 1,
        "estimated_wait_time_minutes": 15,
        "estimated_wait_p90_minutes": 25,
        "recalls": 0,
        "track": "que_123.Zk3vTq8aX0bRw1",
        "version": 1,
        "updated_at": "2026-01-15T15:00:00Z",
    }
    id: str
    token_number: str
    doctor_id: str
    doctor_name: str
    location_id: str
    patient_id: str | None
    patient_name: str | None
    patient_age: int | None
    appointment_id: str | None
    origin: str | None
    current_status: str
    urgency_level: str | None
    reason_for_visit: str | None
    special_requirements: str | None
    notes: str | None
    priority_score: float | None
    ai_priority_factors: dict[str, float] | None
    medical_urgency_score: float | None
    wait_time_score: float | None
    check_in_time: str | None
    called_time: str | None
    consultation_start_time: str | None
    consultation_end_time: str | None
    scheduled_start: str | None
    queue_position: int | None
    estimated_wait_time_minutes: int | None
    estimated_wait_p90_minutes: int | None
    actual_wait_time_minutes: int | None
    room_id: str | None
    room_name: str | None
    transferred_from: str | None
    journey: list[StageView] | None
    next_doctor_ids: list[str] | None
    recalls: int
    end_reason: str | None
    track: str | None
    version: int
    updated_at: str

    def subject(self) -> str | None:
        return self.patient_id

    def with_numbers_only(self, *, track: bool = False) -> "QueueEntryView":
        """The entry as a display shows it; whoever hands the number to the patient hands over how to `track` it too."""
        hidden = dict.fromkeys(name for name in _NUMBERS_ONLY if not (track and name == "track"))
        return self.model_copy(update=hidden)


class QueueView(View):
    """One doctor's queue: those who wait in order, then who was called, who is in consultation, who is on hold.

    The estimates are those of whoever would join now.
    """

    example: ClassVar[Example] = {
        "doctor_id": "doc_123",
        "doctor_name": "Dr. Jane Smith",
        "location_id": "loc_new_york",
        "total_waiting": 1,
        "total_called": 0,
        "total_in_consultation": 0,
        "total_on_hold": 0,
        "estimated_wait_time_minutes": 30,
        "estimated_wait_p90_minutes": 48,
    }
    doctor_id: str
    doctor_name: str
    location_id: str
    total_waiting: int
    total_called: int
    total_in_consultation: int
    total_on_hold: int
    estimated_wait_time_minutes: int
    estimated_wait_p90_minutes: int
    queue: list[QueueEntryView]


class BoardMeta(View):
    """When the board was read."""

    example: ClassVar[Example] = {"now": "2026-01-15T15:10:00Z"}
    now: str


def sees_names(entry: EntryItem, claims: Claims) -> bool:
    """Whether the caller is shown who stands there: desks, the doctor of the queue, and the patient."""
    if claims.role == "doctor":
        return claims.sub == entry.doctor_id
    if claims.role == "patient":
        return claims.sub == entry.patient_id
    return claims.is_staff


def for_caller(one: Standing, claims: Claims, *, handing: bool = False) -> QueueEntryView:
    """One entry as the caller may see it; `handing` is a device that gives the patient the number."""
    view = _entry(one)
    return view if sees_names(one.entry, claims) else view.with_numbers_only(track=handing)


def of_line(line: Line, claims: Claims) -> QueueView:
    """One doctor's queue as the caller may see it."""
    return QueueView(
        doctor_id=line.doctor_id,
        doctor_name=line.doctor_name,
        location_id=line.location_id,
        total_waiting=line.count(statuses.WAITING),
        total_called=line.count(statuses.CALLED),
        total_in_consultation=line.count(statuses.IN_CONSULTATION),
        total_on_hold=line.count(statuses.ON_HOLD),
        estimated_wait_time_minutes=round(line.newcomer.p50),
        estimated_wait_p90_minutes=round(line.newcomer.p90),
        queue=[for_caller(one, claims) for one in line.standing],
    )


def shown(board: Board, claims: Claims) -> list[dict[str, Any]]:
    """The whole board as the caller may see it, ready for the wire."""
    return [of_line(line, claims).wire() for line in board.lines]


def _entry(one: Standing) -> QueueEntryView:
    entry = one.entry
    kept = entry.score or {"total": 0.0}
    total = one.score.total if one.score else kept["total"]
    factors = one.score.factors if one.score else {name: value for name, value in kept.items() if name != "total"}
    return QueueEntryView(
        id=entry.id,
        token_number=entry.token_number,
        doctor_id=entry.doctor_id,
        doctor_name=entry.doctor_name,
        location_id=entry.location_id,
        patient_id=entry.patient_id,
        patient_name=entry.patient_name,
        patient_age=int(entry.patient_age) if entry.patient_age is not None else None,
        appointment_id=entry.appointment_id,
        origin=entry.origin,
        current_status=entry.status,
        urgency_level=entry.urgency_level,
        reason_for_visit=entry.reason_for_visit,
        special_requirements=entry.special_requirements,
        notes=entry.notes,
        priority_score=round(total, 2),
        ai_priority_factors={name: round(value, 2) for name, value in factors.items()},
        medical_urgency_score=round(factors.get("medical_urgency", 0.0), 2),
        wait_time_score=round(factors.get("wait_time", 0.0), 2),
        check_in_time=entry.since,
        called_time=entry.called_time,
        consultation_start_time=entry.consultation_start,
        consultation_end_time=entry.consultation_end,
        scheduled_start=entry.scheduled_start,
        queue_position=one.position,
        estimated_wait_time_minutes=round(one.estimate.p50) if one.estimate else None,
        estimated_wait_p90_minutes=round(one.estimate.p90) if one.estimate else None,
        actual_wait_time_minutes=waited(entry),
        room_id=entry.room_id,
        room_name=entry.room_name,
        transferred_from=entry.transferred_from,
        journey=[StageView.of(one) for one in stages.behind(entry)],
        next_doctor_ids=entry.next_doctor_ids or [],
        recalls=int(entry.recalls or 0),
        end_reason=entry.end_reason,
        track=f"{entry.id}.{entry.track}",
        version=int(entry.version),
        updated_at=entry.updated_at or entry.since,
    )


def waited(entry: EntryItem) -> int | None:
    """How many minutes the patient waited for this doctor until the call; None before it."""
    called: datetime | None = entry.at("called_time")
    if called is None:
        return None
    return max(0, round((called - entry.arrived).total_seconds() / 60))
