"""Doctors as the search, the recommendations and the deactivation show them."""

from dataclasses import asdict
from typing import Any, Self

from chalicelib.kit.models import View
from chalicelib.people.schemas import DoctorView
from chalicelib.scheduling.recommending import Ranked
from chalicelib.scheduling.views import AppointmentView
from chalicelib.table.doctors import DoctorItem


class _MoreView(DoctorView):
    @classmethod
    def with_more(cls, doctor: DoctorItem, *, contact: bool, **more: Any) -> Self:
        """The doctor with further fields; e-mail and phone only where `contact` allows."""
        view = DoctorView.of(doctor)
        return cls.model_validate({**(view if contact else view.without_contact()).model_dump(), **more})


class FoundDoctorView(_MoreView):
    """A doctor with the next free start; the count of free slots is of `available_on`, null when that is not asked."""

    next_available: str | None
    available_slots_count: int | None


class FactorView(View):
    """One factor of a recommendation: from 0 to 1, how much it counts, and why."""

    value: float
    weight: float
    because: str


class RecommendedDoctorView(_MoreView):
    """A doctor with a score from 0 to 1, the factors that make it, and the next free start."""

    score: float
    factors: dict[str, FactorView]
    next_available: str | None


class DeactivatedDoctorView(_MoreView):
    """A doctor out of service, and the upcoming appointments that need another one."""

    stranded: list[AppointmentView]


def factors(ranked: Ranked) -> dict[str, dict[str, Any]]:
    """The factors of a ranking as plain values."""
    return {name: asdict(factor) for name, factor in ranked.factors.items()}
