"""The audit trail over HTTP."""

from typing import Any

from chalicelib.audit import trail as trails
from chalicelib.audit import verifying
from chalicelib.audit.schemas import AuditEntryView, TrailQuery, VerifiedView, VerifyQuery
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply
from chalicelib.kit.models import Page

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})


@api.get(
    "/api/audit/{kind}/{id}",
    roles=ADMIN,
    query=TrailQuery,
    view=list[AuditEntryView],
    meta=Page,
    example={"kind": "appointment", "id": "apt_123"},
)
def read_audit_trail(call: Call[Any, TrailQuery], kind: str, id: str) -> Reply:  # noqa: A002 - the path's name
    """List every change of a thing, and who was shown a patient's data, oldest first."""
    page = trails.of(kind, id, limit=call.query.limit, after=call.query.cursor)
    return Reply([AuditEntryView.of(entry) for entry in page.entries], meta={"next_cursor": page.next_cursor})


@api.get("/api/audit/verify", roles=ADMIN, query=VerifyQuery, view=VerifiedView, meta=Page, tagged=False)
def verify_audit_trail(call: Call[Any, VerifyQuery]) -> Reply:
    """Name every sealed entry that was altered, removed or put in since, and count what is not sealed yet."""
    query = call.query
    found = verifying.verify(first=query.from_, limit=query.limit, after=query.cursor, now=call.now)
    return Reply(VerifiedView.of(found), meta={"next_cursor": found.next_cursor})
