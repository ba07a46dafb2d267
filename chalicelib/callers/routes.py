"""Sessions over HTTP: signing out, here or everywhere, and signing somebody else out."""

from typing import Any, ClassVar, Literal

from chalicelib.callers import sessions
from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call
from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Flag, Id

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})


class EndSession(RequestModel):
    """Sign out: this sign-in, or every one of the caller's."""

    example: ClassVar[Example] = {"everywhere": True}
    everywhere: Flag = False


class RevokeSessions(RequestModel):
    """End every sign-in of somebody, who is named as tokens name them."""

    example: ClassVar[Example] = {"role": "receptionist", "id": "desk-4"}

    role: Role
    id: Id


class SessionsEndedView(View):
    """What ended; tokens of it are refused everywhere within half a minute."""

    example: ClassVar[Example] = {"ended": "all"}

    ended: Literal["this", "all"]


@api.post("/api/sessions/end", roles=ANYONE, body=EndSession, view=SessionsEndedView, tagged=False)
def end_session(call: Call[EndSession, Any]) -> SessionsEndedView:
    """Sign out: end this sign-in, or every one of the caller's with `everywhere`."""
    everywhere = call.body.everywhere or not call.claims.session
    sessions.end(call.stamp, everywhere=everywhere)
    return SessionsEndedView(ended="all" if everywhere else "this")


@api.post("/api/sessions/revoke", roles=ADMIN, body=RevokeSessions, view=SessionsEndedView, tagged=False)
def revoke_sessions(call: Call[RevokeSessions, Any]) -> SessionsEndedView:
    """End every sign-in of somebody, for a lost device or a person who has left."""
    sessions.revoke(f"{call.body.role}:{call.body.id}", call.stamp)
    return SessionsEndedView(ended="all")
