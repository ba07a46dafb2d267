"""One office of AdvancedMD: whoever has it can ask for an action or use the scheduler.

Before each call its tier is asked for a permit, and after it whoever heeds that is told what became of it; a session
that has ended is replaced, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from chalicelib.gateways.advancedmd import jsonwire, tiers, transport, xml
from chalicelib.gateways.advancedmd.elements import Element
from chalicelib.gateways.advancedmd.refusals import (
    MEANINGS,
    TIMED_OUT,
    TOO_MANY_CALLS,
    Declined,
    Gone,
    NotYet,
    SessionEnded,
    SignInRefused,
    fault,
    is_broken,
    meaning,
)
from chalicelib.gateways.advancedmd.sign_in import Credentials, Session, Sessions, sign_in
from chalicelib.gateways.advancedmd.tiers import Tier
from chalicelib.gateways.advancedmd.values import long_form
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit import clock

Permit = Callable[[Tier], None]
"""Returns when a call of the tier may be made, at once; raises NotYet when it may not."""
Heed = Callable[[Tier, Exception | None], None]
"""Is told of each call, and of each sign-in: None when it was answered, else why it was in vain, or why we are not let
in; raises NotYet in place of that, or nothing."""
_WIRES = {"xml": xml, "json": jsonwire}
_MINUTE = 60.0
_WRONG = 400
_READING = ("get", "lookup", "select")
_CODES = range(4000, 5000)
Told = TypeVar("Told")


class Office:
    """An office, its credentials, where its session is kept, and who permits calls; `calls` counts those made."""

    def __init__(
        self,
        credentials: Credentials,
        sessions: Sessions,
        permit: Permit,
        *,
        heed: Heed = lambda _tier, _trouble: None,
        wire: Literal["xml", "json"] = "xml",
        patience: float = transport.PATIENCE,
    ) -> None:
        self._credentials, self._sessions, self._permit, self._heed = credentials, sessions, permit, heed
        self._wire: Any = _WIRES[wire]
        self._patience = patience
        self.calls = 0
        self._renewed = False

    def ask(self, request: Element) -> tuple[Element, tuple[int, str] | None]:
        """The root of the reply and its fault, if it has one, with the small number; see `transport.send`."""
        return self._signed_in(lambda session: self._asked(session, request))

    def tell(self, request: Element) -> Element:
        """The root of a reply that has no fault; its refusal otherwise."""
        root, trouble = self.ask(request)
        if trouble:
            raise meaning(*trouble)
        return root

    def rest(self, method: str, path: str, *, query: Mapping[str, str] | None = None, document: Any = None) -> Any:
        """What the scheduler answers; Gone, NotBookable or another refusal."""
        target = f"{path}?{urlencode(query)}" if query else path
        return self._signed_in(lambda session: self._rest(session, method, target, document))

    def check(self) -> None:
        """Sign in anew, to see whether that still works."""
        self._permit("login")
        self._sessions.keep(self._begin())

    def _signed_in(self, call: Callable[[Session], Told]) -> Told:
        session = self._session()
        try:
            return call(session)
        except SessionEnded:
            self._sessions.forget(session)
        self._renewed = True
        session = self._session()
        try:
            return call(session)
        except SessionEnded:
            self._sessions.forget(session)
            raise NotYet("AdvancedMD ends our sessions at once.", wait=_MINUTE) from None

    def _session(self) -> Session:
        """The session that all share; whoever finds none begins one for all."""
        found = self._sessions.find()
        if found is None:
            found = self._begun_by_another() or self._begin()
            self._sessions.keep(found)
        return found

    def _begun_by_another(self) -> Session | None:
        """The session that somebody else has begun while we asked for a permit; None with the permit and without one.

        A permit is for both calls of a sign-in: whoever had one for the first alone would use up what others wait for.
        """
        try:
            self._permit("login")
        except NotYet:
            found = self._sessions.find()
            if found is None:
                raise
            return found
        return self._sessions.find()

    def _begin(self) -> Session:
        def post(url: str, request: Element) -> Element:
            root = self._read(self._post(url, request, None, reads=True), reads=True)
            try:
                self._fault(root, reads=True)
            except SessionEnded:
                raise NotNow("AdvancedMD's sign-in took too long.") from None
            return root

        with self._heeding("login"):
            return sign_in(self._credentials, post)

    @contextmanager
    def _heeding(self, tier: Tier) -> Iterator[None]:
        """Tell whoever heeds what becomes of the call inside; that one thing is refused is an answer like others."""
        try:
            yield
        except (NotNow, NoAnswer, SignInRefused) as trouble:
            self._heed(tier, trouble)
            raise
        except (Refused, SessionEnded):
            self._heed(tier, None)
            raise
        self._heed(tier, None)

    def _asked(self, session: Session, request: Element) -> tuple[Element, tuple[int, str] | None]:
        action = request.attributes["action"]
        tier = tiers.of(action)
        self._permit(tier)
        reads = action.startswith(_READING)
        with self._heeding(tier):
            reply = self._post(session.xmlrpc, request, session.token, reads=reads)
            if reply.status == HTTPStatus.UNAUTHORIZED:
                raise SessionEnded
            if reply.status >= _WRONG:
                raise Declined("AdvancedMD cannot read what we ask.", code=reply.status, detail=_text(reply.body))
            root = self._read(reply, reads=reads)
            return root, self._fault(root, reads=reads)

    def _fault(self, root: Element, *, reads: bool) -> tuple[int, str] | None:
        """The fault of a reply, if it answers what was asked; raises what else a fault can tell."""
        trouble = fault(root)
        if trouble is None:
            return None
        if trouble[0] == TIMED_OUT:
            raise SessionEnded
        if trouble[0] == TOO_MANY_CALLS:
            raise NotYet("We ask AdvancedMD more often than it allows.", wait=_MINUTE, limited=True)
        if is_broken(root, trouble[0]):
            raise transport.lost(reads=reads)
        refused = meaning(*trouble)
        if isinstance(refused, SignInRefused):
            raise refused
        return trouble

    def _post(self, url: str, request: Element, token: str | None, *, reads: bool) -> transport.Reply:
        # Of the changes asked for, those up to `msgtime` are told: UTC lies ahead of every clock that AdvancedMD has.
        attributes = {**request.attributes, "msgtime": long_form(clock.now())}
        children = request.children
        if token:
            attributes["nocookie"] = "1"
            children = (Element("usercontext", text=token), *children)
        body = self._wire.write(Element(request.name, attributes, children))
        headers = {"Content-Type": self._wire.KIND, "Accept": self._wire.KIND}
        self.calls += 1
        return transport.send("POST", url, headers=headers, body=body, reads=reads, patience=self._patience)

    def _read(self, reply: transport.Reply, *, reads: bool) -> Element:
        """The root, in whichever way it is written; one that cannot be read may have done anything."""
        read = jsonwire.read if "json" in reply.headers.get("content-type", "") else xml.read
        try:
            root = read(reply.body)
        except ValueError:
            raise transport.lost(reads=reads) from None
        if root.name != "PPMDResults":
            raise transport.lost(reads=reads)
        return root

    def _rest(self, session: Session, method: str, target: str, document: Any) -> Any:
        self._permit(tiers.REST)
        headers = {"Authorization": f"Bearer {session.token}", "Accept": jsonwire.KIND}
        body = None
        if document is not None:
            headers["Content-Type"] = jsonwire.KIND
            body = json.dumps(document).encode()
        with self._heeding(tiers.REST):
            self.calls += 1
            target = session.rest + target
            reads = method == "GET"
            reply = transport.send(method, target, headers=headers, body=body, reads=reads, patience=self._patience)
            if reply.status == HTTPStatus.UNAUTHORIZED or (reply.status == HTTPStatus.FORBIDDEN and not self._renewed):
                raise SessionEnded
            if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
                raise _refusal(reply)
            try:
                return json.loads(reply.body or b"null")
            except (ValueError, RecursionError):
                raise transport.lost(reads=reads) from None


def _refusal(reply: transport.Reply) -> Declined:
    detail = _text(reply.body)
    match reply.status:
        case HTTPStatus.NOT_FOUND:
            return Gone("There is no such appointment in AdvancedMD.", code=reply.status, detail=detail)
        case HTTPStatus.FORBIDDEN:
            return SignInRefused("Our user may not do this in AdvancedMD.", code=reply.status, detail=detail)
        case HTTPStatus.CONFLICT:
            return meaning(_conflict(reply.body), detail)
    return Declined("AdvancedMD cannot read what we ask.", code=reply.status, detail=detail)


def _conflict(body: bytes) -> int:
    """The code of a conflict, under whichever key: its keys are not documented, its codes are."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return 0
    waiting, found = [document], []
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif not isinstance(one, bool) and isinstance(one, int | str) and str(one).isdecimal() and int(one) in _CODES:
            found.append(int(one))
    return max(found, key=lambda code: code in MEANINGS, default=0)


def _text(body: bytes) -> str:
    return body[:500].decode("utf-8", "replace")
