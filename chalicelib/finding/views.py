"""Doctors as the search and the recommendations show them."""

from dataclasses import asdict
from typing import Any

from chalicelib.finding.recommending import Ranked
from chalicelib.kit.models import View
from chalicelib.people.schemas import MoreDoctorView


class FoundDoctorView(MoreDoctorView):
    """A doctor with the next free start; the count of free slots is of `available_on`, null when that is not asked."""

    next_available: str | None
    available_slots_count: int | None


class FactorView(View):
    """One factor of a recommendation: from 0 to 1, how much it counts, and why."""

    value: float
    weight: float
    because: str


class RecommendedDoctorView(MoreDoctorView):
    """A doctor with a score from 0 to 1, the factors that make it, and the next free start."""

    score: float
    factors: dict[str, FactorView]
    next_available: str | None


def factors(ranked: Ranked) -> dict[str, dict[str, Any]]:
    """The factors of a ranking as plain values."""
    return {name: asdict(factor) for name, factor in ranked.factors.items()}
