"""Drift: what the latest nightly reading found not to be as both sides had agreed on, and what has become of it."""

from dataclasses import dataclass
from typing import Any

from chalicelib.advancedmd import setup, standing
from chalicelib.kit.auth import Claims
from chalicelib.table import base, keys, officelinks, officeruns
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import OfficeLinkItem
from chalicelib.table.officeruns import OfficeRunItem
from chalicelib.table.officevisits import VisitItem


@dataclass(frozen=True, slots=True)
class Drifted:
    """One visit, or one of ours without, as it was found, and the appointment and link that it has by now, if any."""

    found: dict[str, Any]
    appointment: AppointmentItem | None
    link: OfficeLinkItem | None
    waits: bool

    @property
    def status(self) -> str:
        """`synced` once it is settled, `pending` while nobody has come to it, `error` when it waits for people."""
        if self.waits:
            return officelinks.PENDING
        return str(self.link.status) if self.link else officelinks.SYNCED


@dataclass(frozen=True, slots=True)
class Found:
    """The latest reading, if there was any, and as much of what it found as the caller may see."""

    run: OfficeRunItem | None
    visits: list[Drifted]


def latest(by: Claims) -> Found:
    """What the latest nightly reading has found so far; at most three hundred visits are told."""
    settled = setup.current()
    runs = officeruns.latest(settled.office_key, most=1, purpose=officeruns.SWEEP) if settled else ()
    run = next(iter(runs), None)
    if run is None:
        return Found(None, [])
    told: list[dict[str, Any]] = list(run.drift or [])
    inbox, whose = _known(run.office_key, told)
    ids = [str(whose.get(one["visit_id"]) or one["appointment_id"] or "") for one in told]
    made = base.get_many([key(one) for one in ids if one for key in (keys.appointment, keys.office_link)])
    seen = (
        Drifted(
            found=one,
            appointment=AppointmentItem.read(made.get(keys.appointment(appointment_id))),
            link=OfficeLinkItem.read(made.get(keys.office_link(appointment_id))),
            waits=one["visit_id"] in inbox,
        )
        for one, appointment_id in zip(told, ids, strict=True)
    )
    return Found(run, [one for one in seen if standing.may_see(by, one.appointment)])


def _known(office_key: str, told: list[dict[str, Any]]) -> tuple[set[int], dict[int, str]]:
    """Which of these visits wait in the inbox, and whose appointment each is by now."""
    numbers = [int(one["visit_id"]) for one in told if one["visit_id"] is not None]
    inbox = {keys.office(office_key, "INBOX", str(one)): one for one in numbers}
    visits = {keys.office(office_key, "VISIT", str(one)): one for one in numbers}
    raws = base.get_many([*inbox, *visits])
    whose = {number: VisitItem.from_raw_data(raws[key]).appointment_id for key, number in visits.items() if key in raws}
    return {number for key, number in inbox.items() if key in raws}, whose
