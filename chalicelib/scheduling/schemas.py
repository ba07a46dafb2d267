"""What callers send in the body of a request to the scheduling slice, in every spelling of the seeds."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import Example, RequestModel
from chalicelib.kit.types import (
    MOST_OFFSETS,
    OFFSET,
    Amount,
    ClockTime,
    Count,
    Date,
    Flag,
    Id,
    Line,
    Minutes,
    Moment,
    Name,
    Text,
)
from chalicelib.people.schemas import PatientDetails
from chalicelib.scheduling.cancelling import REASON_CODES
from chalicelib.scheduling.engine.schedule import MODES

Mode = Literal["in-person", "telehealth"]
Origin = Literal["online", "walkin", "kiosk", "emergency", "follow_up"]
Urgency = Literal["low", "medium", "high", "emergency"]
ORIGINS = ("online", "walkin", "kiosk", "emergency", "follow_up")
Channel = Literal["email", "sms", "push", "call"]


_ONE = {"type": "string", "maxLength": 5, "pattern": f"^({OFFSET.pattern})$"}
_SEVERAL = {"type": "array", "items": _ONE, "minItems": 1, "maxItems": MOST_OFFSETS}


def _timing(value: Any) -> Any:
    several = value if isinstance(value, list) else [value]
    if not 1 <= len(several) <= MOST_OFFSETS:
        raise ValueError(f"must be one to {MOST_OFFSETS} offsets")
    if not all(isinstance(one, str) and OFFSET.fullmatch(one) for one in several):
        raise ValueError("must be an offset like 24h, 2h, 30m or 3d (at most 60d), or a list of them")
    return value


Timing = Annotated[str | list[str], BeforeValidator(_timing), WithJsonSchema({"anyOf": [_ONE, _SEVERAL]})]


class ReminderPreferences(RequestModel):
    """How the patient wants to be reminded (S1): channels, and how long before, once or several times.

    What is not said is as the clinic usually does it; with `timing`, every channel that is on keeps to it.
    """

    example: ClassVar[Example] = {"email": True, "sms": True, "timing": "24h"}
    email: Flag | None = None
    sms: Flag | None = None
    push: Flag | None = None
    call: Flag | None = None
    timing: Timing | None = None
    custom_message: Line | None = None


class VisitFields(RequestModel):
    """What is said about a visit besides when and with whom; stored as it is."""

    example: ClassVar[Example] = {"reason_for_visit": "Annual check-up", "urgency_level": "low"}
    origin: Origin | None = None
    reason_for_visit: Text | None = None
    notes: Text | None = None
    symptoms: Text | None = None
    urgency_level: Urgency | None = None
    priority: Count | None = None
    special_requirements: Text | None = None
    booking_source: Name | None = None
    payment_method: Name | None = None
    payment_amount: Amount | None = None
    reminder_preferences: ReminderPreferences | None = None
    can_reschedule: Flag | None = None
    synonyms: ClassVar[dict[str, str]] = {"reason": "reason_for_visit"}
    server_set: ClassVar[frozenset[str]] = frozenset(
        {
            "id",
            "appointment_number",
            "doctor_name",
            "patient_name",
            "specialty",
            "status",
            "location",
            "room_id",
            "telehealth_url",
            "queue_token",
            "payment_status",
            "reminder_sent",
            "confirmation_sent",
            "end_time",
            *("advancedmd_visit_id", "advancedmd_provider_id", "advancedmd_facility_id", "last_synced_to_amd"),
            *("amd_sync_status", "amd_sync_error", "amd_visit_url", "amd_conflict"),
            "created_at",
            "updated_at",
            "version",
        }
    )

    def stored(self) -> dict[str, Any]:
        """The fields as the appointment's attributes; what was not said is left out."""
        said = self.model_dump(mode="json", include=set(VisitFields.model_fields), exclude_none=True)
        if "payment_amount" in said:
            said["payment_amount"] = f"{said['payment_amount']:.2f}"
        if "reason_for_visit" in said:
            said["reason"] = said.pop("reason_for_visit")
        if said.get("can_reschedule") is True:
            said.pop("can_reschedule")
        return said


class WallTime(RequestModel):
    """A date and a time of day on the location's wall."""

    date: Date
    time: ClockTime


