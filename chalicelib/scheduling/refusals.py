"""Why the clinic says no: the named refusals of booking, moving and cancelling."""

from typing import Any

from chalicelib.kit.errors import Conflict, Forbidden, Invalid
from chalicelib.people.access import ScopeMissing
from chalicelib.people.registration import PossibleDuplicate
from chalicelib.table.creation import KeyReused as KeyReused  # noqa: PLC0414 - one refusal for all that is made once
from chalicelib.table.revision import Overtaken

_NEAREST: dict[str, Any] = {
    "start_time": "2026-01-15T10:30:00-05:00",
    "end_time": "2026-01-15T11:00:00-05:00",
    "duration_minutes": 30,
    "date": "2026-01-15",
    "time": "10:30",
    "available": True,
}


class SlotTaken(Conflict):
    """Someone else has the doctor at that time; `details` are the nearest free slots."""

    code = "slot_taken"
    sampled = ([_NEAREST],)

    def __init__(self, alternatives: list[dict[str, Any]]) -> None:
        super().__init__("That time has just been taken.", details=alternatives)


class SlotNotOffered(Conflict):
    """The doctor's schedule does not offer that time; `details` say why, then the nearest free slots."""

    code = "slot_not_offered"
    sampled = ([{"reason": "break", "message": "The doctor has a break then."}], [_NEAREST])

    def __init__(self, reasons: list[dict[str, str]], alternatives: list[dict[str, Any]]) -> None:
        problems = [{"field": "scheduled_date", "problem": reason["reason"], **reason} for reason in reasons]
        super().__init__(
            reasons[0]["message"] if reasons else "That time is not offered.", details=[*problems, *alternatives]
        )


class PatientBusy(Conflict):
    """The patient has another appointment at that time, or has as many that day as the location allows."""

    code = "patient_busy"

    def __init__(self, problem: str = "the patient has another appointment at that time") -> None:
        super().__init__(
            f"{problem[0].upper()}{problem[1:]}.", details=[{"field": "scheduled_date", "problem": problem}]
        )


class NoRoomFree(Conflict):
    """No suitable room is free at that time; `details` are the nearest free slots."""

    code = "no_room_free"
    sampled = ([_NEAREST],)

    def __init__(self, alternatives: list[dict[str, Any]]) -> None:
        super().__init__("No suitable room is free at that time.", details=alternatives)


class TooManyHolds(Conflict):
    """The patient already holds as many slots as one may."""

    code = "too_many_holds"
    sampled = (3,)

    def __init__(self, most: int) -> None:
        super().__init__(
            f"A patient can hold at most {most} slots at once.",
            details=[{"field": "patient_id", "problem": f"already holds {most} slots"}],
        )


class TooManyOpen(Conflict):
    """The patient has as many appointments to come as the location allows."""

    code = "too_many_open"
    sampled = (5,)

    def __init__(self, most: int) -> None:
        super().__init__(
            f"A patient can have at most {most} appointments to come here.",
            details=[{"field": "patient_id", "problem": f"already has {most} appointments to come"}],
        )


class HoldEnded(Conflict):
    """The hold has expired or was already settled."""

    code = "hold_ended"

    def __init__(self) -> None:
        super().__init__("The hold has ended; choose a time again.", details=[{"field": "id", "problem": "hold ended"}])


class NotAllowedNow(Conflict):
    """The appointment's status does not allow the change."""

    code = "status_not_allowed"
    sampled = ("completed", "moved")

    def __init__(self, status: str, change: str) -> None:
        super().__init__(
            f"An appointment that is {status} cannot be {change}.",
            details=[{"field": "status", "problem": f"is {status}"}],
        )


class AlreadyInQueue(Conflict):
    """The patient stands in this doctor's queue already; `details` say where."""

    code = "already_in_queue"
    sampled = ("que_123", "20260115-001")

    def __init__(self, entry_id: str | None, token_number: str | None) -> None:
        known = {"id": entry_id, "token_number": token_number}
        problem: dict[str, Any] = {"field": "patient_id", "problem": "stands in this queue already"}
        super().__init__("The patient stands in this queue already.", details=[{**problem, **known}])


class TooLate(Conflict):
    """The location's cut-off for changes by the patient has passed."""

    code = "past_cutoff"
    sampled = (1440,)

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"Changes are possible until {minutes} minutes before the appointment; later it is the clinic's to make.",
            details=[{"field": "override_reason", "problem": "needed after the cut-off, from staff"}],
        )


class ChangedMeanwhile(Overtaken):
    """Someone else changed the appointment at the same moment."""

    def __init__(self) -> None:
        super().__init__("The appointment was changed at the same moment; read it and try again.")


class MovedByClinicOnly(Forbidden):
    """The clinic keeps the moving of this appointment to itself."""

    code = "reschedule_not_allowed"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This appointment can be moved by the clinic only.")


class NoSuchWallTime(Invalid):
    """The clock at the location jumps over that wall time."""

    def __init__(self, field: str) -> None:
        problem = "this wall time does not exist there: the clock is set forward over it"
        super().__init__(f"{field}: {problem}", details=[{"field": field, "problem": problem}])


# What the routes may answer, as their declarations name it.
_NOT_FREE = (SlotTaken, SlotNotOffered, NoRoomFree, PatientBusy)
BOOKING = (*_NOT_FREE, TooManyOpen, PossibleDuplicate, KeyReused, ScopeMissing)
HOLDING = (*BOOKING, TooManyHolds)
CONFIRMING = (HoldEnded, SlotNotOffered, ChangedMeanwhile)
MOVING = (*_NOT_FREE, NotAllowedNow, TooLate, MovedByClinicOnly, ChangedMeanwhile)
CANCELLING = (NotAllowedNow, TooLate, ChangedMeanwhile)
SETTING_STATUS = (*CANCELLING, HoldEnded, SlotNotOffered, AlreadyInQueue)
UNDOING = (*_NOT_FREE, NotAllowedNow, AlreadyInQueue, ChangedMeanwhile)
