"""What an appointment can become: one table, and who may move it."""

from chalicelib.kit.auth import Claims

HELD = "held"
SCHEDULED = "scheduled"
CONFIRMED = "confirmed"
RESCHEDULED = "rescheduled"
CHECKED_IN = "checked_in"
IN_PROGRESS = "in_progress"
COMPLETED = "completed"
CANCELLED = "cancelled"
NO_SHOW = "no_show"

_UPCOMING = frozenset({CONFIRMED, CHECKED_IN, IN_PROGRESS, CANCELLED, NO_SHOW})
MAY_BECOME: dict[str, frozenset[str]] = {
    HELD: frozenset({SCHEDULED, CANCELLED}),
    SCHEDULED: _UPCOMING,
    RESCHEDULED: _UPCOMING,
    CONFIRMED: _UPCOMING - {CONFIRMED},
    CHECKED_IN: frozenset({IN_PROGRESS, COMPLETED, CANCELLED, NO_SHOW}),
    IN_PROGRESS: frozenset({COMPLETED}),
    COMPLETED: frozenset(),
    CANCELLED: frozenset(),
    NO_SHOW: frozenset({CHECKED_IN}),  # the patient came after all
}
ALL = tuple(MAY_BECOME)
MOVABLE = frozenset({SCHEDULED, CONFIRMED, RESCHEDULED})
"""From these a patient can still be given another time."""
LIVE = frozenset(MAY_BECOME) - {CANCELLED}
"""In these the appointment keeps its cells; a missed or finished one keeps them too, since its time has passed."""
UNCONFIRMED = frozenset({HELD, SCHEDULED, RESCHEDULED})
"""In these a doctor who wants to confirm has still to do so; after a move once more."""
OPEN = MOVABLE | {HELD, CHECKED_IN, IN_PROGRESS}
"""In these the visit is still to come or under way."""

_SPELLINGS = {"checked_out": COMPLETED, "canceled": CANCELLED}


def canonical(spelling: str) -> str:
    """The status meant by any of the seeds' spellings: `no-show`, `checked-in`, `checked_out`."""
    word = spelling.strip().lower().replace("-", "_")
    return _SPELLINGS.get(word, word)


def may_set(claims: Claims, status: str, *, needs_confirmation: bool) -> bool:
    """Whether the caller's role may move an appointment (which it may see) to the status."""
    if claims.role == "patient":
        return status == CONFIRMED and not needs_confirmation
    if claims.role == "kiosk":
        return status == CHECKED_IN
    return claims.role != "display"
