"""What an audit entry says: which fields changed, with values only where they tell nothing about a patient."""

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.kit import ids


@dataclass(frozen=True, slots=True)
class Audited:
    """How the items of a kind are recorded.

    An item that happened to another thing names it by the attribute `about`: it stands in that thing's trail, its
    making alone is recorded, as `action`, and of its fields only those `shown`. Any other item is a thing itself, whose
    trail is found by the attribute `key`, or by what follows in it after `prefix`. A `link` ties the thing in whose
    trail it stands to what is `shown`: it is recorded whenever that changes, as linked or unlinked.
    """

    key: str = "PK"
    about: str | None = None
    action: str = "created"
    shown: frozenset[str] = frozenset()
    prefix: str = ""
    link: bool = False


_THING = Audited()
_LINK = frozenset({"number"})
_OFFICE = frozenset({"zone", "type_id", "auto_sync", "frequency", "facilities", "paused", "kinds"})
AUDITED = {
    "hospital": _THING,
    "location": _THING,
    "room": _THING,
    "service": _THING,
    "doctor": _THING,
    "patient": _THING,
    "appointment": _THING,
    "caller": _THING,
    "apikey": _THING,
    "queueentry": Audited(key="entry_key"),
    "sighting": Audited(about="patient_key", action="viewed"),
    "glass": Audited(about="patient_key", action="glass_broken", shown=frozenset({"reason"})),
    "session": Audited(about="caller_key", action="signed_out"),
    "officesettings": Audited(prefix="OFFICESETTINGS#", shown=_OFFICE),
    "officepatientlink": Audited(link=True, shown=_LINK),
    "officedoctor": Audited(key="doctor_id", prefix="DOCTOR#", link=True, shown=_LINK),
}
_BOOKKEEPING = frozenset({"version", "updated_at", "updated_by", "request_id", "write", "fingerprint", "likenesses"})
# What is noted on a thing without being a change of it: the messages themselves say when and to whom they went.
_NOTES = frozenset({"confirmation_sent", "reminder_sent"})
_KEYS = frozenset({"PK", "SK", "entry_key", "kind", "due_key", "due_at", "catalogue_key", "catalogue_sort"})
_TELLING_NOTHING = frozenset(
    {
        "active",
        "buffer_after",
        "buffer_before",
        "called_time",
        "cancel_reason_code",
        "capacity",
        "consultation_end",
        "consultation_start",
        "doctor_id",
        "doctor_key",
        "duration_minutes",
        "end_reason",
        "ended_at",
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
        "planned_minutes",
        "queue_entry_id",
        "queue_token",
        "recalls",
        "room_id",
        "schedule_version",
        "service_id",
        "since",
        "start",
        "status",
        "token_number",
        "transferred_from",
        "zone",
    }
)
Image = dict[str, dict[str, Any]]
_HIDDEN = "…"
_LETTERS = 16  # 80 bits: enough to tell apart what happened to one thing in one second


def is_recorded(old: Image | None, new: Image | None) -> bool:
    """Whether the change leaves an entry."""
    rules = AUDITED.get(_kind(old, new))
    if rules is None or (rules.about is not None and old is not None):
        return False
    if rules.link:
        return _tied(old, rules) != _tied(new, rules)
    differing = _differing(old, new) if old and new else set()
    return not differing or not differing <= _NOTES


def _tied(image: Image | None, rules: Audited) -> list[Any]:
    return [_value(image or {}, name) for name in sorted(rules.shown)]


def _differing(old: Image, new: Image) -> set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def thing(old: Image | None, new: Image | None) -> str:
    """The key of the thing in whose trail the change stands."""
    rules = AUDITED[_kind(old, new)]
    name = rules.about or rules.key
    key = str(_value(new or {}, name) or _value(old or {}, name))
    return f"{rules.prefix}{key.rpartition('#')[2]}" if rules.prefix else key


def change(old: Image | None, new: Image | None) -> str:
    """What tells the change apart from all others of its thing: a version, or which item happened to it, or is left."""
    image = new or old or {}
    if AUDITED[_kind(old, new)].link:
        return ids.digest(json.dumps([image, new is None], sort_keys=True))[:_LETTERS]
    if AUDITED[_kind(old, new)].about:
        return ids.digest(image["PK"]["S"], image["SK"]["S"])[:_LETTERS]
    return f"{version(old, new):08d}"


def version(old: Image | None, new: Image | None) -> int:
    """The version that the change made; a deletion makes one too."""
    return int((new or old or {})["version"]["N"]) + (new is None)


def action(old: Image | None, new: Image | None) -> str:
    """The change as one word: created, changed, deleted, viewed, linked, or an appointment's new status."""
    rules = AUDITED[_kind(old, new)]
    if rules.link:
        return "linked" if any(_tied(new, rules)) else "unlinked"
    if old is None:
        return rules.action
    if new is None:
        return "deleted"
    status = _value(new, "status")
    return status if status and status != _value(old, "status") else "changed"


def changes(old: Image | None, new: Image | None) -> dict[str, list[Any]]:
    """Field → [from, to]; a value that may tell about a patient is shown as `…`."""
    before, after, rules = old or {}, new or {}, AUDITED[_kind(old, new)]
    names = (before.keys() | after.keys()) - _BOOKKEEPING - _KEYS
    if rules.about or rules.link:
        names &= rules.shown
    told = _TELLING_NOTHING | rules.shown
    return {
        name: [_shown(before, name, told), _shown(after, name, told)]
        for name in sorted(names)
        if before.get(name) != after.get(name)
    }


def _shown(image: Image, name: str, told: frozenset[str]) -> Any:
    value = _value(image, name)
    return value if value is None or name in told else _HIDDEN


def _kind(old: Image | None, new: Image | None) -> str:
    return str(_value(new or old or {}, "kind"))


def _value(image: Image, name: str) -> Any:
    return next(iter(image[name].values())) if name in image else None
