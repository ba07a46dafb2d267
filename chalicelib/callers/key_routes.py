"""API keys over HTTP: an administrator gives them to other systems, and takes them back."""

from typing import Any

from chalicelib.callers import apikeys
from chalicelib.callers.key_schemas import IssuedKeyView, IssueKey, KeyView, ListKeys
from chalicelib.kit.auth import Role
from chalicelib.kit.errors import Invalid
from chalicelib.kit.http import ROUTES, Api, Call, Reply, created, fresh, tagged
from chalicelib.kit.models import Page

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})


@api.post("/api/keys", roles=ADMIN, body=IssueKey, view=IssuedKeyView, status=201, refuses=apikeys.ISSUING)
def issue_key(call: Call[IssueKey, Any]) -> Reply:
    """Give another system a key; it is said once and never again."""
    fields = call.body.model_dump(exclude={"valid_days"})
    _check(fields["operations"] or [])
    issued = apikeys.issue(fields, valid_days=call.body.valid_days, stamp=call.stamp)
    view = IssuedKeyView.of(issued.item, key=issued.key)
    return created(view, view.version, at=f"/api/keys/{view.id}", replayed=issued.key is None)


@api.get("/api/keys", roles=ADMIN, query=ListKeys, view=list[KeyView], meta=Page)
def list_keys(call: Call[Any, ListKeys]) -> Reply:
    """The keys that are not revoked, in order of name; all with `include_inactive`."""
    asked = call.query
    found, cursor = apikeys.page(include_inactive=asked.include_inactive, limit=asked.limit, cursor=asked.cursor)
    return Reply([KeyView.of(item) for item in found], meta={"next_cursor": cursor})


@api.get("/api/keys/{id}", roles=ADMIN, view=KeyView)
def read_key(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """One key, without what it says."""
    view = KeyView.of(apikeys.find(id))
    return Reply(view, etag=fresh(call, str(view.version)))


@api.delete("/api/keys/{id}", roles=ADMIN, view=KeyView, refuses=apikeys.REVOKING)
def revoke_key(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Take a key back: it opens nothing any more, everywhere within half a minute."""
    view = KeyView.of(apikeys.revoke(id, stamp=call.stamp))
    return tagged(view, view.version)


def _check(operations: list[str]) -> None:
    known = {route.operation for route in ROUTES if route.roles}
    unknown = [name for name in operations if name not in known]
    if unknown:
        raise Invalid.field("operations", f"has no operation of this API as number {operations.index(unknown[0]) + 1}")
