"""Why the clinic says no: the named refusals of booking, moving and cancelling."""

from typing import Any

from chalicelib.kit.errors import Conflict, Invalid


class SlotTaken(Conflict):
    """Someone else has the doctor at that time; `details` are the nearest free slots."""

    code = "slot_taken"

    def __init__(self, alternatives: list[dict[str, Any]]) -> None:
        super().__init__("That time has just been taken.", details=alternatives)


class SlotNotOffered(Conflict):
    """The doctor's schedule does not offer that time; `details` say why, then the nearest free slots."""

    code = "slot_not_offered"

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

    def __init__(self, alternatives: list[dict[str, Any]]) -> None:
        super().__init__("No suitable room is free at that time.", details=alternatives)


class TooManyHolds(Conflict):
    """The patient already holds as many slots as one may."""

    code = "too_many_holds"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"A patient can hold at most {most} slots at once.",
            details=[{"field": "patient_id", "problem": f"already holds {most} slots"}],
        )


class TooManyOpen(Conflict):
    """The patient has as many appointments to come as the location allows."""

    code = "too_many_open"

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

    def __init__(self, status: str, change: str) -> None:
        super().__init__(
            f"An appointment that is {status} cannot be {change}.",
            details=[{"field": "status", "problem": f"is {status}"}],
        )


class TooLate(Conflict):
    """The location's cut-off for changes by the patient has passed."""

    code = "past_cutoff"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"Changes are possible until {minutes} minutes before the appointment; later it is the clinic's to make.",
            details=[{"field": "override_reason", "problem": "needed after the cut-off, from staff"}],
        )


class ChangedMeanwhile(Conflict):
    """Someone else changed the appointment at the same moment."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("The appointment was changed at the same moment; read it and try again.")


class KeyReused(Conflict):
    """The Idempotency-Key was already used for another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was already used for a different request.",
            details=[{"field": "Idempotency-Key", "problem": "used before with another body"}],
        )


class NoSuchWallTime(Invalid):
    """The clock at the location jumps over that wall time."""

    def __init__(self, field: str) -> None:
        problem = "this wall time does not exist there: the clock is set forward over it"
        super().__init__(f"{field}: {problem}", details=[{"field": field, "problem": problem}])
