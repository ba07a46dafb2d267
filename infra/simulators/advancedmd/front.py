"""The front door: finds out what is asked, counts it, lets faults happen, answers."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element  # nosec B405 # only named

from infra.simulators.advancedmd import envelope, front_desk, limits, scheduler, sign_in, xmlrpc
from infra.simulators.advancedmd.calls import Call, CallLog
from infra.simulators.advancedmd.clock import Clock
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.envelope import BadRequest, Fault, Message
from infra.simulators.advancedmd.faults import Faults, Planned
from infra.simulators.advancedmd.limits import Limits
from infra.simulators.advancedmd.office import Office
from infra.simulators.advancedmd.sign_in import Session, Sessions
from infra.simulators.advancedmd.switches import Switches

PARTNER = "/practicemanager/xmlrpc/processrequest.aspx"
_XMLRPC = re.compile(r"/processrequest/([\w-]+)/([\w-]+)/xmlrpc/processrequest\.aspx")
_REST = re.compile(r"/api/[\w-]+/[\w-]+(/scheduler/.*)", re.IGNORECASE)
_LOGIN = "login"
_TOO_MANY = "Too many requests."


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; header names in small letters."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name.lower(): value for name, value in parse_qsl(urlsplit(self.target).query)}

    @property
    def sends_json(self) -> bool:
        return "json" in self.headers.get("content-type", "")

    @property
    def wants_json(self) -> bool:
        return "json" in self.headers.get("accept", "")


@dataclass(slots=True)
class Response:
    """One answer; `dropped` is one that never arrives, `seconds` how late it is."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    seconds: float = 0.0


class _Busy(Exception):
    """More calls than the office may make; the sentence for the fault."""


