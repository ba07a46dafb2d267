"""The stages of a visit as the wire shows them."""

from typing import ClassVar, Self

from chalicelib.kit import clock
from chalicelib.kit.models import Example, View
from chalicelib.queue.stages import Stage


class StageView(View):
    """A stage of the visit that is done: with whom, and when."""

    example: ClassVar[Example] = {
        "doctor_id": "doc_7",
        "doctor_name": "Triage",
        "arrived_time": "2026-01-15T14:30:00Z",
        "called_time": "2026-01-15T14:40:00Z",
        "consultation_start_time": "2026-01-15T14:42:00Z",
        "consultation_end_time": "2026-01-15T14:55:00Z",
    }
    doctor_id: str
    doctor_name: str
    arrived_time: str
    called_time: str
    consultation_start_time: str
    consultation_end_time: str

    @classmethod
    def of(cls, one: Stage) -> Self:
        """The view of a stage that is done."""
        called, begun, ended = (clock.iso(at or one.since) for at in (one.called, one.begun, one.ended))
        return cls(
            doctor_id=one.doctor_id,
            doctor_name=one.doctor_name,
            arrived_time=clock.iso(one.since),
            called_time=called,
            consultation_start_time=begun,
            consultation_end_time=ended,
        )
