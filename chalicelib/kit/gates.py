"""Gates: what stands between a proven caller and every handler, and between every reply and its caller.

Slices build them and `app.py` names them (`package.module:function`), so that the kit knows no table, and a process
that answers no requests loads none.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from chalicelib.kit.auth import Claims
from chalicelib.kit.calls import Call, Route
from chalicelib.kit.late import Seam

Guard = Callable[[Route, Claims, datetime], dict[str, str]]
"""Lets a proven caller of a route pass, or raises the refusal; answers headers for the reply, whatever it will be."""
Witness = Callable[[Route, Call[Any, Any], Any], None]
"""Is told what a handler returned before it is sent; what it raises is answered instead."""

_guards = Seam()
_witnesses = Seam()


def put_up(*, guards: Iterable[str] = (), witnesses: Iterable[str] = ()) -> None:
    """Ask these, in this order, at every request of every route."""
    _guards.join(*guards)
    _witnesses.join(*witnesses)


def admit(route: Route, claims: Claims, now: datetime, headers: dict[str, str]) -> None:
    """Let the caller pass every guard, adding to `headers` what they say; the first refusal ends it."""
    for guard in _guards.functions():
        headers |= guard(route, claims, now)


def witness(route: Route, call: Call[Any, Any], said: Any) -> None:
    """Show what is about to be sent to all who have to know of it."""
    for told in _witnesses.functions():
        told(route, call, said)
