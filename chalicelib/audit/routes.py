"""The audit trail over HTTP."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.errors import NotFound
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.kit.models import View
from chalicelib.table import audit

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})
_KINDS = {"hospital", "location", "room", "service", "doctor", "patient", "appointment"}


class AuditEntryView(View):
    """One change: who, what, when, from which request, field → [from, to]."""

    version: int
    at: str
    actor: str
    action: str
    request_id: str | None
    changes: dict[str, list[Any]]


@api.get("/api/audit/{kind}/{id}", roles=ADMIN, view=AuditEntryView)
def trail(_call: Call[Any, Any], kind: str, id: str) -> Reply:  # noqa: A002 - the path's name
    """List every change of a thing, oldest first."""
    if kind not in _KINDS:
        raise NotFound("kind of thing", "kind")
    found = [
        AuditEntryView(
            version=int(entry.version),
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            request_id=entry.request_id,
            changes=entry.changes,
        )
        for entry in audit.of(f"{kind.upper()}#{id}")
    ]
    return Reply(found)
