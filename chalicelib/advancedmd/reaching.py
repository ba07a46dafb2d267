"""Reaching the clinic's office at AdvancedMD: credentials from the secrets, the shared session, the shared budget."""

from chalicelib.advancedmd import permits
from chalicelib.advancedmd.breaker import Breaker
from chalicelib.advancedmd.sessions import SharedSession
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.sign_in import Credentials
from chalicelib.gateways.secrets import secret
from chalicelib.kit.settings import settings


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
    return Office(who, SharedSession(who.office_key), breaker.ask, heed=breaker.heed)


def tried(who: Credentials) -> Office:
    """The office for somebody who tries whether it lets us in, whatever it has said before."""
    permit = permits.asking(who.office_key, urgent=True)
    return Office(who, SharedSession(who.office_key), permit, heed=Breaker(who.office_key, permit, urgent=True).heed)
