"""How dear a call is: AdvancedMD bounds its actions in three tiers, and sign-ins on their own. Pure."""

from typing import Literal

Tier = Literal["login", "1", "2", "3"]
REST: Tier = "3"  # not documented; taken for the third
_SECOND = frozenset(
    {
        "savecharges",
        "getdemographic",
        "getdatevisits",
        "updvisitwithnewcharges",
        "gettxhistory",
        "getappts",
        "getpaymentdetaildata",
    }
)


def of(action: str) -> Tier:
    """The tier of an action; whatever asks for what has changed is the dearest."""
    name = action.lower()
    if name == "login":
        return "login"
    if name.startswith("getupdated"):
        return "1"
    return "2" if name in _SECOND else "3"
