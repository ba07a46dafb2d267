"""The issuer over HTTP, under Cognito's addresses: its keys, refreshing a token, ending a session.

`POST /oauth2/token` and `POST /oauth2/revoke` take forms and answer as Cognito answers (RFC 6749, RFC 7009). Ending a
session stops its refresh token; tokens that are out already go on until they expire, unless the application knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from infra.local.gateway import Answer
from infra.local.issuer import AUDIENCE, Issuer
from infra.local.server import Endpoint, Receive, Scope, Send, reply

MOUNTS = ("/.well-known/", "/oauth2/")
_TOKEN_SECONDS = 3600
_MOST_BYTES = 16 * 1024
_SCHEME = "Bearer"
_HEADERS = [
    ("Content-Type", "application/json"),
    ("Access-Control-Allow-Origin", "*"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


class _Refused(Exception):
    """A form that the issuer refuses, with OAuth's word for why."""


def endpoint(issuer: Issuer, base_url: str) -> Endpoint:
    """Serves keys and configuration to `GET`, tokens and the end of sessions to `POST`."""
    configuration = {
        "issuer": issuer.name,
        "jwks_uri": f"{base_url}/.well-known/jwks.json",
        "token_endpoint": f"{base_url}/oauth2/token",
        "revocation_endpoint": f"{base_url}/oauth2/revoke",
        "grant_types_supported": ["refresh_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
    }

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        match scope["method"], scope["path"]:
            case "GET", "/.well-known/jwks.json":
                answer = _said(issuer.fresh().jwks)
            case "GET", "/.well-known/openid-configuration":
                answer = _said(configuration)
            case "POST", "/oauth2/token" | "/oauth2/revoke":
                answer = _signed_in(issuer.fresh(), scope, await _form(receive))
            case _:
                answer = _said({}, HTTPStatus.NOT_FOUND)
        await reply(send, answer)

    return serve


def _signed_in(issuer: Issuer, scope: Scope, form: Mapping[str, str]) -> Answer:
    try:
        if form.get("client_id") != AUDIENCE:
            raise _Refused("invalid_client")
        return _refresh(issuer, form) if scope["path"] == "/oauth2/token" else _end(issuer, form)
    except _Refused as refused:
        return _said({"error": str(refused)}, HTTPStatus.BAD_REQUEST)


def _refresh(issuer: Issuer, form: Mapping[str, str]) -> Answer:
    if form.get("grant_type") != "refresh_token":
        raise _Refused("unsupported_grant_type")
    session = issuer.sessions.find(form.get("refresh_token", ""))
    if session is None:
        raise _Refused("invalid_grant")
    return _said(
        {
            "id_token": issuer.mint_for(session, _TOKEN_SECONDS),
            "access_token": issuer.mint_access(session, _TOKEN_SECONDS),
            "token_type": _SCHEME,
            "expires_in": _TOKEN_SECONDS,
        }
    )


def _end(issuer: Issuer, form: Mapping[str, str]) -> Answer:
    if not form.get("token"):
        raise _Refused("invalid_request")
    issuer.sessions.end(form["token"])
    return Answer(HTTPStatus.OK, _HEADERS, b"")


async def _form(receive: Receive) -> Mapping[str, str]:
    """The fields of the form; none when it is too long or no form, which is refused like any other wrong one."""
    body = b""
    while True:
        message = await receive()
        body = (body + message.get("body", b""))[: _MOST_BYTES + 1]
        if not message.get("more_body"):
            break
    if len(body) > _MOST_BYTES:
        return {}
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _said(document: Mapping[str, Any], status: int = HTTPStatus.OK) -> Answer:
    return Answer(status, _HEADERS, json.dumps(document).encode())
