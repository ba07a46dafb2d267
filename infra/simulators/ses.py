"""SES's API v2 as mails are sent through it, and the events that it tells of each, as they reach a feed.

Its own test addresses do what they do in AWS: bounce@, ooto@, complaint@ and suppressionlist@simulator.amazonses.com.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from chalicelib.kit import clock
from infra.simulators.outbox import Outbox
from infra.simulators.serving import Reply, Request

_SENDS = "/v2/email/outbound-emails"
_SIMULATED = "@simulator.amazonses.com"
_MOST = 40 * 1024 * 1024
Publish = Callable[[dict[str, Any]], None]


@dataclass
class Ses:
    """One account, from whose domain mails may come; `publish` is given every event of a configuration set."""

    outbox: Outbox
    sender: str
    publish: Publish = field(default_factory=lambda: lambda _event: None)

    def answer(self, request: Request) -> Reply:
        """What SES says."""
        if (request.method, request.path) != ("POST", _SENDS):
            return _error(404, "NotFoundException", "There is no such operation.")
        said = json.loads(request.body)
        content, to = said["Content"], said["Destination"]["ToAddresses"]
        if said["FromEmailAddress"] != self.sender:
            return _error(400, "MessageRejected", "Email address is not verified.")
        if len(request.body) > _MOST:
            return _error(400, "BadRequestException", "The message is too long.")
        tags = {tag["Name"]: [tag["Value"]] for tag in said.get("EmailTags", ())}
        taken = f"{secrets.token_hex(16)}-000000"
        reminder = tags.get("reminder", [""])[0]
        for address in to:
            self.outbox.add("email", to=address, reminder=reminder, message_id=taken, **_read(content))
        if said.get("ConfigurationSetName"):
            for event in _events(taken, to, tags):
                self.publish(event)
        return Reply(200, json.dumps({"MessageId": taken}).encode())

    def refusal(self, kind: str) -> Reply:
        """How SES says that there is too much, or that it does not work."""
        if kind == "busy":
            return _error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")
        return _error(500, "InternalFailure", "")


def opened(mail: EmailMessage) -> dict[str, Any]:
    """What a mail says and brings, for the outbox."""
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    attached = {part.get_filename() or "": part.get_content() for part in mail.iter_attachments()}
    return {
        "subject": str(mail["Subject"]),
        "body": text.get_content().replace("\r\n", "\n").rstrip("\n") if text else "",
        "html": page.get_content() if page else "",
        "headers": {name: str(value) for name, value in mail.items()},
        "attachments": {name: part if isinstance(part, str) else part.decode() for name, part in attached.items()},
    }


def _read(content: Mapping[str, Any]) -> dict[str, Any]:
    if "Raw" in content:
        raw = b64decode(content["Raw"]["Data"])
        return opened(message_from_bytes(raw, policy=policy.default))
    simple = content["Simple"]
    return {"subject": simple["Subject"]["Data"], "body": simple["Body"]["Text"]["Data"]}


def _events(message_id: str, to: list[str], tags: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What SES tells of a mail, in order."""
    mail = {"messageId": message_id, "timestamp": clock.iso(clock.now()), "destination": to, "tags": tags}
    ending: dict[str, Any] = {"eventType": "Delivery", "delivery": {"recipients": to}}
    kind = to[0].partition("@")[0].partition("+")[0] if to[0].endswith(_SIMULATED) else ""
    recipients = [{"emailAddress": address} for address in to]
    if kind in {"bounce", "suppressionlist"}:
        ending = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": recipients}}
    if kind == "ooto":
        ending = {"eventType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": recipients}}
    events = [{"eventType": "Send", "send": {}}, ending]
    if kind == "complaint":
        events.append({"eventType": "Complaint", "complaint": {"complainedRecipients": recipients}})
    return [{**event, "mail": mail} for event in events]


def _error(status: int, name: str, message: str) -> Reply:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": name}
    return Reply(status, json.dumps({"message": message}).encode(), headers)
