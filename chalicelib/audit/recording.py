"""Recording: every change that is audited leaves one entry, however often the stream repeats it, and never a late one
among what may be sealed.

The sealer leaves alone what is younger than `GRACE`. An entry takes the place of its change's time only within
`ON_TIME` of it; one that is written later takes the place of its writing. So nothing reaches a sealed time, because

    ON_TIME + a minute of work + five minutes of a request under way + five that the sealer's clock is fast ≤ GRACE.

The two fives are DynamoDB's own: it refuses requests that were signed more than five minutes away from its clock, and
the change's time is that clock's.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.audit import entries
from chalicelib.audit.entries import Image
from chalicelib.table import audit, base, keys
from chalicelib.table.audit import AuditItem, LateMarkItem

ON_TIME = timedelta(minutes=3)
GRACE = timedelta(minutes=15)
_MARKS_KEPT = timedelta(days=7)  # a stream's record can come again for a day


def record(old: Image | None, new: Image | None, *, stored: float, now: datetime) -> bool:
    """Store the entry of one change, which the stream says was stored at `stored` (epoch seconds).

    False when the change is none of ours or was recorded before: its place is made of nothing but the record, so
    repeats and reordering write the same entries.
    """
    if not entries.is_recorded(old, new):
        return False
    at = datetime.fromtimestamp(int(stored), UTC)
    thing, change = entries.thing(old, new), entries.change(old, new)
    place = keys.audit_place(at, thing, change)
    if now - at <= ON_TIME:
        return base.put_new(_entry(place, thing, old, new))
    if base.get(keys.audit(place), consistent=True):
        return False
    late = _entry(keys.audit_place(now, thing, change), thing, old, new)
    late.late = True
    mark = LateMarkItem(*keys.audit_mark(place), expires_at=int((now + _MARKS_KEPT).timestamp()))
    return audit.add_late(late, mark)


def _entry(place: str, thing: str, old: Image | None, new: Image | None) -> AuditItem:
    image: dict[str, Any] = new or old or {}

    def said(name: str) -> Any:
        return image.get(name, {}).get("S")

    return AuditItem(
        *keys.audit(place),
        thing_key=thing,
        version=entries.version(old, new),
        at=(said("updated_at") if new else None) or place[: len("2026-01-15T10:00:00Z")],
        actor=(said("updated_by") or "unknown") if new else "system:expiry",
        request_id=said("request_id"),
        operation=said("operation"),
        action=entries.action(old, new),
        changes=entries.changes(old, new),
    )
