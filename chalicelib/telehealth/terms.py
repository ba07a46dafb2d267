"""When a room may be entered, and whom a visit waits for in vain."""

from datetime import datetime, timedelta

OPENS_BEFORE = timedelta(minutes=15)
GRACE = timedelta(minutes=60)  # visits run over
LONGEST = timedelta(hours=24)
MISSED_AFTER = timedelta(minutes=15)

EARLY, OPEN, OVER = "early", "open", "over"
INVITED, WAITING, ADMITTED, DECLINED, REVOKED = "invited", "waiting", "admitted", "declined", "revoked"
HOST, PATIENT, GUEST, DESK = "host", "patient", "guest", "desk"


def opens(starts: datetime) -> datetime:
    """From when on a room may be entered."""
    return starts - OPENS_BEFORE


def closes(starts: datetime, ends: datetime) -> datetime:
    """Until when a room may be entered: some time after the end, and never more than a day after it has opened."""
    return min(ends + GRACE, opens(starts) + LONGEST)


def status(starts: datetime, ends: datetime, now: datetime) -> str:
    """Whether it is too early for a room, time, or over."""
    if now < opens(starts):
        return EARLY
    return OPEN if now < closes(starts, ends) else OVER


def missing(starts: datetime, now: datetime, *, host_came: bool, patient_came: bool) -> str | None:
    """Who has not come a quarter of an hour after the beginning, while the other has: `patient`, `host`, or nobody.

    It is a suggestion: people say that a visit was missed, since somebody may have been let down by a network.
    """
    if now < starts + MISSED_AFTER or host_came == patient_came:
        return None
    return PATIENT if host_came else HOST
