"""What callers send to the waiting room, in every spelling of the seeds."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from chalicelib.kit.models import Example, QueryModel, RequestModel
from chalicelib.kit.types import Count, Date, Id, Line, Name, Phone, Text
from chalicelib.people.schemas import PatientDetails
from chalicelib.queue.finding import Shown
from chalicelib.scheduling.schemas import Urgency

SERVER_SET = frozenset(
    {"token_number", "current_status", "queue_position", "priority_score", "estimated_wait_time_minutes", "created_at"}
)
_AGE = Annotated[Count, Field(le=150)]
Stages = Annotated[list[Id], Field(max_length=8, description="The doctors of the stages to come, in order.")]
_WAITED = Annotated[Count, Field(le=10_080)]


class CurrentQuery(QueryModel):
    """Whose queues: of a location, a doctor, or both; without any the caller's own, or all that a desk reaches."""

    example: ClassVar[Example] = {"location_id": "loc_new_york"}
    doctor_id: Id | None = None
    location_id: Id | None = None


class StatisticsQuery(QueryModel):
    """Which day's figures, at which location."""

    example: ClassVar[Example] = {"location_id": "loc_new_york"}
    location_id: Id
    doctor_id: Id | None = None
    date: Date | None = Field(default=None, description="A date of the location; today without it.")


class JoinQueue(RequestModel):
    """Who joins whose queue, and why; without `location_id` where the doctor is now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "doctor_id": "doc_123",
                    "patient_id": "pat_456",
                    "reason_for_visit": "Rash since yesterday",
                    "urgency_level": "medium",
                    "special_requirements": "Wheelchair access",
                },
                {
                    "doctor_id": "doc_123",
                    "location_id": "loc_new_york",
                    "patient_details": {
                        "first_name": "Zoë",
                        "last_name": "Müller",
                        "phone": "+14155550123",
                        "date_of_birth": "1980-02-29",
                    },
                },
            ]
        }
    )
    id: Id | None = None
    doctor_id: Id
    patient_id: Id | None = None
    patient_details: PatientDetails | None = None
    location_id: Id | None = None
    reason_for_visit: Text | None = None
    urgency_level: Urgency | None = None
    special_requirements: Text | None = None
    notes: Line | None = None
    synonyms: ClassVar[dict[str, str]] = {"reason": "reason_for_visit", "urgency": "urgency_level"}
    server_set = SERVER_SET

    def said(self) -> dict[str, Any]:
        """What is told about the visit, as attributes of the entry."""
        names = {"reason_for_visit", "urgency_level", "special_requirements", "notes"}
        return self.model_dump(include=names, exclude_none=True)


class SetEntryStatus(RequestModel):
    """The status to move to, and where the patient is called to."""

    example: ClassVar[Example] = {"status": "called", "notes": "Patient called to consultation room"}
    status: Name
    notes: Line | None = None
    room_id: Id | None = None


class CallNext(RequestModel):
    """Whose next patient is called, and where to; without a room, to that of the doctor's last call."""

    example: ClassVar[Example] = {"doctor_id": "doc_123", "location_id": "loc_new_york", "room_id": "room_7"}
    doctor_id: Id
    location_id: Id | None = None
    room_id: Id | None = None


class CallEntry(RequestModel):
    """Where the patient is called to; all of it may be left out."""

    example: ClassVar[Example] = {"room_id": "room_7"}
    room_id: Id | None = None


class Remark(RequestModel):
    """What is to be remembered about it; all of it may be left out."""

    example: ClassVar[Example] = {"notes": "At the laboratory"}
    notes: Line | None = None


class TransferEntry(RequestModel):
    """To which doctor's queue at the same location."""

    example: ClassVar[Example] = {"doctor_id": "doc_123"}
    doctor_id: Id
    next_doctor_ids: Stages | None = None
    notes: Line | None = None


class ForwardEntry(TransferEntry):
    """To whom the patient goes on after this consultation, and to whom after that."""

    example: ClassVar[Example] = {"doctor_id": "doc_123", "next_doctor_ids": []}


class PriorityFactors(RequestModel):
    """What a client knows; a waiting time and an age of our own count before it."""

    example: ClassVar[Example] = {"medical_urgency": "high", "wait_time": 30, "patient_age": 65}
    medical_urgency: Urgency | None = None
    wait_time: _WAITED | None = None
    patient_age: _AGE | None = None


class PrioritizeEntry(RequestModel):
    """Whose place in the order is to be thought over."""

    example: ClassVar[Example] = {"doctor_id": "doc_123", "queue_id": "que_123"}
    doctor_id: Id
    queue_id: Id
    priority_factors: PriorityFactors


class CheckIn(RequestModel):
    """The appointment, or what shows which one it is: its number, the phone and birth date, the text of its code."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"appointment_id": "apt_123"},
                {"appointment_number": "APT-2026-0001", "location_id": "loc_new_york"},
                {"phone": "+12125550123", "date_of_birth": "1980-02-29", "location_id": "loc_new_york"},
                {"code": "apt_123"},
            ]
        }
    )
    appointment_id: Id | None = None
    appointment_number: Name | None = None
    phone: Phone | None = None
    date_of_birth: Date | None = None
    code: Id | None = None
    location_id: Id | None = None
    synonyms: ClassVar[dict[str, str]] = {"number": "appointment_number", "qr": "code"}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [self.appointment_id, self.appointment_number, self.code, self.phone or self.date_of_birth]
        if sum(way is not None for way in ways) != 1 or bool(self.phone) != bool(self.date_of_birth):
            raise ValueError("give one of appointment_id, appointment_number, code, and phone with date_of_birth")
        return self

    def shown(self) -> Shown:
        """What is shown of the appointment; the text of a code is the appointment's id."""
        return Shown(
            appointment_id=self.appointment_id or self.code,
            number=self.appointment_number,
            phone=self.phone,
            born=self.date_of_birth,
            location_id=self.location_id,
        )
