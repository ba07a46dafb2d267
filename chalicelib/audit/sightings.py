"""Sightings: whoever is shown a patient's data is recorded before the reply leaves, once an hour for each route.

The first reply of an hour writes one small item, and the stream's consumer makes an entry of it: who answers requests
cannot write to the trail. The process remembers what it wrote, so a portal that polls costs nothing more; another
process writes the same item again, which leaves no second entry. What cannot be recorded is not shown: 503.
"""

from datetime import timedelta
from typing import Any

from chalicelib.audit import showing
from chalicelib.kit import cache, clock
from chalicelib.kit.calls import Call, Route
from chalicelib.kit.models import View
from chalicelib.kit.replies import Reply
from chalicelib.table import base, keys
from chalicelib.table.keys import Key
from chalicelib.table.sightings import SightingItem

_KEPT = timedelta(days=3)  # the stream carries it on within a day
_written = cache.Done[Key](seconds=3600)


def witness(route: Route, call: Call[Any, Any], said: Any) -> None:
    """Record whose data the reply shows to whom; Unavailable when that cannot be done."""
    if not showing.may_show_patients(route.view):
        return
    data = said.data if isinstance(said, Reply) else said
    if _tells_of_its_own_write(route, call, data):
        return
    hour, actor = f"{call.now:%Y-%m-%dT%H}", call.claims.actor
    wanted = {keys.sighting(one, hour, actor, route.operation): one for one in showing.patients(data)}
    fresh = _written.missing(wanted)
    if fresh:
        base.put_many(_sighting(key, wanted[key], route, call) for key in fresh)
        _written.add(fresh)


def _tells_of_its_own_write(route: Route, call: Call[Any, Any], data: Any) -> bool:
    """Whether the reply shows what this very request has changed: the change is recorded for itself.

    A write that changed nothing only looked; one in the second of another's change cannot be told from that change.
    """
    if route.method == "GET" or not isinstance(data, View) or not data.subject():
        return False
    return getattr(data, "updated_at", None) in (call.now, clock.iso(call.now))


def _sighting(key: Key, patient_id: str, route: Route, call: Call[Any, Any]) -> SightingItem:
    return SightingItem(
        *key,
        patient_key=keys.patient(patient_id).pk,
        operation=route.operation,
        updated_at=clock.iso(call.now),
        updated_by=call.claims.actor,
        request_id=call.request_id,
        expires_at=int((call.now + _KEPT).timestamp()),
    )
