"""The weekly summary: each Monday morning of the office somebody is written to about how the week went.

It says how many, how often and how long; it names nobody. A week is claimed before it is sent, so that it is sent once.
"""

from datetime import datetime, timedelta

from chalicelib.advancedmd import logbook, overview
from chalicelib.advancedmd.logbook import Statistics
from chalicelib.advancedmd.overview import Overview
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways import mail
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit.errors import Unavailable
from chalicelib.kit.log import described, logger
from chalicelib.table import officelog

TAG = "advancedmd-week"
_MONDAY, _HOUR = 0, 7
_KEPT_SECONDS = 30 * 86_400
_TROUBLES = 5
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def is_due(settled: Setup, now: datetime) -> bool:
    """Whether it is Monday morning there, somebody wants to know, and nobody was told yet."""
    wall = now.astimezone(settled.zone)
    if not settled.summary_email or wall.weekday() != _MONDAY or wall.hour < _HOUR:
        return False
    return not officelog.is_told(settled.office_key, wall.date().isoformat())


def send_if_due(settled: Setup, *, now: datetime) -> bool:
    """Send the week's summary, unless that is done; False when it was not sent now."""
    if not is_due(settled, now):
        return False
    monday = now.astimezone(settled.zone).date()
    expires_at = int(now.timestamp()) + _KEPT_SECONDS
    if not officelog.claim(settled.office_key, monday.isoformat(), expires_at=expires_at):
        return False
    try:
        mail.send(
            to=settled.summary_email or "",
            subject=f"AdvancedMD: the week from {monday - _WEEK} to {monday - _DAY}",
            text=text(overview.look(now=now), logbook.of_days(settled, monday - _WEEK, monday - _DAY, now=now)),
            language="en",
            tag=TAG,
        )
    except (NotNow, Unavailable) as early:
        officelog.give_back(settled.office_key, monday.isoformat())
        logger.warning("summary not sent yet", extra=described(early))
        return False
    except (NoAnswer, Refused) as lost:
        logger.error("summary not sent", extra=described(lost))
        return False
    return True


def text(found: Overview, week: Statistics) -> str:
    """The summary in words."""
    lines = ["Kept in step with AdvancedMD from Monday to Sunday:", ""]
    lines += [
        f"  {thing}s: {week.counts[thing, 'synced']} done, {week.counts[thing, 'error']} failed"
        for thing in ("appointment", "patient", "doctor")
    ]
    lines += ["", f"Success: {_percent(week)}. One took {_duration(week)} on average.", ""]
    if week.errors:
        lines += ["What went wrong most:", ""]
        lines += [f"  {count} x {error}" for error, count in week.errors.most_common(_TROUBLES)]
        lines += [""]
    lines += [
        f"Waiting to be told: {found.to_tell}. To be taken over: {found.to_deal_with}. For people: {found.for_people}.",
        f"The last nightly reading found {_drift(found)} that differed.",
    ]
    if found.settled is not None and found.settled.paused:
        lines += ["It is paused: nothing is told until an administrator lets it go on."]
    if found.pause is not None:
        lines += [f"AdvancedMD is left alone for now: {found.pause.why}"]
    return "\n".join(lines)


def _percent(week: Statistics) -> str:
    return "nothing to tell" if week.success_rate is None else f"{week.success_rate} %"


def _duration(week: Statistics) -> str:
    return "no time" if week.milliseconds is None else f"{round(week.milliseconds)} ms"


def _drift(found: Overview) -> str:
    drift, unread = (found.cursor.drift, found.cursor.unread) if found.cursor else (None, None)
    said = "nothing" if not drift else f"{int(drift)} visits"
    return f"{said} (and could not read {int(unread)} days)" if unread else said
