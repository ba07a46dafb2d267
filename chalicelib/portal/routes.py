"""The pages of the clinic day: what screens, desks, kiosks and phones open in a browser.

The pages are the same for everybody and hold no data; each asks the API with the token or key that it was opened with.
"""

from typing import Any

from chalicelib.kit import documents
from chalicelib.kit.http import PUBLIC, Api, Bare, Call
from chalicelib.kit.settings import settings
from chalicelib.portal import files

api = Api(__name__)
_NOBODYS_TICKET = "que_7d3k.9f2c"
_A_MINUTE = 60  # screens that load anew find a new version soon
# No page may be framed, and none loads anything from elsewhere.
_ALLOWING = documents.policy(manifest_src="'none'")


@api.get("/portal/lobby", roles=PUBLIC, media=("text/html",))
def open_lobby(call: Call[Any, Any]) -> Bare:
    """The lobby's screen: who is called, to which room, and how long the wait is."""
    return _page(call, "lobby")


@api.get("/portal/reception", roles=PUBLIC, media=("text/html",))
def open_reception(call: Call[Any, Any]) -> Bare:
    """The reception's page: today's appointments and the lines of a location."""
    return _page(call, "reception")


@api.get("/portal/advancedmd", roles=PUBLIC, media=("text/html",))
def open_advancedmd(call: Call[Any, Any]) -> Bare:
    """The page of the office at AdvancedMD: how both stand, what people have to decide, the log, the settings."""
    return _page(call, "advancedmd")


@api.get("/portal/kiosk", roles=PUBLIC, media=("text/html",))
def open_kiosk(call: Call[Any, Any]) -> Bare:
    """The kiosk's page: check in, or take a ticket."""
    return _page(call, "kiosk")


@api.get("/portal/track/{secret}", roles=PUBLIC, media=("text/html",), example={"secret": _NOBODYS_TICKET})
def open_track(call: Call[Any, Any], secret: str) -> Bare:  # noqa: ARG001 - the page itself reads it from its address
    """A patient's own place in the line, on the phone."""
    return _page(call, "track")


@api.get("/portal/visit/{id}", roles=PUBLIC, media=("text/html",), example={"id": "vis_7d3kq9x2m4c8v1n5b6z0w3r7t9"})
def open_visit(call: Call[Any, Any], id: str) -> Bare:  # noqa: A002, ARG001 - the page reads its room from its address
    """A telehealth visit's page, for its doctor, its patient and their guests."""
    # A recording goes from the browser straight to its store.
    store = settings().recordings_origin
    allowing = documents.policy(manifest_src="'none'", connect_src=f"'self' {store}") if store else _ALLOWING
    return documents.sent(call, files.page("visit"), allowing=allowing, seconds=_A_MINUTE)


@api.get(
    "/portal/assets/{asset}",
    roles=PUBLIC,
    media=("text/javascript", "text/css"),
    example={"asset": "live.js"},
)
def read_portal_asset(call: Call[Any, Any], asset: str) -> Bare:
    """A script or a style sheet of those pages."""
    return documents.sent(call, files.asset(asset), allowing=_ALLOWING, seconds=_A_MINUTE)


def _page(call: Call[Any, Any], name: str) -> Bare:
    return documents.sent(call, files.page(name), allowing=_ALLOWING, seconds=_A_MINUTE)
