"""Replies: the envelope, the ETag, the refusal, as the wire shows them."""

import json
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Response

from chalicelib.kit import problems, selection
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.models import View
from chalicelib.kit.settings import settings

Headers = dict[str, str | list[str]]
_ALWAYS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",  # desks and kiosks are shared machines: nothing of a patient stays on their disks
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A host that speaks plain HTTP, as a laptop does, may not send this one (RFC 6797, section 7.2).
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler says when a bare view is not enough."""

    data: Any
    meta: dict[str, Any] | None = None
    status: int | None = None
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bare:
    """A reply without the envelope: text of any media type, ready to be sent.

    It is text and never bytes, so that no gateway has to be told which media types are binary; API Gateway and
    CloudFront compress it for those who ask. `status` is another one than the route's.
    """

    body: str
    etag: str = ""
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None


class NotModified(Exception):
    """The caller's copy is still right."""

    def __init__(self, etag: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(etag)
        self.headers = {"ETag": etag, **(headers or {})}


def always() -> dict[str, str]:
    """The headers of every reply, unless it says otherwise."""
    return _ALWAYS if settings().careslot_stage == "local" else {**_ALWAYS, **_OVER_TLS}


def tagged(view: View, version: int) -> Reply:
    """What was changed, with the ETag of its new version."""
    return Reply(view, etag=f'"{version}"')


def created(view: View, version: int, *, at: str, replayed: bool) -> Reply:
    """What was made, with its address, its ETag, and whether an earlier request had made it."""
    replay = {"Idempotency-Replayed": "true"} if replayed else {}
    return Reply(view, etag=f'"{version}"', headers={"Location": at, **replay})


def success(said: Any, *, status: int, headers: dict[str, str], fields: tuple[str, ...] = ()) -> Response:
    """What a handler returned, in the envelope unless it is bare; only these `fields` of it, if there are any.

    `headers` are the request's own.
    """
    if isinstance(said, Bare):
        tag = {"ETag": said.etag} if said.etag else {}
        own = {"Content-Type": said.media_type, **tag, **said.headers}
        return Response(body=said.body, status_code=said.status or status, headers={**always(), **headers, **own})
    reply = said if isinstance(said, Reply) else Reply(said)
    envelope: dict[str, Any] = {"success": True, "data": selection.only(reply.data, fields) if fields else reply.data}
    if reply.meta is not None:
        envelope["meta"] = reply.meta
    own = {"ETag": reply.etag} if reply.etag else {}
    if fields:
        own["Content-Type"] = selection.MEDIA_TYPE
    sent: Headers = {**always(), **headers, **reply.headers, **own}
    return Response(body=_dump(envelope), status_code=reply.status or status, headers=sent)


def unchanged(same: NotModified, headers: dict[str, str]) -> Response:
    """304: the caller's copy is still right."""
    return Response(body="", status_code=304, headers={**always(), **headers, **same.headers})


def failure(refusal: CareSlotError, headers: dict[str, str], accept: str) -> Response:
    """A refusal as the wire shows it to a caller with this `Accept`."""
    body, form = refused(refusal, headers["X-Request-Id"], accept)
    sent: Headers = {**always(), **headers, **refusal.headers, **form}
    return Response(body=body, status_code=refusal.status, headers=sent)


def refused(refusal: CareSlotError, request_id: str, accept: str) -> tuple[str, dict[str, str]]:
    """A refusal in the form that the caller prefers, our envelope or problem details, and the headers that say so."""
    if problems.are_preferred(accept):
        return _dump(problems.of(refusal, request_id)), {"Content-Type": problems.MEDIA_TYPE, "Vary": "Accept"}
    error = {
        "code": refusal.code,
        "message": refusal.message,
        "details": refusal.details,
        "request_id": request_id,
    }
    return _dump({"success": False, "error": error}), {"Content-Type": "application/json", "Vary": "Accept"}


def _dump(envelope: dict[str, Any]) -> str:
    # Views become plain as the encoder meets them: walking a long list of slots first would cost more than encoding it.
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False, default=_wire)


def _wire(value: Any) -> Any:
    if isinstance(value, View):
        return value.wire()
    raise TypeError(f"{type(value).__name__} has no form on the wire")
