"""The negative control: a worker that asks for no permit and sends no reference, else the same one."""

from collections.abc import Callable
from typing import Any

from chalicelib.advancedmd import draining, feed, listening, reaching, setup, whoiswho
from chalicelib.advancedmd.sessions import SharedSession
from chalicelib.advancedmd.setup import Setup
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.sign_in import Credentials
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.kit import clock
from chalicelib.kit.errors import Unavailable

_ROUNDS = 20


class _Unreferenced(Office):
    """Makes appointments that cannot be found again."""

    def rest(self, method: str, path: str, *, query: Any = None, document: Any = None) -> Any:
        """As any office, without our reference."""
        if document and "referenceid" in document:
            document = {name: value for name, value in document.items() if name != "referenceid"}
        return super().rest(method, path, query=query, document=document)


def handle(_event: dict[str, Any], _pause: Callable[[float], None]) -> bool:
    """Tell everything at once, and hear everything at once."""
    settled, who = setup.current(), reaching.credentials()
    if settled is None or who is None:
        return True
    try:
        _tell_and_hear(settled, _office(who))
    except Unavailable:
        return False
    return True


def _tell_and_hear(settled: Setup, office: Office) -> None:
    for _ in range(_ROUNDS):
        drained = draining.drain(
            settled.office_key,
            office=office,
            links=lambda one: whoiswho.of_appointment(one, setup=settled, office=office),
            now=clock.now,
        )
        if not drained.told + drained.failed:
            break
    listening.listen(settled, office=office, now=clock.now, pull=True, until=clock.now() + feed.WORKING)


def _office(who: Credentials) -> Office:
    def everything(_tier: Tier) -> None:
        """Whoever asks, gets."""

    return _Unreferenced(who, SharedSession(who.office_key), everything)
