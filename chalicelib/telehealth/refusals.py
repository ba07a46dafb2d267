"""Why a visit's door stays shut."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.errors import Conflict, Forbidden, Unauthenticated
from chalicelib.table.creation import KeyReused
from chalicelib.table.revision import Overtaken


class NotTelehealth(Conflict):
    """The appointment takes place in the house."""

    code = "not_telehealth"

    def __init__(self) -> None:
        super().__init__(
            "This appointment is not by video; please come to the clinic.",
            details=[{"field": "id", "problem": "is not a telehealth appointment"}],
        )


class VisitOver(Conflict):
    """The visit is over, was moved or was called off."""

    code = "visit_over"

    def __init__(self) -> None:
        super().__init__("This visit is over, or it was moved or called off.")


class VisitNotOpen(Conflict):
    """It is too early to enter."""

    code = "visit_not_open"
    sampled = (datetime.fromisoformat("2026-01-15T14:45:00+00:00"),)

    def __init__(self, opens: datetime) -> None:
        super().__init__(
            "The room is not open yet.", details=[{"field": "opens_at", "problem": f"is {clock.iso(opens)}"}]
        )


class LinkEnded(Unauthenticated):
    """The link is not good any more: the visit is over, was moved, or was called off."""

    code = "visit_link_ended"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This link is not good any more: the visit is over, or it was moved or called off.")


class HostsOnly(Forbidden):
    """Only the doctor of the visit may do this."""

    code = "hosts_only"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("Only the doctor of this visit may do that.")


class NotAdmitted(Conflict):
    """Nobody has let them in."""

    code = "not_admitted"

    def __init__(self) -> None:
        super().__init__("The doctor has not let you in yet.")


class NotAgreed(Conflict):
    """Somebody has not agreed to a recording."""

    code = "recording_not_agreed"
    sampled = (["patient"],)

    def __init__(self, lacking: Sequence[str]) -> None:
        super().__init__(
            "Nothing is recorded unless doctor, patient and every guest have agreed.",
            details=[{"field": side, "problem": "has not agreed"} for side in lacking],
        )


class NotRecording(Conflict):
    """Recordings are kept nowhere here."""

    code = "recording_unavailable"

    def __init__(self) -> None:
        super().__init__("This clinic keeps no recordings.")


LINKING = (NotTelehealth, VisitOver)
SEEING = (LinkEnded,)
ENTERING = (LinkEnded, VisitNotOpen, VisitOver, Overtaken)
LEAVING = (LinkEnded, Overtaken)
HOSTING = (LinkEnded, HostsOnly, VisitNotOpen, VisitOver, Overtaken)
INVITING = (*HOSTING, KeyReused)
OPENING = (KeyReused,)
AGREEING = (*ENTERING, NotAdmitted)
RECORDING = (*HOSTING, NotAdmitted, NotAgreed, NotRecording)