class AdvancedMD:
    """The whole of it: offices behind one address, `base` (`http://127.0.0.1:8100`)."""

    def __init__(self, *offices: Office, base: str) -> None:
        self.base = base
        self.offices = {office.key: office for office in offices}
        self.clock, self.switches = Clock(), Switches()
        self.calls, self.faults, self.sessions = CallLog(), Faults(), Sessions()
        self.somebody: Callable[[Desk], object] = front_desk.nudge  # who edits when a fault wants it
        self._limits = Limits()
        self._late: list[tuple[datetime, Callable[[], object]]] = []
        self.lock = threading.RLock()

    def desk(self, office: Office, user: str = "FRONTDESK") -> Desk:
        """Somebody at work in an office."""
        return Desk(office, self.clock, self.switches, user)

    def answer(self, request: Request) -> Response:
        """Serve one request; calls are done one after the other, as if by one database."""
        with self.lock:
            self._catch_up()
            if rest := _REST.fullmatch(request.path):
                return self._rest(request, rest[1])
            server = _XMLRPC.fullmatch(request.path)
            if request.method == "POST" and (server or request.path == PARTNER):
                return self._xmlrpc(request, server.groups() if server else None)
        return Response(HTTPStatus.NOT_FOUND, b"Not Found", {"Content-Type": "text/plain"})

    def _catch_up(self) -> None:
        """Do what was asked earlier and is late, as far as it is time."""
        due = [do for at, do in self._late if at <= self.clock.now()]
        self._late = [one for one in self._late if one[0] > self.clock.now()]
        for do in due:
            do()

    def webserver(self, office: Office, app: str) -> str:
        """Where an office is served."""
        return f"{self.base}/processrequest/{office.host}/{app}"

    # XMLRPC

    def _xmlrpc(self, request: Request, server: tuple[str, ...] | None) -> Response:
        results: list[Element] = []
        fault: Fault | None = None
        call: Call | None = None
        met: Planned | None = None
        message: Message | None = None
        try:
            message = envelope.read(request.body, is_json=request.sends_json)
            if message.action == _LOGIN:
                call, met = self._counted(message.root.get("officecode", ""), _LOGIN, _LOGIN, 3)
                results = [self._sign_in(message, server)]
            else:
                if server is None:
                    raise Fault(envelope.NO_SUCH_ACTION, "Only a login is served here.")
                session = self._session(request, message)
                tier = limits.tier_of(message.action)
                call, met = self._counted(session.office.key, "xmlrpc", message.action, tier)
                self._suffer(met, session)
                results = xmlrpc.perform(self.desk(session.office, session.user), message)
        except Fault as raised:
            fault = raised
            results = [raised.results] if raised.results is not None else []
        except _Busy as busy:
            fault = Fault(envelope.TOO_MANY_CALLS, str(busy), http=HTTPStatus.TOO_MANY_REQUESTS)
        except BadRequest as bad:
            return self._finished(call, met, Response(bad.status, bad.text.encode(), {"Content-Type": "text/plain"}))
        bare = message is not None and message.action in xmlrpc.BARE
        root = envelope.reply(results, fault, now=self.clock.now(), signed=self.switches.signed_codes, bare=bare)
        written, kind = (
            (envelope.as_json(root), "application/json; charset=utf-8")
            if request.wants_json
            else (envelope.as_xml(root), "text/xml; charset=ISO-8859-1")
        )
        if call is not None and fault is not None:
            call.code = fault.code
        return self._finished(call, met, Response(fault.http if fault else 200, written, {"Content-Type": kind}))

    def _sign_in(self, message: Message, server: tuple[str, ...] | None) -> Element:
        office, user = sign_in.known(self.offices, message)
        webserver = self.webserver(office, message.need("appname"))
        if server is None:
            raise sign_in.redirect(webserver, user)
        if server[0] != office.host:
            raise sign_in.redirected_twice()
        return sign_in.welcome(webserver, user, self.sessions.begin(office, user, self.clock.now()))

    def _session(self, request: Request, message: Message) -> Session:
        if message.root.get("nocookie") == "1":
            first = message.root[0] if len(message.root) else None
            token = (first.text or "").strip() if first is not None and first.tag == "usercontext" else ""
        else:
            cookies = request.headers.get("cookie", "").split(";")
            token = next((one.strip()[6:] for one in cookies if one.strip().startswith("token=")), "")
        if not token:
            raise BadRequest("Improperly Formatted Token")
        session = self.sessions.find(token, self.clock.now())
        if session is None:
            self._stranger("xmlrpc", message.action, self.switches.expired_http_status)
            raise Fault(envelope.TIMED_OUT, "The session has timed out.", http=self.switches.expired_http_status)
        return session

    # REST

    def _rest(self, request: Request, path: str) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        session = self.sessions.find(token, self.clock.now()) if scheme.lower() == "bearer" else None
        call: Call | None = None
        met: Planned | None = None
        try:
            if session is None:
                self._stranger("rest", f"{request.method} {path.lower()}", HTTPStatus.UNAUTHORIZED)
                return _json(401, {"error": "The token specified is missing or no longer valid"})
            action = f"{request.method} {re.sub(r'/[0-9]+', '/{id}', path.lower())}"
            call, met = self._counted(session.office.key, "rest", action, self.switches.rest_tier)
            self._suffer(met, session)
            desk = self.desk(session.office, session.user)
            do = partial(scheduler.answer, desk, request.method, path, request.query, request.body)
            if met and met.kind == "late":
                self._late.append((self.clock.now() + timedelta(seconds=met.seconds), do))
                return self._finished(call, met, Response(HTTPStatus.ACCEPTED))
            said = do()
        except Fault:  # the session ended under the call
            return self._finished(call, met, _json(401, {"error": "The token specified is missing or no longer valid"}))
        except _Busy as busy:
            fault = Fault(envelope.TOO_MANY_CALLS, str(busy))
            root = envelope.reply([], fault, now=self.clock.now(), signed=self.switches.signed_codes)
            kind = {"Content-Type": "text/xml; charset=ISO-8859-1"}
            return self._finished(call, met, Response(HTTPStatus.TOO_MANY_REQUESTS, envelope.as_xml(root), kind))
        except BadRequest as bad:
            return self._finished(call, met, _json(bad.status, {"error": bad.text}))
        call.appointment_id = said.about
        call.code = said.document.get(self.switches.conflict_code_key) if said.status == HTTPStatus.CONFLICT else None
        response = _json(said.status, said.document)
        if said.location:
            response.headers["Location"] = said.location
        return self._finished(call, met, response)

    # Both

    def _stranger(self, surface: str, action: str, status: int) -> None:
        """Log a call that no session opens; it counts against nobody."""
        now = self.clock.now()
        row = self.calls.begin(at=now, office="", surface=surface, action=action, tier=0, peak=limits.is_peak(now))
        row.status, row.code = status, envelope.TIMED_OUT

    def _counted(self, office: str, surface: str, action: str, tier: int) -> tuple[Call, Planned | None]:
        now = self.clock.now()
        call = self.calls.begin(
            at=now, office=office, surface=surface, action=action, tier=tier, peak=limits.is_peak(now)
        )
        met = self.faults.next(action)
        call.fault = met.kind if met else None
        kind = _LOGIN if surface == _LOGIN else action if self.switches.counts_per_action else f"tier {tier}"
        if surface == "rest" and self.switches.counts_per_action:
            kind = "rest"
        refused = self._limits.exceeded(office, kind=kind, tier=tier, now=now)
        if refused:
            call.over, call.status, call.code = True, HTTPStatus.TOO_MANY_REQUESTS, envelope.TOO_MANY_CALLS
            raise _Busy(refused)
        if met and met.kind == "storm":
            call.status, call.code = HTTPStatus.TOO_MANY_REQUESTS, envelope.TOO_MANY_CALLS
            raise _Busy(_TOO_MANY)
        return call, met

    def _suffer(self, met: Planned | None, session: Session) -> None:
        """What goes wrong before anything is done."""
        if met is None:
            return
        if met.kind == "error":
            raise BadRequest("An unexpected error occurred", HTTPStatus.INTERNAL_SERVER_ERROR)
        if met.kind == "refused":
            raise BadRequest("The request was refused.")
        if met.kind == "expired":
            self.sessions.end_all()
            raise Fault(envelope.TIMED_OUT, "The session has timed out.", http=self.switches.expired_http_status)
        if met.kind == "edit":
            self.somebody(self.desk(session.office))

    @staticmethod
    def _finished(call: Call | None, met: Planned | None, response: Response) -> Response:
        if call is not None:
            call.status = response.status
        if met is not None and met.kind == "slow":
            response.seconds = met.seconds
        if met is not None and met.kind in {"dropped", "late"}:
            response.dropped = True
        return response


def _json(status: int, document: object) -> Response:
    return Response(status, json.dumps(document, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
