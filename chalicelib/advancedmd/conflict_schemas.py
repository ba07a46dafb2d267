"""What people are shown of what they have to decide, and what they say."""

from typing import Any, ClassVar, Literal, Self

from chalicelib.advancedmd.conflicts import Open
from chalicelib.kit.models import Example, RequestModel, View


class DifferenceView(View):
    """A field with what both last had, and what each side has; `refused` is why ours could not be as theirs is."""

    example: ClassVar[Example] = {
        "field": "start",
        "base": "2026-01-15T10:00:00Z",
        "ours": "2026-01-15T11:00:00Z",
        "theirs": "2026-01-15T14:00:00Z",
        "refused": None,
    }
    field: str
    base: Any
    ours: Any
    theirs: Any
    refused: str | None


class ConflictView(View):
    """What people have to decide, with both sides; its id is an appointment's, or `visit:` and a number."""

    example: ClassVar[Example] = {
        "id": "apt_123",
        "appointment_id": "apt_123",
        "patient_id": "pat_456",
        "advancedmd_visit_id": "9000005",
        "since": "2026-01-15T10:00:00Z",
        "problem": "Both sides have changed this.",
        "differences": [DifferenceView.example],
    }
    id: str
    appointment_id: str | None
    patient_id: str | None
    advancedmd_visit_id: str | None
    since: str
    problem: str
    differences: list[DifferenceView]

    def subject(self) -> str | None:
        return self.patient_id

    @classmethod
    def of(cls, one: Open) -> Self:
        """The view of a conflict."""
        number = one.visit.visit_id if one.visit else one.link.visit_id if one.link else None
        return cls(
            id=one.id,
            appointment_id=one.appointment.id if one.appointment else None,
            patient_id=one.appointment.patient_id if one.appointment else None,
            advancedmd_visit_id=str(int(number)) if number is not None else None,
            since=one.since,
            problem=one.problem,
            differences=[
                DifferenceView(
                    field=said["field"],
                    base=said.get("base"),
                    ours=said.get("ours"),
                    theirs=said.get("theirs"),
                    refused=said.get("refused"),
                )
                for said in one.differences
            ],
        )


class SettleConflict(RequestModel):
    """Whose side counts."""

    example: ClassVar[Example] = {"keep": "theirs"}
    keep: Literal["ours", "theirs"]


class SettledView(View):
    """That it is being settled."""

    example: ClassVar[Example] = {"id": "apt_123", "keep": "theirs"}
    id: str
    keep: str
