"""A day's figures as the wire shows them."""

from typing import ClassVar, Self

from chalicelib.kit.models import Example, View
from chalicelib.queue import statuses
from chalicelib.queue.statistics import Figures, Statistics


class FiguresView(View):
    """Counts and minutes of a day so far; minutes are null where there is nobody to count.

    `served_per_hour` are the consultations that ended within the last sixty minutes, `served_by_hour` those of each
    hour of the location's wall, `came_by_hour` the patients who joined or checked in.
    """

    example: ClassVar[Example] = {
        "total_waiting": 3,
        "total_called": 1,
        "total_in_consultation": 1,
        "total_on_hold": 0,
        "total_completed": 9,
        "total_no_show": 1,
        "total_cancelled": 0,
        "average_wait_minutes": 17.5,
        "p90_wait_minutes": 34.0,
        "average_consultation_minutes": 14.2,
        "served_per_hour": 4,
        "served_by_hour": {"09": 3, "10": 4, "11": 2},
        "came_by_hour": {"08": 5, "09": 6, "10": 4},
    }
    total_waiting: int
    total_called: int
    total_in_consultation: int
    total_on_hold: int
    total_completed: int
    total_no_show: int
    total_cancelled: int
    average_wait_minutes: float | None
    p90_wait_minutes: float | None
    average_consultation_minutes: float | None
    served_per_hour: int
    served_by_hour: dict[str, int]
    came_by_hour: dict[str, int]

    @classmethod
    def of(cls, found: Figures) -> Self:
        """The view of some figures."""
        totals = {f"total_{status}": found.counts[status] for status in statuses.ALL}
        return cls(
            **totals,
            average_wait_minutes=found.average_wait,
            p90_wait_minutes=found.p90_wait,
            average_consultation_minutes=found.average_consultation,
            served_per_hour=found.last_hour,
            served_by_hour=found.by_hour,
            came_by_hour=found.came_by_hour,
        )


class DoctorFiguresView(View):
    """One doctor's part of a day."""

    example: ClassVar[Example] = {"doctor_id": "doc_123", "doctor_name": "Dr. Jane Smith"}
    doctor_id: str
    doctor_name: str
    figures: FiguresView


class StatisticsView(View):
    """A location's day in figures: in all, and of each doctor."""

    example: ClassVar[Example] = {"location_id": "loc_new_york", "date": "2026-01-15"}
    location_id: str
    date: str
    total: FiguresView
    doctors: list[DoctorFiguresView]

    @classmethod
    def of(cls, found: Statistics) -> Self:
        """The view of a day's statistics."""
        doctors = [
            DoctorFiguresView(doctor_id=one, doctor_name=name, figures=FiguresView.of(part))
            for one, name, part in found.doctors
        ]
        return cls(
            location_id=found.location_id,
            date=found.day.isoformat(),
            total=FiguresView.of(found.total),
            doctors=doctors,
        )
