"""By hand: somebody wants an appointment told and waits for it, so it is told at once and stands in no line."""

from datetime import datetime

from chalicelib.advancedmd import draining, outbox, reaching, setup, standing, waking, whoiswho
from chalicelib.advancedmd.setup import NotSetUp, Setup
from chalicelib.advancedmd.standing import Standing
from chalicelib.kit.errors import Conflict
from chalicelib.kit.stamps import Stamp


class BeingTold(Conflict):
    """The appointment is being told to AdvancedMD at this moment."""

    code = "advancedmd_being_told"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("This is being told to AdvancedMD right now; look again in a moment.")


TELLING = (NotSetUp, BeingTold)


def tell(appointment_id: str, *, stamp: Stamp) -> Standing:
    """Tell the whole appointment now, whether or not it has changed, with the calls that are kept free for people.

    What AdvancedMD does not take at once stays due, and the standing says for how long. NotFound, NotSetUp, BeingTold.
    """
    found = standing.of_appointment(appointment_id, stamp.by)
    settled = setup.demanded()
    outbox.mark(appointment_id, office_key=settled.office_key, due=stamp.now, asked=True)
    if found.link is not None and not standing.again(appointment_id, stamp.now, asked=True):
        raise BeingTold
    _tell(appointment_id, settled, stamp.now)
    told = standing.of_appointment(appointment_id, stamp.by, stamp.now)
    if told.wait is not None:
        waking.wake(settled.office_key, why=f"{appointment_id}-{stamp.request_id}")
    return told


def _tell(appointment_id: str, settled: Setup, now: datetime) -> None:
    who = reaching.credentials()
    if who is None:
        return
    office = reaching.office(who, urgent=True)
    draining.tell(
        settled.office_key,
        appointment_id,
        office=office,
        links=lambda appointment: whoiswho.of_appointment(appointment, setup=settled, office=office),
        now=now,
    )
