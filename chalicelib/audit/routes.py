"""The audit trail over HTTP."""

from typing import Any

from chalicelib.audit import trail as trails
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.kit.models import View

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})


class AuditEntryView(View):
    """One change: who, what, when, from which request, field → [from, to]."""

    version: int
    at: str
    actor: str
    action: str
    request_id: str | None
    changes: dict[str, list[Any]]


@api.get("/api/audit/{kind}/{id}", roles=ADMIN, view=list[AuditEntryView])
def trail(_call: Call[Any, Any], kind: str, id: str) -> Reply:  # noqa: A002 - the path's name
    """List every change of a thing, oldest first."""
    return Reply([AuditEntryView.model_validate(entry, from_attributes=True) for entry in trails.of(kind, id)])
