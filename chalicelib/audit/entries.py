"""What an audit entry says: which fields changed, with values only where they tell nothing about a patient."""

from typing import Any

AUDITED = frozenset({"hospital", "location", "room", "service", "doctor", "patient", "appointment"})
_BOOKKEEPING = frozenset({"version", "updated_at", "updated_by", "request_id", "write", "fingerprint", "likenesses"})
_KEYS = frozenset({"PK", "SK", "kind", "due_key", "due_at", "catalogue_key", "catalogue_sort"})
_TELLING_NOTHING = frozenset(
    {
        "active",
        "buffer_after",
        "buffer_before",
        "cancel_reason_code",
        "capacity",
        "doctor_key",
        "duration_minutes",
        "local_date",
        "location_ids",
        "mode",
        "needs_confirmation",
        "needs_rebooking",
        "number",
        "origin",
        "patient_key",
        "payment_status",
        "place_key",
        "room_id",
        "schedule_version",
        "service_id",
        "start",
        "status",
        "zone",
    }
)
Image = dict[str, dict[str, Any]]
_HIDDEN = "…"


def action(old: Image | None, new: Image | None) -> str:
    """The change as one word: created, changed, deleted, or an appointment's new status."""
    if old is None:
        return "created"
    if new is None:
        return "deleted"
    status = _value(new, "status")
    return status if status and status != _value(old, "status") else "changed"


def changes(old: Image | None, new: Image | None) -> dict[str, list[Any]]:
    """Field → [from, to]; a value that may tell about a patient is shown as `…`."""
    before, after = old or {}, new or {}
    names = sorted((before.keys() | after.keys()) - _BOOKKEEPING - _KEYS)
    return {name: [_shown(before, name), _shown(after, name)] for name in names if before.get(name) != after.get(name)}


def _shown(image: Image, name: str) -> Any:
    value = _value(image, name)
    return value if value is None or name in _TELLING_NOTHING else _HIDDEN


def _value(image: Image, name: str) -> Any:
    return next(iter(image[name].values())) if name in image else None
