"""Connecting: whether we have what opens the office, and whether it does."""

from dataclasses import dataclass

from chalicelib.advancedmd import breaker, reaching, setup
from chalicelib.gateways.advancedmd.refusals import NotYet
from chalicelib.gateways.answers import NotNow, Refused
from chalicelib.kit.settings import settings

_SHOWN = 2
_HIDDEN = "••••"


@dataclass(frozen=True, slots=True)
class Known:
    """What may be shown of the credentials."""

    office_key: str | None
    connected: bool
    username: str | None
    password: str | None
    app_name: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of signing in: a `problem`, and in how many seconds it may be tried again."""

    office_key: str
    problem: str | None = None
    wait: float | None = None


def known() -> Known:
    """Whether there are credentials, and whose, masked."""
    who = reaching.credentials()
    return Known(
        office_key=settings().advancedmd_office_key or None,
        connected=who is not None,
        username=f"{who.username[:_SHOWN]}{_HIDDEN}" if who else None,
        password=_HIDDEN * 2 if who else None,
        app_name=f"{who.app_name[:_SHOWN]}{_HIDDEN}" if who else None,
    )


def check() -> Checked:
    """Sign in anew, which ends a break when it works; NotSetUp without an office.

    It costs two of the few sign-ins of an hour.
    """
    office_key, who = setup.office_key(), reaching.credentials()
    if who is None:
        return Checked(office_key, "There are no credentials for AdvancedMD.")
    try:
        reaching.tried(who).check()
        breaker.end(office_key)
    except NotYet as early:
        return Checked(office_key, str(early), early.wait)
    except (NotNow, Refused) as refused:
        return Checked(office_key, str(refused))
    return Checked(office_key)
