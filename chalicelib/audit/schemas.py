"""The trail and what was found of it, as the wire shows them."""

from typing import Any, ClassVar, Self

from pydantic import Field

from chalicelib.audit.trail import Traced
from chalicelib.audit.verifying import Verified
from chalicelib.kit.models import Example, QueryModel, View
from chalicelib.kit.types import Date

_SHOWN = 500  # problems of one reply


class TrailQuery(QueryModel):
    """A page of a trail."""

    limit: int = Field(default=100, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=400)


class VerifyQuery(QueryModel):
    """Which seals to verify: from the first, or from the one that covers a UTC date."""

    from_: Date | None = Field(default=None, alias="from", description="A UTC date; without it, from the first seal.")
    limit: int = Field(default=200, ge=1, le=1000, description="How many seals at most.")
    cursor: str | None = Field(default=None, max_length=600)
    synonyms: ClassVar[dict[str, str]] = {"from": "from"}


class AuditEntryView(View):
    """One change or sighting: who, what, when, from which request, field → [from, to]; `seal` is null until sealed.

    A sighting has the name of the route by which the patient's data were shown, and no version.
    """

    example: ClassVar[Example] = {
        "version": 2,
        "at": "2026-01-05T16:40:00Z",
        "actor": "receptionist:desk-4",
        "action": "cancelled",
        "operation": None,
        "request_id": "0f5b2c1e-6d3a-4b7e-9c55-2f1d8a7e4c90",
        "changes": {"status": ["scheduled", "cancelled"]},
        "seal": 41,
    }
    version: int | None
    at: str
    actor: str
    action: str
    operation: str | None
    request_id: str | None
    changes: dict[str, list[Any]]
    seal: int | None

    @classmethod
    def of(cls, traced: Traced) -> Self:
        """The view of an entry."""
        entry = traced.entry
        return cls(
            version=None if entry.operation else int(entry.version),
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            operation=entry.operation,
            request_id=entry.request_id,
            changes=entry.changes,
            seal=traced.seal,
        )


class ProblemView(View):
    """One thing that is not as it was sealed: its kind, the seal and the place that it is about, and a sentence."""

    example: ClassVar[Example] = {
        "kind": "entry_altered",
        "seal": 41,
        "place": "2026-01-05T16:40:00Z#APPOINTMENT#apt_123#00000002",
        "detail": "A sealed entry is not what it was when it was sealed.",
    }
    kind: str
    seal: int | None
    place: str | None
    detail: str


class SealedView(View):
    """The last seal that was verified: compare its head with the one in the sealer's log, or with one kept before."""

    example: ClassVar[Example] = {
        "number": 41,
        "head": "6f1ed002ab5595859014ebf0951522d9b3f7f1c1a7e2d0f9a86c1b1c5e0d4f3a",
        "until": "2026-01-05T16:45:00Z",
    }
    number: int
    head: str
    until: str


class UnsealedView(View):
    """What waits to be sealed: how many entries (10,000 at most are counted), and the time of the oldest."""

    example: ClassVar[Example] = {"entries": 12, "oldest": "2026-01-05T16:45:02Z"}
    entries: int
    oldest: str | None


class VerifiedView(View):
    """What a verification found; `unsealed` and the end of the chain are judged once `meta.next_cursor` is null."""

    example: ClassVar[Example] = {
        "clean": True,
        "seals": 41,
        "entries": 8712,
        "sealed": SealedView.example,
        "unsealed": UnsealedView.example,
        "problem_count": 0,
        "problems": [],
    }
    clean: bool
    seals: int
    entries: int
    sealed: SealedView | None
    unsealed: UnsealedView | None
    problem_count: int
    problems: list[ProblemView]

    @classmethod
    def of(cls, found: Verified) -> Self:
        """The view of what was found."""
        return cls(
            clean=not found.problems,
            seals=found.seals,
            entries=found.entries,
            sealed=SealedView.model_validate(found.end, from_attributes=True) if found.end else None,
            unsealed=UnsealedView.model_validate(found.tail, from_attributes=True) if found.tail else None,
            problem_count=len(found.problems),
            problems=[ProblemView.model_validate(one, from_attributes=True) for one in found.problems[:_SHOWN]],
        )
