"""Why the waiting room says no."""

from chalicelib.kit.errors import Conflict
from chalicelib.people.access import ScopeMissing
from chalicelib.people.registration import PossibleDuplicate
from chalicelib.scheduling.refusals import UNDOING as UNDOING_AN_APPOINTMENT
from chalicelib.scheduling.refusals import AlreadyInQueue, ChangedMeanwhile, NotAllowedNow
from chalicelib.table.creation import IdTaken, KeyReused


class QueueEmpty(Conflict):
    """Nobody is waiting."""

    code = "queue_empty"

    def __init__(self) -> None:
        super().__init__(
            "Nobody is waiting for this doctor.", details=[{"field": "doctor_id", "problem": "nobody is waiting"}]
        )


class DoctorNotHere(Conflict):
    """The doctor sees nobody there now; staff may put patients in line all the same."""

    code = "doctor_not_here"

    def __init__(self) -> None:
        super().__init__(
            "The doctor does not see patients here now; please ask at the desk.",
            details=[{"field": "doctor_id", "problem": "does not see patients here now"}],
        )


class TooEarly(Conflict):
    """The appointment is too far ahead to check in."""

    code = "too_early"
    sampled = ("2026-01-15T10:00:00-05:00",)

    def __init__(self, start: str) -> None:
        super().__init__(
            "It is too early to check in for this appointment.",
            details=[{"field": "appointment_id", "problem": f"begins at {start}"}],
        )


class CheckInOver(Conflict):
    """The appointment's time has passed; the desk knows what can be done."""

    code = "check_in_over"

    def __init__(self) -> None:
        super().__init__(
            "It is too late to check in for this appointment; please ask at the desk.",
            details=[{"field": "appointment_id", "problem": "its time has passed"}],
        )


class EntryNotAllowedNow(NotAllowedNow):
    """The entry's status does not allow the change."""

    def __init__(self, status: str, change: str) -> None:
        super().__init__(status, change)
        self.message = f"A patient who is {status.replace('_', ' ')} cannot be {change.replace('_', ' ')}."


JOINING = (AlreadyInQueue, DoctorNotHere, KeyReused, IdTaken, PossibleDuplicate, ScopeMissing, ChangedMeanwhile)
CHECKING_IN = (AlreadyInQueue, TooEarly, CheckInOver, NotAllowedNow, ChangedMeanwhile)
CALLING_NEXT = (QueueEmpty, KeyReused, ChangedMeanwhile)
UNDOING = (EntryNotAllowedNow, *UNDOING_AN_APPOINTMENT)
CHANGING = (EntryNotAllowedNow, AlreadyInQueue, ChangedMeanwhile)
