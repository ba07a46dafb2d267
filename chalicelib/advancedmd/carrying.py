"""Carrying on: runs that have begun are gone through, thing after thing, as far as time and the budget go.

How far a run has come is noted after each thing. So whoever is stopped does one thing again, which changes nothing, and
of two who work at once one finds that the other was faster, and stops.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.advancedmd import enrolling, runs, sweeping
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd import tiers
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.gateways.answers import NoAnswer, NotNow
from chalicelib.kit import clock
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import described, logger
from chalicelib.table import officeruns
from chalicelib.table.officeruns import OfficeRunItem

Ready = Callable[[Tier, int], None]
"""Waits until so many calls of a tier may be made one right after the other, unless that takes long."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one thing: whether it was in vain, and what was found of visits."""

    failed: bool = False
    found: list[dict[str, Any]] = field(default_factory=list)


def carry_on(
    settled: Setup,
    *,
    office: Office,
    now: Callable[[], datetime],
    until: datetime,
    ready: Ready = lambda _tier, _calls: None,
) -> int:
    """Go on with what has begun, the oldest first, until a time; how many things were gone through.

    Before each it waits with `ready` until the calls that it takes may be made one right after the other.
    Raises NotNow, NoAnswer and Unavailable when somebody stops answering: the rest stays to be done.
    """
    done = 0
    for run in officeruns.unfinished(settled.office_key):
        for thing in run.left:
            if now() > until:
                return done
            if run.purpose in _TAKES:
                ready(*_TAKES[run.purpose])
            if not _one(run, thing, settled, office, now()):
                break
            done += 1
    return done


def _one(run: OfficeRunItem, thing: str, settled: Setup, office: Office, now: datetime) -> bool:
    """One thing of a run; False when the run is somebody else's by now."""
    before = office.calls
    try:
        step = _STEPS[str(run.purpose)](run, thing, settled, office, now)
    except (NotNow, NoAnswer, Unavailable):
        raise
    except Exception as bug:  # noqa: BLE001 - whatever it is, what comes after it has its turn
        logger.error("not gone through", extra={"run": run.id, "thing": thing, **described(bug)})
        step = Step(failed=True)
    done = int(run.done) + 1
    ended = clock.iso(now) if done >= len(run.thing_ids) else None
    mine = officeruns.go_on(
        run,
        ended_at=ended,
        done=done,
        failed=int(run.failed or 0) + step.failed,
        calls=int(run.calls or 0) + office.calls - before,
        found=int(run.found or 0) + len(step.found),
        drift=[*(run.drift or []), *step.found][: sweeping.MOST_SHOWN] or None,
    )
    if mine and ended:
        logger.info("run ended", extra={"run": run.id, "things": done, "failed": int(run.failed or 0)})
        if run.purpose == officeruns.SWEEP:
            sweeping.note_swept(settled.office_key, run)
        if run.purpose == officeruns.ENROL:
            enrolling.take_what_waited(settled.office_key, now=now)
    return mine


def _tell(_run: OfficeRunItem, appointment_id: str, settled: Setup, _office: Office, now: datetime) -> Step:
    """Only marked: it is told with all that is due."""
    runs.mark(appointment_id, settled.office_key, now)
    return Step()


def _enrol(run: OfficeRunItem, patient_id: str, settled: Setup, office: Office, now: datetime) -> Step:
    linked = enrolling.enrol_quietly(
        patient_id, office_key=settled.office_key, office=office, add=bool(run.add), now=now
    )
    return Step(failed=not linked)


def _read(run: OfficeRunItem, day: str, settled: Setup, office: Office, now: datetime) -> Step:
    both = run.purpose == officeruns.SWEEP
    return Step(found=sweeping.read_day(settled, office=office, day=day, now=now, both=both))


_TAKES: Mapping[str, tuple[Tier, int]] = {
    officeruns.ENROL: (tiers.REST, 2),
    officeruns.IMPORT: (tiers.of("getdatevisits"), 1),
    officeruns.SWEEP: (tiers.of("getdatevisits"), 1),
}
_STEPS: Mapping[str, Callable[[OfficeRunItem, str, Setup, Office, datetime], Step]] = {
    officeruns.TELL: _tell,
    officeruns.ENROL: _enrol,
    officeruns.IMPORT: _read,
    officeruns.SWEEP: _read,
}
