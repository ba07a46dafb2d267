"""Lobby displays over HTTP: hung up, listed, taken down."""

from typing import Any

from chalicelib.callers import apikeys
from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call, Reply, created, tagged
from chalicelib.kit.models import Page
from chalicelib.realtime import displays
from chalicelib.realtime.schemas import AddDisplay, DisplayView, IssuedDisplayView, ListDisplays

api = Api(__name__)
MANAGERS: frozenset[Role] = frozenset({"admin", "hospital_admin"})


@api.post("/api/displays", roles=MANAGERS, body=AddDisplay, view=IssuedDisplayView, status=201, refuses=apikeys.ISSUING)
def add_display(call: Call[AddDisplay, Any]) -> Reply:
    """Hang up a lobby display; its key is said once and never again."""
    fields = call.body.model_dump(exclude={"valid_days"})
    issued = displays.add(fields, valid_days=call.body.valid_days, stamp=call.stamp)
    view = IssuedDisplayView.of(issued.item, key=issued.key)
    return created(view, view.version, at="/api/displays", replayed=issued.key is None)


@api.get("/api/displays", roles=MANAGERS, query=ListDisplays, view=list[DisplayView], meta=Page)
def list_displays(call: Call[Any, ListDisplays]) -> Reply:
    """The lobby displays in use, in order of name; all with `include_inactive`."""
    asked = call.query
    found, cursor = displays.page(
        call.claims,
        location_id=asked.location_id,
        include_inactive=asked.include_inactive,
        limit=asked.limit,
        cursor=asked.cursor,
    )
    return Reply([DisplayView.of(item) for item in found], meta={"next_cursor": cursor})


@api.delete("/api/displays/{id}", roles=MANAGERS, view=DisplayView, refuses=apikeys.REVOKING)
def take_display_down(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Take a display down: its key opens nothing any more, and what it shows ends at once."""
    view = DisplayView.of(displays.take_down(id, stamp=call.stamp))
    return tagged(view, view.version)
