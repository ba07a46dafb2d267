"""The outside systems of one instance: simulators that the application reaches through its real clients, and what one
can ask of them under `/_local/`.

GET  /_local/outbox     what went out, oldest first; `appointment_id` and `channel` narrow it
POST /_local/messages   {"from": "+1…", "body": "STOP"}: somebody writes to the clinic's number
POST /_local/faults     {"system": "twilio", "kind": "dropped", "times": 1}: the next requests meet this

Nobody needs a token, and nobody from elsewhere is answered: neither another machine nor a page from another address.
None of it is deployed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3

from chalicelib.kit.settings import Settings
from chalicelib.reminders.plan import appointment_of
from infra.local.gateway import Answer
from infra.local.server import Endpoint, Receive, Scope, Send, reply
from infra.simulators.graph import Graph
from infra.simulators.outbox import Outbox, Sent
from infra.simulators.serving import Simulators
from infra.simulators.ses import Ses
from infra.simulators.twilio import Account, Twilio
from infra.simulators.zoom import Zoom

MOUNTS = ("/_local/outbox", "/_local/messages", "/_local/faults")
_HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
_MOST_BYTES = 64 * 1024
_REPLY = "reply"
_HOOK = "/api/webhooks/twilio/messages"
_LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]"}


class Outside:
    """All simulators of one instance; `environment` is how the application finds them."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.outbox = Outbox(folder / "outbox.jsonl")
        account = Account(
            "AC" + secrets.token_hex(16), secrets.token_hex(16), "+15005550006", hook=f"{base_url}{_HOOK}"
        )
        self.twilio = Twilio(account, self.outbox)
        self.ses = Ses(self.outbox, Settings.model_fields["smtp_from"].default, publish=_publish)
        self.zoom, self.graph = Zoom(), Graph()
        self.served = Simulators(zoom=self.zoom, graph=self.graph, twilio=self.twilio, ses=self.ses)
        self.environment = {
            "PUBLIC_URL": base_url,
            "ZOOM_ACCOUNT_ID": self.zoom.account,
            "ZOOM_CLIENT_ID": self.zoom.client,
            "ZOOM_CLIENT_SECRET": self.zoom.secret,
            "ZOOM_ENDPOINT": f"{self.served.url('zoom')}/v2",
            "ZOOM_LOGIN_ENDPOINT": self.served.url("zoom"),
            "TEAMS_TENANT_ID": self.graph.tenant,
            "TEAMS_CLIENT_ID": self.graph.client,
            "TEAMS_CLIENT_SECRET": self.graph.secret,
            "TEAMS_ORGANIZER_ID": self.graph.organizer,
            "TEAMS_LOGIN_ENDPOINT": self.served.url("graph"),
            "GRAPH_ENDPOINT": f"{self.served.url('graph')}/v1.0",
            "TWILIO_ACCOUNT_SID": account.sid,
            "TWILIO_AUTH_TOKEN": account.token,
            "TWILIO_PHONE_NUMBER": account.number,
            "TWILIO_ENDPOINT": self.served.url("twilio"),
            "AWS_ENDPOINT_URL_SESV2": self.served.url("ses"),
            "SES_CONFIGURATION_SET": "careslot-local",
        }

    def endpoint(self) -> Endpoint:
        """Serves what one can ask of them."""
        done: dict[tuple[str, str], Callable[[Mapping[str, str], Any], Any]] = {
            ("GET", "/_local/outbox"): lambda query, _: self._rows(query),
            ("POST", "/_local/messages"): lambda _, said: {"answer": self.twilio.hears(said["from"], said["body"])},
            ("POST", "/_local/faults"): lambda _, said: self._fault(said),
        }

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            body = await _body(receive)
            wanted = done.get((scope["method"], scope["path"].rstrip("/")))
            if not _is_local(scope):
                answer = _said({"error": "only on this machine"}, HTTPStatus.FORBIDDEN)
            elif wanted is None:
                answer = _said({"error": "not found"}, HTTPStatus.NOT_FOUND)
            else:
                query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
                # In a thread: it asks the application or the table, which answer on this very loop.
                answer = await asyncio.to_thread(_answered, wanted, query, body)
            await reply(send, answer)

        return serve

    def _rows(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        found = [one for one in self.outbox.all() if query.get("channel") in {None, one.channel}]
        if "appointment_id" in query:
            found = [one for one in found if appointment_of(one.reminder) == query["appointment_id"]]
        return [_row(one) for one in found]

    def _fault(self, said: Any) -> dict[str, Any]:
        self.served.faults[said["system"]].add(said["kind"], int(said.get("times", 1)))
        return {"met_next_by": said["system"]}


def _publish(event: dict[str, Any]) -> None:
    """What SES tells, where the topic of its events would put it."""
    boto3.client("sqs").send_message(QueueUrl=os.environ["MAIL_EVENTS_FEED_URL"], MessageBody=json.dumps(event))


def _row(one: Sent) -> dict[str, Any]:
    """A message with what it is about, which is known from the reminder that it names."""
    from chalicelib.table import reminders  # noqa: PLC0415 - it reads the environment when it is imported

    appointment_id = appointment_of(one.reminder)
    found = reminders.find(one.reminder, appointment_id) if appointment_id else None
    kind = found.occasion if found else _REPLY if one.more.get("answer") else None
    return {
        "channel": one.channel,
        "to": one.to,
        "kind": kind,
        "subject": one.subject,
        "body": one.body,
        "at": one.at,
        "appointment_id": appointment_id,
        **({"attachments": sorted(one.more["attachments"])} if one.more.get("attachments") else {}),
    }


def _answered(wanted: Callable[[Mapping[str, str], Any], Any], query: Mapping[str, str], body: bytes) -> Answer:
    try:
        return _said({"success": True, "data": wanted(query, json.loads(body or b"{}"))})
    except (KeyError, TypeError, ValueError) as wrong:
        return _said({"success": False, "error": f"cannot be read: {wrong}"}, HTTPStatus.BAD_REQUEST)


def _is_local(scope: Scope) -> bool:
    """Whether this machine asks, by a name of its own: a page elsewhere may have its name lead here."""
    client = scope.get("client") or ("", 0)
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return bool(client[0]) and ipaddress.ip_address(client[0]).is_loopback and name in _LOCAL_NAMES


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b"")[:_MOST_BYTES])
        if not message.get("more_body"):
            return b"".join(chunks)[:_MOST_BYTES]


def _said(document: Mapping[str, Any], status: int = HTTPStatus.OK) -> Answer:
    return Answer(status, _HEADERS, json.dumps(document, ensure_ascii=False).encode())
