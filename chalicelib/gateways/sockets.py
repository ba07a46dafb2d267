"""Open sockets: API Gateway's `@connections`, to which a message for one client is posted.

Signed with botocore's signer and sent over a connection that each thread keeps: a client of the service would cost a
millisecond of the processor for every message to each of five hundred displays, this costs a tenth of that.
"""

import threading
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings

_SECONDS = 2.0
_GONE = 410
_DONE = 300


class Gone(Exception):
    """There is no such connection any more."""


def post(connection_id: str, frame: bytes) -> None:
    """Hand a message to one connection; Gone, or Unavailable when it was not taken within two seconds.

    A message may arrive twice, when the answer to the first was lost with the kept connection.
    """
    _send("POST", connection_id, frame)


def close(connection_id: str) -> None:
    """End a connection; one that is gone already stays so."""
    try:
        _send("DELETE", connection_id, b"")
    except Gone:
        return


def _send(method: str, connection_id: str, body: bytes) -> None:
    endpoint = settings().sockets_endpoint
    url = f"{endpoint}/@connections/{quote(connection_id, safe='')}"
    try:
        status = _kept.ask(endpoint, method, url, body)
    except (HTTPException, OSError) as silent:
        raise Unavailable("The connection did not take the message in time.") from silent
    if status == _GONE:
        raise Gone(connection_id)
    if status >= _DONE:
        raise Unavailable(f"The connection was not reached: {status}.")


class _Kept(threading.local):
    """This thread's connection to the endpoint."""

    def __init__(self) -> None:
        self._endpoint = ""
        self._connection: HTTPConnection | None = None

    def ask(self, endpoint: str, method: str, url: str, body: bytes) -> int:
        """The status of the answer; a kept connection that the other side has closed is made anew, once."""
        if self._connection is not None and self._endpoint == endpoint:
            try:
                return self._ask(self._connection, method, url, body)
            except (ConnectionError, HTTPException):
                self._forget()
        place = urlsplit(endpoint)
        kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
        self._endpoint, self._connection = endpoint, kind(place.netloc, timeout=_SECONDS)
        return self._ask(self._connection, method, url, body)

    def _ask(self, connection: HTTPConnection, method: str, url: str, body: bytes) -> int:
        try:
            connection.request(method, urlsplit(url).path, body, _signed(method, url, body))
            reply = connection.getresponse()
            reply.read()
        except (HTTPException, OSError):
            self._forget()
            raise
        return reply.status

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


_kept = _Kept()


def _signed(method: str, url: str, body: bytes) -> dict[str, str]:
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - only what tells others needs it

    request = AWSRequest(method, url, data=body, headers={"Content-Type": "application/json"})
    _signer().add_auth(request)
    return dict(request.headers.items())


@cache
def _signer() -> Any:
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - see _signed
    from botocore.session import get_session  # noqa: PLC0415 - same

    session = get_session()
    return SigV4Auth(session.get_credentials(), "execute-api", session.get_config_variable("region"))
