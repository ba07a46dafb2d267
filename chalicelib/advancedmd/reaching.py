"""Reaching the clinic's office at AdvancedMD: credentials from the secrets, the shared session, the shared budget."""

import time
from collections.abc import Callable

from chalicelib.advancedmd import permits
from chalicelib.advancedmd.breaker import Breaker
from chalicelib.advancedmd.sessions import SharedSession
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.refusals import NotYet
from chalicelib.gateways.advancedmd.sign_in import Credentials
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings

_PATIENCE, _BEGUN_WITHIN = 6.0, 12.0
"""For who waits at a screen: seconds that an answer may take, and after which no further call is begun. A sign-in that
is begun last is two calls, so all is said before the request itself is over."""
_SHORTLY = 1.0


def credentials() -> Credentials | None:
    """Who we are there; None where nobody has set it up."""
    found = Credentials(
        login_url=settings().advancedmd_login_url,
        office_key=secret("advancedmd_office_key"),
        username=secret("advancedmd_username"),
        password=secret("advancedmd_password"),
        app_name=secret("advancedmd_app_name"),
    )
    return found if all((found.office_key, found.username, found.password, found.app_name)) else None


def office(who: Credentials, *, urgent: bool) -> Office:
    """The office as all workers share it; `urgent` where a person waits at a screen."""
    breaker = Breaker(who.office_key, permits.asking(who.office_key, urgent=urgent), urgent=urgent)
    if not urgent:
        return Office(who, SharedSession(who.office_key), breaker.ask, heed=breaker.heed)
    return Office(who, SharedSession(who.office_key), _soon(breaker.ask), heed=breaker.heed, patience=_PATIENCE)


def tried(who: Credentials) -> Office:
    """The office for somebody who tries whether it lets us in, whatever it has said before."""
    permit = permits.asking(who.office_key, urgent=True)
    heed = Breaker(who.office_key, permit, urgent=True).heed
    return Office(who, SharedSession(who.office_key), permit, heed=heed, patience=_PATIENCE)


def _soon(permit: Callable[[Tier], None]) -> Callable[[Tier], None]:
    """The same permit, but none once somebody has waited for so long that they should be told."""
    until = time.monotonic() + _BEGUN_WITHIN

    def permitted(tier: Tier) -> None:
        if time.monotonic() > until:
            raise NotYet("AdvancedMD answers too slowly for somebody to wait for it.", wait=_SHORTLY)
        permit(tier)

    return permitted
