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
    """The office as all workers share it; `urgent` where a person waits at a screen, everybody else stands behind the
    breaker.
    """
    sessions, permit = SharedSession(who.office_key), permits.asking(who.office_key, urgent=urgent)
    if urgent:
        return Office(who, sessions, permit)
    breaker = Breaker(who.office_key, permit)
    return Office(who, sessions, breaker.ask, heed=breaker.heed)
