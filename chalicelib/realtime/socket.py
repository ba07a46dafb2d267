"""The socket's events, as API Gateway sends them: a handshake, messages, an end.

A refused handshake is answered in the envelope of HTTP. A refused message is answered on the socket, with its code;
who is not known, or not any more, is sent away with it.
"""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.kit import clock, jsonbody
from chalicelib.kit.errors import CareSlotError, TooLarge, Unauthenticated
from chalicelib.kit.log import logger
from chalicelib.realtime import connecting, delivery, following, signalling, speaking
from chalicelib.realtime.messages import dump
from chalicelib.realtime.schemas import SocketMessage

_MOST = 16 * 1024
_DONE = {"statusCode": 200}


def handle(event: Mapping[str, Any]) -> dict[str, Any]:
    """One event of one connection."""
    context = event["requestContext"]
    connection_id, request_id = context["connectionId"], context.get("requestId", "")
    match context["routeKey"]:
        case "$connect":
            return _connect(connection_id, event.get("queryStringParameters") or {}, request_id)
        case "$disconnect":
            signalling.depart(*connecting.close(connection_id), now=clock.now())
        case _:
            _hear(connection_id, event.get("body") or "", request_id)
    return _DONE


def _connect(connection_id: str, query: Mapping[str, str], request_id: str) -> dict[str, Any]:
    now = clock.now()
    try:
        if "token" not in query:
            connecting.await_proof(connection_id, now=now)
            return _DONE
        claims = connecting.admit(query["token"], now)
        wanted = following.of_caller(claims, doctor_id=query.get("doctor_id"), location_id=query.get("location_id"))
        connecting.open_(connection_id, claims, wanted, now=now)
    except CareSlotError as refusal:
        body = {"success": False, "error": _refused(refusal, request_id)}
        return {"statusCode": refusal.status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
    return _DONE


def _hear(connection_id: str, body: str, request_id: str) -> None:
    try:
        if len(body) > _MOST:
            raise TooLarge("A message is at most 16 KiB.")
        message = SocketMessage.read(jsonbody.parse(body.encode(), "application/json"))
        delivery.reply(connection_id, speaking.answer(connection_id, message, now=clock.now()))
    except CareSlotError as refusal:
        logger.info("message refused", extra={"code": refusal.code, "request_id": request_id})
        error = {"type": "error", **_refused(refusal, request_id)}
        delivery.reply(connection_id, [dump(error).encode()])
        if isinstance(refusal, Unauthenticated):
            delivery.end(connection_id)


def _refused(refusal: CareSlotError, request_id: str) -> dict[str, Any]:
    said = {"code": refusal.code, "message": refusal.message, "details": refusal.details}
    return {**said, "request_id": request_id}
