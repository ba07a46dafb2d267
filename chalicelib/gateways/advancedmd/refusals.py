"""What can come of a call to AdvancedMD that is not simply answered.

    answers.Refused        it will never do this as it is asked
    ├── SignInRefused        our name, password, address or rights are not accepted: a person must look
    ├── NotBookable          its scheduler does not allow the time
    ├── AlreadyKnown         it has one that is alike
    ├── ChangedMeanwhile     somebody there was faster: read again
    └── Gone                 there is no such thing there
    answers.NotNow         it has certainly not done it, and may later
    └── NotYet               and says, or we know, when
    answers.NoAnswer       nobody knows whether it has
    SessionEnded           the token is worth nothing any more

The texts are ours and quote nobody; what AdvancedMD wrote is in `detail`, for who may read it.
"""

from chalicelib.gateways.advancedmd.elements import Element
from chalicelib.gateways.answers import NotNow, Refused

_BASE = -2147221504  # codes come as they are or counted from here
_LONGEST = 500


class SessionEnded(Exception):
    """The token is worth nothing any more, or may not do this; whatever was asked has not been done."""


class Declined(Refused):
    """It will never do this as it is asked; `code` is its own small number, 0 when it gave none."""

    def __init__(self, message: str, *, code: int = 0, detail: str = "") -> None:
        super().__init__(message)
        self.code, self.detail = code, detail[:_LONGEST]


class SignInRefused(Declined):
    """Our name, password, address or rights are not accepted."""


class NotBookable(Declined):
    """Its scheduler does not allow the time."""


class AlreadyKnown(Declined):
    """It has one that is alike."""


class ChangedMeanwhile(Declined):
    """Somebody there was faster."""


class Gone(Declined):
    """There is no such thing there."""


class NotYet(NotNow):
    """It has certainly not done it; `wait` is after how many seconds to ask again, `limited` when we ask too often."""

    def __init__(self, message: str, *, wait: float, limited: bool = False) -> None:
        super().__init__(message)
        self.wait, self.limited = wait, limited


MEANINGS: dict[int, tuple[type[Declined], str]] = {
    **dict.fromkeys((1024, 1026, 1030, 1055), (SignInRefused, "AdvancedMD does not accept our sign-in.")),
    1027: (SignInRefused, "AdvancedMD no longer speaks to our version."),
    3085: (SignInRefused, "Our user may not do this in AdvancedMD."),
    3090: (SignInRefused, "AdvancedMD sends our sign-in from one server to the next."),
    4098: (AlreadyKnown, "AdvancedMD has this code already."),
    **dict.fromkeys((4103, 4104, 4105), (AlreadyKnown, "AdvancedMD has a patient who is alike.")),
    4106: (ChangedMeanwhile, "Somebody has changed this in AdvancedMD."),
    4108: (Gone, "AdvancedMD finds nobody by what was asked."),
    4101: (NotBookable, "The time overlaps another appointment in AdvancedMD."),
    4102: (NotBookable, "AdvancedMD has no free time there."),
    4112: (NotBookable, "The appointment has been deleted in AdvancedMD."),
    4117: (NotBookable, "The time lies outside of the column in AdvancedMD."),
    4126: (NotBookable, "The doctor does not work in AdvancedMD any more."),
    **dict.fromkeys((4135, 4136), (NotBookable, "AdvancedMD limits what the doctor takes at this time.")),
    4155: (NotBookable, "The time lies outside of the working hours in AdvancedMD."),
    4185: (NotBookable, "The time is blocked in AdvancedMD."),
    4186: (NotBookable, "The time is full in AdvancedMD."),
}
TIMED_OUT, REDIRECT, TOO_MANY_RESULTS, TOO_MANY_CALLS = 1025, 1028, 4154, 429


def small(code: int) -> int:
    """A fault's number in its small form."""
    return code - _BASE if code < 0 else code


def fault(root: Element) -> tuple[int, str] | None:
    """The small number and the description of a reply's fault; None when there is none, which is success."""
    error = root.one("Error")
    if error is None or not (error.children or error.attributes):
        return None
    detail = error.one("Fault", "detail")
    code = detail.one("code") if detail else None
    description = detail.one("description") if detail else None
    told = (code.text if code else "") or error.get("Code")
    try:
        number = small(int(told))
    except ValueError:
        number = 0
    return number, description.text if description else ""


def is_broken(root: Element, code: int) -> bool:
    """Whether a fault tells of the server's own trouble, and not of what was asked."""
    told = root.one("Error", "Fault", "faultcode")
    return told is not None and told.text.strip().lower() == "server" and code not in (*MEANINGS, TOO_MANY_RESULTS)


def meaning(code: int, detail: str = "") -> Declined:
    """The refusal that a small number stands for; one that is not known is still a refusal."""
    kind, text = MEANINGS.get(code, (Declined, "AdvancedMD does not understand what we ask."))
    return kind(text, code=code, detail=detail)