def time_of_visit(data: dict[str, Any]) -> dict[str, Any]:
    """`date` + `time` as `scheduled_date` in wall time; beside a `scheduled_date`, as `wall`, to be compared."""
    if "date" not in data and "time" not in data:
        return data
    wall = WallTime.read({name: data[name] for name in ("date", "time") if name in data})
    found = {name: value for name, value in data.items() if name not in ("date", "time")}
    found["wall" if "scheduled_date" in found else "scheduled_date"] = f"{wall.date} {wall.time:%H:%M}"
    return found


def mode_or_origin(data: dict[str, Any]) -> dict[str, Any]:
    """The seeds' overloaded `type`, read by value."""
    found = dict(data)
    for spelling in ("type", "appointment_type"):
        if spelling not in found:
            continue
        value = found.pop(spelling)
        word = value.replace("_", "-") if isinstance(value, str) else value
        field = "mode" if word in MODES else "origin" if value in ORIGINS else None
        if field is None:
            raise Invalid.field(spelling, f"must be one of {', '.join((*MODES, *ORIGINS))}")
        meant = word if field == "mode" else value
        if found.setdefault(field, meant) != meant:
            raise Invalid.field(field, f"given twice with different values (also as {spelling!r})")
    return found


class BookAppointment(VisitFields):
    """A visit to book or to hold: with whom, when, for whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "doctor_id": "doc_123",
                    "scheduled_date": "2026-01-15T10:00:00Z",
                    "duration_minutes": 30,
                    "mode": "in-person",
                    "patient_id": "pat_456",
                    "reason_for_visit": "Annual check-up",
                    "urgency_level": "low",
                    "reminder_preferences": {"email": True, "sms": True, "timing": "24h"},
                },
                {
                    "doctor_id": "doc_123",
                    "scheduled_date": "2026-01-15T10:00:00Z",
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
    doctor_id: Id
    scheduled_date: Moment
    wall: SkipJsonSchema[Moment | None] = None
    duration_minutes: Minutes | None = Field(default=None, ge=5, le=360)
    location_id: Id | None = None
    service_id: Id | None = None
    mode: Mode | None = None
    patient_id: Id | None = None
    patient_details: PatientDetails | None = None
    synonyms: ClassVar[dict[str, str]] = {
        "reason": "reason_for_visit",
        "duration": "duration_minutes",
        "appointmentType": "appointment_type",
    }

    @classmethod
    def translate(cls, data: dict[str, Any]) -> dict[str, Any]:
        if "wall" in data:
            raise Invalid.field("wall", "unknown field")
        return mode_or_origin(time_of_visit(data))


class ConfirmHold(VisitFields):
    """What the patient adds when confirming a hold."""


class RescheduleAppointment(RequestModel):
    """Another time, and another doctor or place if wanted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"scheduled_date": "2026-01-16T14:30:00Z", "duration_minutes": 30}]}
    )
    scheduled_date: Moment
    wall: SkipJsonSchema[Moment | None] = None
    doctor_id: Id | None = None
    location_id: Id | None = None
    duration_minutes: Minutes | None = Field(default=None, ge=5, le=360)
    mode: Mode | None = None
    override_reason: Line | None = None
    synonyms: ClassVar[dict[str, str]] = {
        "new_date": "date",
        "new_time": "time",
        "duration": "duration_minutes",
    }

    @classmethod
    def translate(cls, data: dict[str, Any]) -> dict[str, Any]:
        if "wall" in data:
            raise Invalid.field("wall", "unknown field")
        return time_of_visit(data)


class CancelAppointment(RequestModel):
    """Why it is cancelled; all of it may be left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Patient request"}]})
    reason: Line | None = None
    reason_code: Literal[REASON_CODES] | None = None  # type: ignore[valid-type]  # a tuple of words spells them out
    override_reason: Line | None = None


class MarkNoShows(RequestModel):
    """Whose patients did not come."""

    example: ClassVar[Example] = {"appointment_ids": ["apt_123", "apt_124"]}
    appointment_ids: list[Id] = Field(min_length=1, max_length=100)


class SetStatus(RequestModel):
    """The status to move to, in any of the seeds' spellings."""

    example: ClassVar[Example] = {"status": "checked_in", "notes": "Came by taxi"}
    status: Name
    notes: Line | None = None
