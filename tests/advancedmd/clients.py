"""Our client at the simulator's office or at a canned server, with what keeps its session and counts its permits."""

from collections import Counter
from typing import Any

from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.sign_in import Credentials, Session
from chalicelib.gateways.advancedmd.tiers import Tier
from infra.simulators.advancedmd.demo import APP, OFFICE_KEY, PASSWORD, USER
from infra.simulators.advancedmd.front import PARTNER
from infra.simulators.advancedmd.server import Running


class Shelf:
    """Keeps a session for all who have this shelf."""

    def __init__(self, session: Session | None = None) -> None:
        self.session = session

    def find(self) -> Session | None:
        return self.session

    def keep(self, session: Session) -> None:
        self.session = session

    def forget(self, session: Session) -> None:
        if self.session == session:
            self.session = None


class Permits:
    """Permits everything and counts it."""

    def __init__(self) -> None:
        self.given: Counter[Tier] = Counter()

    def __call__(self, tier: Tier) -> None:
        self.given[tier] += 1


def credentials(login_url: str, **fields: str) -> Credentials:
    named = {"office_key": OFFICE_KEY, "username": USER, "password": PASSWORD, "app_name": APP} | fields
    return Credentials(login_url=login_url, **named)


def at_simulator(running: Running, *, shelf: Shelf | None = None, permits: Any = None, wire: Any = "xml") -> Office:
    login = credentials(running.url + PARTNER)
    return Office(login, shelf or Shelf(), permits or Permits(), wire=wire)


def at_server(url: str, *, wire: Any = "xml") -> Office:
    session = Session("OPAQUETOKEN", f"{url}/processrequest/api-101/APPNAME")
    return Office(credentials(url), Shelf(session), Permits(), wire=wire)
