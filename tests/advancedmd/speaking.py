"""Speaks to the simulator as its documentation prints it, byte by byte, without any of our own client."""

import json
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import urllib3
from defusedxml.ElementTree import fromstring

from infra.simulators.advancedmd.demo import APP, OFFICE_KEY, PASSWORD, USER
from infra.simulators.advancedmd.front import PARTNER
from infra.simulators.advancedmd.server import Running

FIELDS = '<visit start="VisitStartDateTime" dur="Duration" st="ApptStatus" col="ColumnHeading" tone="Color"/>'
PERSON = '<patient name="Name" dob="DOB"/>'


class Reply(NamedTuple):
    """Status and body of an answer, with what it says."""

    status: int
    body: bytes
    headers: Any

    @property
    def xml(self) -> Element:
        return fromstring(self.body)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> int:
        """The fault's code, 0 without one."""
        return int(self.xml.findtext("Error/Fault/detail/code") or 0)


class Speaker:
    """A caller of one office, signed in when it has a token."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.pool = urllib3.PoolManager(retries=False)
        self.server = f"{running.url}/processrequest/api-101/{APP}"
        self.token = ""

    def send(self, method: str, url: str, body: Any = None, **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.pool.request(method, url, body=body, headers=sent, timeout=10)
        return Reply(answer.status, answer.data, answer.headers)

    def login(self, url: str, *, password: str = PASSWORD) -> Reply:
        body = (
            f'<ppmdmsg action="login" class="login" msgtime="11/20/2026 9:05:00 AM" username="{USER}" '
            f'psw="{password}" officecode="{OFFICE_KEY}" appname="{APP}"/>'
        )
        return self.send("POST", url, body, content_type="text/xml")

    def sign_in(self) -> "Speaker":
        self.token = self.login(f"{self.server}/xmlrpc/processrequest.aspx").xml.findtext("Results/usercontext") or ""
        return self

    def ask(self, action: str, attributes: str = "", inner: str = "", *, kind: str = "api") -> Reply:
        body = f'<ppmdmsg action="{action}" class="{kind}" msgtime="1/1/2026 9:00:00 AM" {attributes}>{inner}</ppmdmsg>'
        url = f"{self.server}/xmlrpc/processrequest.aspx"
        return self.send("POST", url, body.encode(), content_type="text/xml", cookie=f"token={self.token}")

    def ask_json(self, message: dict[str, Any]) -> Reply:
        inner = {"@nocookie": "1", "usercontext": {"#text": self.token}} | message
        url = f"{self.server}/xmlrpc/processrequest.aspx"
        body = json.dumps({"ppmdmsg": inner})
        return self.send("POST", url, body, content_type="application/json", accept="application/json")

    def rest(self, method: str, path: str, document: Any = None) -> Reply:
        url = self.server.replace("/processrequest/", "/api/") + path
        body = None if document is None else json.dumps(document)
        return self.send(method, url, body, content_type="application/json", authorization=f"Bearer {self.token}")

    def partner(self, **options: str) -> Reply:
        return self.login(self.running.url + PARTNER, **options)


def wish(**fields: Any) -> dict[str, Any]:
    """A new appointment that the demo office takes: on a Monday in column 16."""
    return {
        "patientid": 148,
        "columnid": 16,
        "startdatetime": "2027-03-01T12:00:00",
        "duration": 30,
        "profileid": 3,
        "type": [{"id": 13}],
    } | fields
