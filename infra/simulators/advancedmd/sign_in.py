"""Signing in, in two steps, and what a token opens for a day."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, SubElement  # nosec B405 # only builds

from infra.simulators.advancedmd.envelope import REDIRECT, REDIRECTED_TWICE, UNKNOWN_LOGIN, Fault, Message
from infra.simulators.advancedmd.office import Office

LASTS = timedelta(hours=24)


@dataclass(slots=True)
class Session:
    """What a token stands for."""

    office: Office
    user: str
    ends: datetime


class Sessions:
    """The tokens that are out."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def begin(self, office: Office, user: str, now: datetime) -> str:
        """A new token; those that are out stay good."""
        token = secrets.token_hex(24)
        self._open[token] = Session(office, user, now + LASTS)
        return token

    def find(self, token: str, now: datetime) -> Session | None:
        """What a token opens now."""
        session = self._open.get(token)
        return session if session and now < session.ends else None

    def end_all(self) -> None:
        """Nobody is signed in any more."""
        self._open.clear()


def known(offices: dict[str, Office], message: Message) -> tuple[Office, str]:
    """Who signs in where; Fault when that is nobody."""
    office = offices.get(message.need("officecode"))
    user, app = message.need("username"), message.need("appname")
    password = message.need("psw")
    if office is None or not secrets.compare_digest(office.users.get(user, "").encode(), password.encode()):
        raise Fault(UNKNOWN_LOGIN, "The user name, password or office key is wrong.")
    if app not in office.apps:
        raise Fault(UNKNOWN_LOGIN, "The application name is not registered.")
    return office, user


def redirect(webserver: str, user: str) -> Fault:
    """What the first step is always answered with: a fault, and beside it where to go."""
    return Fault(REDIRECT, "The office is served elsewhere; please redirect.", results=_context("0", webserver, user))


def redirected_twice() -> Fault:
    """What the first step is answered with at a server that is not the office's."""
    return Fault(REDIRECTED_TWICE, "Cannot redirect a login twice.")


def welcome(webserver: str, user: str, token: str) -> Element:
    """What the second step is answered with."""
    results = _context("1", webserver, user)
    results[0].text = token
    results.set("api", "0")
    return results


def _context(success: str, webserver: str, user: str) -> Element:
    results = Element("Results", {"success": success})
    context = {"webserver": webserver, "reportingServerURL": "", "helpurl": "", "username": user}
    SubElement(results, "usercontext", context)
    return results
