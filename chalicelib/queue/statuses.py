"""What an entry of a queue can become, and what that makes of its appointment: one table each."""

WAITING = "waiting"
CALLED = "called"
IN_CONSULTATION = "in_consultation"
ON_HOLD = "on_hold"
COMPLETED = "completed"
NO_SHOW = "no_show"
CANCELLED = "cancelled"

_PRESENT = frozenset({WAITING, CALLED, ON_HOLD, IN_CONSULTATION, COMPLETED, NO_SHOW, CANCELLED})
MAY_BECOME: dict[str, frozenset[str]] = {
    WAITING: _PRESENT - {WAITING},
    CALLED: _PRESENT - {CALLED},
    ON_HOLD: _PRESENT - {ON_HOLD},
    IN_CONSULTATION: frozenset({COMPLETED}),
    COMPLETED: frozenset(),
    NO_SHOW: frozenset({WAITING}),  # the patient came after all
    CANCELLED: frozenset(),
}
ALL = tuple(MAY_BECOME)
OPEN = frozenset({WAITING, CALLED, ON_HOLD, IN_CONSULTATION})
"""In these the patient stands in the queue and keeps the seat."""

LEFT = "left"
CLOSED = "closed"

APPOINTMENT: dict[str, str] = {
    WAITING: "checked_in",
    CALLED: "checked_in",
    ON_HOLD: "checked_in",
    IN_CONSULTATION: "in_progress",
    COMPLETED: "completed",
    NO_SHOW: "no_show",
    CANCELLED: "cancelled",
}
"""The status of an appointment whose patient has this status in the queue."""

_SPELLINGS = {
    "canceled": CANCELLED,
    "in_progress": IN_CONSULTATION,
    "in_room": IN_CONSULTATION,
    "checked_out": COMPLETED,
    "hold": ON_HOLD,
}


def canonical(spelling: str) -> str:
    """The status meant by any spelling: `no-show`, `in-consultation`, `checked_out`."""
    word = spelling.strip().lower().replace("-", "_")
    return _SPELLINGS.get(word, word)


def of_appointment(status: str) -> str:
    """What an entry becomes when its appointment gets this status; a check-in that is taken back ends it."""
    return {
        "checked_in": WAITING,
        "in_progress": IN_CONSULTATION,
        "completed": COMPLETED,
        "no_show": NO_SHOW,
    }.get(status, CANCELLED)
