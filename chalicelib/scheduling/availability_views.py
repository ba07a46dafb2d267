"""Free times as the wire shows them; for the API's description, since slots are rendered without models for speed."""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, JsonValue

from chalicelib.kit.models import Example, View

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
WallClock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_SLOT: dict[str, JsonValue] = {
    "start_time": "2026-01-15T10:00:00-05:00",
    "end_time": "2026-01-15T10:30:00-05:00",
    "duration_minutes": 30,
    "date": "2026-01-15",
    "time": "10:00",
    "available": True,
}
_DOCTOR: dict[str, JsonValue] = {"doctor_id": "doc_123", "doctor_name": "Dr. Jane Smith", "specialty": "Cardiology"}


class SlotView(View):
    """One time, with the location's offset, or that of the `zone` that was asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SLOT]})
    start_time: Moment
    end_time: Moment
    duration_minutes: int
    date: Day
    time: WallClock
    available: bool


class OfDoctorMeta(View):
    """Whose times they are."""

    example: ClassVar[Example] = _DOCTOR
    doctor_id: str
    doctor_name: str
    specialty: str


class DoctorSlotsView(OfDoctorMeta):
    """The times of one doctor."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_DOCTOR, "available_slots": [_SLOT]}]})
    available_slots: list[SlotView]


class DayCountView(View):
    """How many starts are free on a date (`view=days`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"date": "2026-01-15", "available": 12}]})
    date: Day
    available: int


class ReasonView(View):
    """One reason against a time: a stable word and a sentence."""

    example: ClassVar[Example] = {"reason": "inactive", "message": "The doctor does not take appointments."}
    reason: str
    message: str


class ExplanationView(View):
    """Why a time is or is not offered (`explain=true`, staff and doctors)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "doctor_id": "doc_123",
                    "date": "2026-01-15",
                    "time": "10:00",
                    "offered": False,
                    "reasons": [{"reason": "inactive", "message": "The doctor does not take appointments."}],
                }
            ]
        }
    )
    doctor_id: str
    date: Day
    time: WallClock
    offered: bool
    reasons: list[ReasonView]
