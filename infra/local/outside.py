"""The outside systems of one instance: simulators that the application reaches through its real clients, and what one
can ask of them under `/_local/`.

GET  /_local/outbox     what went out, oldest first; `appointment_id` and `channel` narrow it
POST /_local/messages   {"from": "+1…", "body": "STOP"}: somebody writes to the clinic's number
POST /_local/push       a browser subscribes at the push service; what it would register at /api/push/subscriptions
POST /_local/faults     {"system": "twilio", "kind": "dropped", "times": 1}: the next requests meet this
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import boto3

from chalicelib.kit.settings import Settings
from chalicelib.reminders.plan import appointment_of
from infra.local.backstage import Deed, Deeds, Refused
from infra.simulators.graph import Graph
from infra.simulators.outbox import Outbox, Sent
from infra.simulators.push import PushService, key_pair
from infra.simulators.serving import Simulators
from infra.simulators.ses import Ses
from infra.simulators.twilio import Account, Twilio
from infra.simulators.zoom import Zoom

_REPLY = "reply"
_HOOK = "/api/webhooks/twilio/messages"


class Outside:
    """All simulators of one instance; `environment` is how the application finds them."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.outbox = Outbox(folder / "outbox.jsonl")
        account = Account(
            "AC" + secrets.token_hex(16), secrets.token_hex(16), "+15005550006", hook=f"{base_url}{_HOOK}"
        )
        self.twilio = Twilio(account, self.outbox)
        self.ses = Ses(self.outbox, Settings.model_fields["smtp_from"].default, publish=_publish)
        vapid, public_key = key_pair()
        self.push = PushService(self.outbox, public_key=public_key)
        self.zoom, self.graph = Zoom(), Graph()
        self.served = Simulators(zoom=self.zoom, graph=self.graph, twilio=self.twilio, ses=self.ses, push=self.push)
        self.push.url = self.served.url("push")
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
            "VAPID_PRIVATE_KEY": vapid,
        }

    def deeds(self) -> Deeds:
        """What one can ask of them."""
        return {
            ("GET", "outbox"): lambda query, _: self._rows(query),
            ("POST", "messages"): _readable(
                lambda _, said: {"answer": self.twilio.hears(str(said["from"]), str(said["body"]))}
            ),
            ("POST", "push"): lambda *_: self.push.subscribe(),
            ("POST", "faults"): _readable(lambda _, said: self._fault(said)),
        }

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


def _readable(deed: Deed) -> Deed:
    """The deed, which refuses what it cannot read."""

    def done(query: Mapping[str, str], said: Any) -> Any:
        try:
            return deed(query, said)
        except (KeyError, TypeError, ValueError) as wrong:
            raise Refused(HTTPStatus.BAD_REQUEST, "malformed", f"The body cannot be read: {wrong}") from wrong

    return done
