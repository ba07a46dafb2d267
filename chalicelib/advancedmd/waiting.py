"""Waiting: when what is to be told, looked up or read will be, as AdvancedMD's limits allow.

The whole line counts: who was there before, how many calls each takes, busy hours, and a break in which nobody calls.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.advancedmd import breaker, permits
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import tiers
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.kit import clock
from chalicelib.table import base, keys, officelinks, officeruns
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import OfficeLinkItem
from chalicelib.table.officepeople import PatientLinkItem
from chalicelib.table.officeruns import OfficeRunItem

MOST = 1_000
_DAYS: Tier = tiers.of("getdatevisits")
_MINUTE = 60
_CHANGE, _MAKE, _LOOK_UP, _DOUBT = 2, 1, 1, 1
"""Calls: to read a visit and change it, to make one, to look a patient up, to find out whether one was made."""


@dataclass(frozen=True, slots=True)
class Line:
    """Seconds until each is done: appointments to be told, patients to be looked up, and runs as a whole."""

    appointments: Mapping[str, float] = field(default_factory=dict)
    patients: Mapping[str, float] = field(default_factory=dict)
    runs: Mapping[str, float] = field(default_factory=dict)

    @property
    def last(self) -> float:
        """Until the last appointment that is due is told."""
        return max(self.appointments.values(), default=0.0)

    def of(self, appointment_ids: Iterable[str]) -> float | None:
        """Until the last of these is told; None when none of them waits."""
        return max((self.appointments[one] for one in appointment_ids if one in self.appointments), default=None)


def look(settled: Setup, *, now: datetime) -> Line | None:
    """The line as it is now, its first thousand; None while the office is paused, as nobody knows then."""
    if settled.paused:
        return None
    office_key, standing = settled.office_key, _standing(settled.office_key, now)
    told, runs = officelinks.line("9999", most=MOST), officeruns.unfinished(office_key)
    patients = [(run.id, one) for run in runs if run.purpose == officeruns.ENROL for one in run.left]
    days = [(run.id, one) for run in runs if run.purpose in officeruns.READING for one in run.left]
    work = [(max(standing, _starts(due, now)), calls) for (due, _), calls in zip(told, _calls(told), strict=True)]
    work += [(standing, calls) for calls in _calls_of_patients(runs)]
    waits = permits.forecast(office_key, tiers.REST, work)
    of_days = permits.forecast(office_key, _DAYS, [(standing, 1)] * len(days))
    of_patients = waits[len(told) :]
    return Line(
        appointments={one: wait for (_, one), wait in zip(told, waits, strict=False)},
        patients=dict(reversed([(one, wait) for (_, one), wait in zip(patients, of_patients, strict=True)])),
        runs={run_id: wait for (run_id, _), wait in zip([*patients, *days], [*of_patients, *of_days], strict=True)},
    )


def _standing(office_key: str, now: datetime) -> float:
    """Seconds for which nobody calls at all."""
    pause = breaker.current(office_key)
    return _to_the_minute(pause.until, now) if pause and pause.until > now else 0.0


def _starts(due: str, now: datetime) -> float:
    at = clock.parse(due)
    return _to_the_minute(at, now) if at > now else 0.0


def _to_the_minute(at: datetime, now: datetime) -> float:
    """Seconds until a worker is woken for what is due then: that is looked at each minute."""
    whole = at.replace(second=0, microsecond=0).timestamp()
    return whole + (_MINUTE if at.second or at.microsecond else 0) - now.timestamp()


def _calls(told: list[tuple[str, str]]) -> list[int]:
    """How many calls each appointment takes, as its link and its patient's say."""
    links = _links([one for _, one in told])
    new = [one for one in links if links[one].visit_id is None]
    made = base.get_many(keys.appointment(one) for one in new)
    whose = {one.id: one.patient_id for one in map(AppointmentItem.from_raw_data, made.values())}
    linked = _linked(set(whose.values()))
    return [_calls_of(links.get(one), known=whose.get(one) in linked) for _, one in told]


def _calls_of(link: OfficeLinkItem | None, *, known: bool) -> int:
    if link is None or link.visit_id is not None:
        return _CHANGE
    return _MAKE + (_DOUBT if link.attempted else 0) + (0 if known else _LOOK_UP)


def _links(appointment_ids: list[str]) -> dict[str, OfficeLinkItem]:
    found = base.get_many(keys.office_link(one) for one in appointment_ids)
    return {one.appointment_id: one for one in map(OfficeLinkItem.from_raw_data, found.values())}


def _linked(patient_ids: set[str]) -> set[str]:
    found = base.get_many(keys.patient_there(one) for one in patient_ids)
    links = map(PatientLinkItem.from_raw_data, found.values())
    return {one.patient_id for one in links if one.number is not None}


def _calls_of_patients(runs: list[OfficeRunItem]) -> list[int]:
    """As many for each as those before it in the same run have taken on average."""
    calls = []
    for run in runs:
        if run.purpose == officeruns.ENROL:
            done = int(run.done or 0)
            mean = int(run.calls or 0) / done if done else float(_LOOK_UP + (1 if run.add else 0))
            calls += [int((place + 1) * mean) - int(place * mean) for place in range(len(run.left))]
    return calls
