"""Break-glass over HTTP."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import Api, Call
from chalicelib.people import glass
from chalicelib.people.glass_schemas import BreakGlass, GlassView
from chalicelib.people.refusals import GLASS

api = Api(__name__)
DOCTORS: frozenset[Role] = frozenset({"doctor"})


@api.post("/api/patients/{id}/break-glass", roles=DOCTORS, body=BreakGlass, view=GlassView, tagged=False, refuses=GLASS)
def break_glass(call: Call[BreakGlass, Any], id: str) -> GlassView:  # noqa: A002 - the path's name
    """Open the record of a patient who is not the doctor's, in an emergency; recorded with its reason, and reported."""
    return GlassView.of(glass.break_glass(id, reason=call.body.reason, stamp=call.stamp))
