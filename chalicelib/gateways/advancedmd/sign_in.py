"""Signing in at an office: the same request twice, first where all begin, then where the office is served.

A session is worth a day and belongs to all workers together: where it is kept is for whoever asks to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from chalicelib.gateways.advancedmd.elements import Element, message
from chalicelib.gateways.advancedmd.refusals import REDIRECT, SignInRefused, fault, meaning
from chalicelib.gateways.answers import NotNow

PROCESS = "/xmlrpc/processrequest.aspx"
_SERVER_PATH = re.compile(r"/processrequest/[\w.-]+/[\w.-]+")
_THEIRS = ".advancedmd.com"
_UNKNOWN = "AdvancedMD does not let us in, for a reason that we do not know."


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are at an office. Printed, it tells no password."""

    login_url: str
    office_key: str
    username: str
    password: str = field(repr=False)
    app_name: str


@dataclass(frozen=True, slots=True)
class Session:
    """What a sign-in brings. Printed, it tells no token."""

    token: str = field(repr=False)
    webserver: str

    @property
    def xmlrpc(self) -> str:
        """Where messages go."""
        return self.webserver + PROCESS

    @property
    def rest(self) -> str:
        """Below which the scheduler is."""
        return self.webserver.replace("/processrequest/", "/api/", 1)


class Sessions(Protocol):
    """Where an office's one session is kept for all workers."""

    def find(self) -> Session | None:
        """The session that is kept."""

    def keep(self, session: Session) -> None:
        """Keep it for all."""

    def forget(self, session: Session) -> None:
        """Keep it no longer, unless another has taken its place."""


Post = Callable[[str, Element], Element]
"""Sends a message to an address and gives the root of the reply, faults and all."""


def sign_in(credentials: Credentials, post: Post) -> Session:
    """A new session; SignInRefused when AdvancedMD does not want us, or sends us to a stranger."""
    request = message(
        "login",
        "login",
        {
            "username": credentials.username,
            "psw": credentials.password,
            "officecode": credentials.office_key,
            "appname": credentials.app_name,
        },
    )
    first = post(credentials.login_url, request)
    trouble = fault(first)
    if trouble and trouble[0] != REDIRECT:
        raise _refused(*trouble)
    webserver = _context(first).get("webserver").rstrip("/")
    if not _trusted(webserver, credentials.login_url):
        raise SignInRefused("AdvancedMD's sign-in leads to an address that is not AdvancedMD's.")
    second = post(webserver + PROCESS, request)
    trouble = fault(second)
    if trouble:
        raise _refused(*trouble)
    token = _context(second).text
    if not token:
        raise NotNow("AdvancedMD's sign-in brought no token.")
    return Session(token, webserver)


def _refused(code: int, detail: str) -> SignInRefused:
    found = meaning(code, detail)
    return found if isinstance(found, SignInRefused) else SignInRefused(_UNKNOWN, code=code, detail=detail)


def _context(root: Element) -> Element:
    return root.one("Results", "usercontext") or Element("usercontext")


def _trusted(webserver: str, login_url: str) -> bool:
    """Whether our password and patients may go there: AdvancedMD's own hosts by TLS, or where the sign-in itself is."""
    there, here = urlsplit(webserver), urlsplit(login_url)
    if not _SERVER_PATH.fullmatch(there.path) or there.query or there.username:
        return False
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return True
    return there.scheme == "https" and f".{there.hostname or ''}".endswith(_THEIRS) and there.port in (None, 443)
