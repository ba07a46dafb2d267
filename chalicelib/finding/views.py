"""Doctors as the search and the recommendations show them."""

from dataclasses import asdict
from typing import Any, ClassVar

from chalicelib.finding.recommending import Ranked
from chalicelib.kit.models import Example, View
from chalicelib.people.schemas import MoreDoctorView


class FoundDoctorView(MoreDoctorView):
    """A doctor with the next free start; the count of free slots is of `available_on`, null when that is not asked."""

    example: ClassVar[Example] = {"next_available": "2026-01-15T10:00:00-05:00", "available_slots_count": 12}
    next_available: str | None
    available_slots_count: int | None


class FactorView(View):
    """One factor of a recommendation: from 0 to 1, how much it counts, and why."""

    example: ClassVar[Example] = {"value": 0.9, "weight": 0.3, "because": "free within two days"}
    value: float
    weight: float
    because: str


class RecommendedDoctorView(MoreDoctorView):
    """A doctor with a score from 0 to 1, the factors that make it, and the next free start."""

    example: ClassVar[Example] = {
        "score": 0.82,
        "factors": {"soon": FactorView.example},
        "next_available": "2026-01-15T10:00:00-05:00",
    }
    score: float
    factors: dict[str, FactorView]
    next_available: str | None


def factors(ranked: Ranked) -> dict[str, dict[str, Any]]:
    """The factors of a ranking as plain values."""
    return {name: asdict(factor) for name, factor in ranked.factors.items()}
