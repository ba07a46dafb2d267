"""The audit trail over HTTP."""

from typing import Any, ClassVar

from chalicelib.audit import trail as trails
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.kit.models import Example, View

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})


class AuditEntryView(View):
    """One change: who, what, when, from which request, field → [from, to]."""

    example: ClassVar[Example] = {
        "version": 2,
        "at": "2026-01-05T16:40:00Z",
        "actor": "receptionist:desk-4",
        "action": "cancelled",
        "request_id": "0f5b2c1e-6d3a-4b7e-9c55-2f1d8a7e4c90",
        "changes": {"status": ["scheduled", "cancelled"]},
    }
    version: int
    at: str
    actor: str
    action: str
    request_id: str | None
    changes: dict[str, list[Any]]


@api.get(
    "/api/audit/{kind}/{id}", roles=ADMIN, view=list[AuditEntryView], example={"kind": "appointment", "id": "apt_123"}
)
def trail(_call: Call[Any, Any], kind: str, id: str) -> Reply:  # noqa: A002 - the path's name
    """List every change of a thing, oldest first."""
    return Reply([AuditEntryView.model_validate(entry, from_attributes=True) for entry in trails.of(kind, id)])
