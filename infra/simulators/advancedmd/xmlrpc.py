"""Which action of which class does what."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element  # nosec B405 # only named

from infra.simulators.advancedmd import masters, people, visits
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.envelope import NO_SUCH_ACTION, Fault, Message

Action = Callable[[Desk, Message], list[Element]]
ACTIONS: dict[tuple[str, str], Action] = {
    ("api", "getupdatedvisits"): visits.updated,
    ("api", "getdatevisits"): visits.of_day,
    ("api", "getvisitsbyid"): visits.by_id,
    ("api", "getvisitidbyrefid"): visits.by_reference,
    ("api", "getpatientvisits"): visits.of_patient,
    ("api", "getupdatedvisitstemplate"): visits.template,
    ("api", "lookuppatient"): people.look_up,
    ("api", "addpatient"): people.add,
    ("api", "updatepatient"): people.update,
    ("api", "getupdatedpatients"): people.updated,
    ("api", "getdemographic"): people.demographic,
    ("api", "lookupprofile"): masters.profiles,
    ("api", "lookupprovider"): masters.providers,
    ("api", "lookupfacility"): masters.facilities,
    ("lookup", "lookupfacility"): masters.facilities,
    ("masterfiles", "getschedulersetup"): masters.scheduler_setup,
    ("masterfiles", "getappttypes"): masters.kinds,
}
BARE = frozenset({"lookupfacility"})
"""Their records stand directly beneath the root."""


def perform(desk: Desk, message: Message) -> list[Element]:
    """What the action answers with; Fault for one that there is not in the class."""
    action = ACTIONS.get((message.kind, message.action))
    if action is None:
        raise Fault(NO_SUCH_ACTION, f"The action '{message.action}' is not in the action map of the class.")
    return action(desk, message)
