"""Twilio's Messages and Calls as they are asked over HTTP: forms in, JSON out, lists with filters, errors with codes.

It tells what became of a message as Twilio does: by posting signed forms to the message's status callback. What people
write to our number is posted to the number's own hook, signed too, and what they are answered goes out.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3
from defusedxml import ElementTree

from chalicelib.gateways import twilio_signature
from infra.simulators.outbox import Outbox
from infra.simulators.serving import Reply, Request

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_PATH = re.compile(r"/2010-04-01/Accounts/(\w+)/(Messages|Calls)(?:/(\w+))?\.json")
_LONGEST = 1_600
_STOP, _START = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}, {"START", "YES", "UNSTOP"}
_ENDINGS = {"Messages": ("sent", "delivered"), "Calls": ("completed",)}
Post = Callable[[str, Mapping[str, str], Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Account:
    """An account, its number, and where that number's messages are posted to."""

    sid: str
    token: str
    number: str
    hook: str = ""


@dataclass
class Twilio:
    """One account. `endings` are the statuses that are told of each message; `tells` makes it tell them by itself."""

    account: Account
    outbox: Outbox
    tells: bool = True
    endings: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(_ENDINGS))
    post: Post = field(default_factory=lambda: _post)
    made: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"Messages": [], "Calls": []})
    unwanted: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Reply:
        """What Twilio says."""
        known = b64encode(f"{self.account.sid}:{self.account.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {known}":
            return _error(401, 20003, "Authenticate")
        found = _PATH.fullmatch(request.path)
        if found is None or found[1] != self.account.sid:
            return _error(404, 20404, "The requested resource was not found")
        kind, sid = found[2], found[3]
        if request.method == "POST" and not sid:
            return self._make(kind, request.form)
        if request.method == "GET":
            return self._one(kind, sid) if sid else self._list(kind, request.query)
        return _error(405, 20004, "Method not allowed")

    def refusal(self, kind: str) -> Reply:
        """How Twilio says that there is too much, or that it does not work."""
        if kind == "busy":
            return _error(429, 20429, "Too Many Requests")
        return _error(500, 20500, "An internal server error has occurred")

    def hears(self, sender: str, text: str) -> str:
        """Somebody writes to our number; what the hook answered, which goes out to them."""
        word = text.strip().upper()
        self.unwanted |= {sender} if word in _STOP else set()
        self.unwanted -= {sender} if word in _START else set()
        form = {
            "MessageSid": _sid("Messages"),
            "AccountSid": self.account.sid,
            "From": sender,
            "To": self.account.number,
            "Body": text,
            "NumMedia": "0",
        }
        answer = self.post(self.account.hook, form, self._signed(self.account.hook, form))
        for said in ElementTree.fromstring(answer).iter("Message"):
            self.outbox.add("sms", to=sender, body=said.text or "", answer=True)
        return answer

    def tell(self, kind: str, sid: str, status: str) -> None:
        """Post to the callback of a message or call what has become of it; once more is once more."""
        [one] = [made for made in self.made[kind] if made["sid"] == sid]
        one["status"] = status
        if not one["callback"]:
            return
        name = kind.removesuffix("s")
        form = {
            f"{name}Sid": sid,
            f"{name}Status": status,
            "AccountSid": self.account.sid,
            "From": one["from"],
            "To": one["to"],
            "ApiVersion": "2010-04-01",
            **({"ErrorCode": "30005"} if status in {"undelivered", "failed"} else {}),
        }
        self.post(one["callback"], form, self._signed(one["callback"], form))

    def _signed(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        return {"X-Twilio-Signature": twilio_signature.of(self.account.token, url, form)}

    def _make(self, kind: str, form: Mapping[str, str]) -> Reply:
        to, said = form.get("To", ""), form.get("Body" if kind == "Messages" else "Twiml", "")
        if refused := self._wrong(kind, to, form.get("From", ""), said):
            return refused
        callback = form.get("StatusCallback", "")
        made = {
            **_resource(self.account, kind, to, self.outbox.now()),
            **({"body": said} if kind == "Messages" else {}),
            "callback": callback,
        }
        with self._lock:
            self.made[kind].insert(0, made)
        reminder = parse_qs(urlsplit(callback).query).get("reminder", [""])[0]
        spoken = said if kind == "Messages" else _spoken(said)
        self.outbox.add("sms" if kind == "Messages" else "call", to=to, body=spoken, reminder=reminder, sid=made["sid"])
        if self.tells:
            threading.Thread(target=self._tell_all, args=(kind, made["sid"]), daemon=True).start()
        return Reply(201, json.dumps(_shown(made)).encode())

    def _tell_all(self, kind: str, sid: str) -> None:
        for status in self.endings[kind]:
            self.tell(kind, sid, status)

    def _wrong(self, kind: str, to: str, sender: str, said: str) -> Reply | None:
        """Twilio's refusal of a message or call, if it has any."""
        texts = kind == "Messages"
        wrong = (
            (not to, 21604 if texts else 21201, "No 'To' number is specified"),
            (not said, 21602 if texts else 21205, "Nothing to say"),
            (not _NUMBER.fullmatch(to), 21211, f"Invalid 'To' Phone Number: {to}"),
            (sender != self.account.number, 21606 if texts else 21210, "The 'From' number is not yours"),
            (texts and len(said) > _LONGEST, 21617, "The concatenated message body exceeds the 1600 character limit"),
            (texts and to in self.unwanted, 21610, "Attempt to send to unsubscribed recipient"),
        )
        return next((_error(400, code, why) for there, code, why in wrong if there), None)

    def _list(self, kind: str, query: Mapping[str, str]) -> Reply:
        with self._lock:
            found = [one for one in self.made[kind] if _fits(one, query)]
        size = max(1, min(int(query.get("PageSize", "50")), 1_000))
        page = {"page": 0, "page_size": size, "start": 0, "end": size - 1, "next_page_uri": None, "uri": "/"}
        return Reply(200, json.dumps({kind.lower(): [_shown(one) for one in found[:size]], **page}).encode())

    def _one(self, kind: str, sid: str) -> Reply:
        found = [one for one in self.made[kind] if one["sid"] == sid]
        return Reply(200, json.dumps(_shown(found[0])).encode()) if found else _error(404, 20404, "not found")


def _fits(one: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    return query.get("To") in {None, one["to"]} and query.get("From") in {None, one["from"]}


def _resource(account: Account, kind: str, to: str, now: datetime) -> dict[str, Any]:
    sid, at = _sid(kind), format_datetime(now)
    return {
        "sid": sid,
        "account_sid": account.sid,
        "api_version": "2010-04-01",
        "to": to,
        "from": account.number,
        "status": "queued",
        "direction": "outbound-api",
        "date_created": at,
        "date_updated": at,
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "uri": f"/2010-04-01/Accounts/{account.sid}/{kind}/{sid}.json",
        # What was taken a moment ago was not sent yet.
        **({"date_sent": None, "num_segments": "1", "num_media": "0"} if kind == "Messages" else {"start_time": None}),
    }


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "callback"}


def _sid(kind: str) -> str:
    return ("SM" if kind == "Messages" else "CA") + secrets.token_hex(16)


def _spoken(twiml: str) -> str:
    """What a call says, once."""
    said = [f"[{one.get('language')}] {one.text}" for one in ElementTree.fromstring(twiml).iter("Say")]
    return " ".join(dict.fromkeys(said))


def _error(status: int, code: int, message: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more, "status": status}
    return Reply(status, json.dumps(body).encode())


def _post(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> str:
    sent = {**headers, "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "TwilioProxy/1.1"}
    reply = urllib3.request("POST", url, body=urlencode(form), headers=sent, timeout=15.0, retries=False)
    return reply.data.decode()
