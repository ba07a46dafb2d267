"""Open sockets: API Gateway's `@connections`, to which a message for one client is posted.

Signed with botocore's signer and sent with its own HTTP library: a client of the service would cost each of five
hundred displays a millisecond of the processor for every message, this costs a fifth of that.
"""

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.kit.errors import Unavailable
from chalicelib.kit.settings import settings

if TYPE_CHECKING:
    from urllib3 import PoolManager

FRAME_BYTES = 32 * 1024  # API Gateway's limit; it would cut a larger message into several frames and count each
_SECONDS = 2.0
_POOLED = 64
_GONE = 410
_DONE = 300


class Gone(Exception):
    """There is no such connection any more."""


def post(connection_id: str, frame: bytes) -> None:
    """Hand a message to one connection; Gone, or Unavailable when it was not taken within two seconds."""
    _send("POST", connection_id, frame)


def close(connection_id: str) -> None:
    """End a connection; one that is gone already stays so."""
    try:
        _send("DELETE", connection_id, b"")
    except Gone:
        return


def _send(method: str, connection_id: str, body: bytes) -> None:
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - only what tells others needs it
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - same

    url = f"{settings().sockets_endpoint}/@connections/{quote(connection_id, safe='')}"
    request = AWSRequest(method, url, data=body, headers={"Content-Type": "application/json"})
    _signer().add_auth(request)
    try:
        reply = _pool().request(method, url, body=body, headers=dict(request.headers.items()), retries=False)
    except HTTPError as silent:
        raise Unavailable("The connection did not take the message in time.") from silent
    if reply.status == _GONE:
        raise Gone(connection_id)
    if reply.status >= _DONE:
        raise Unavailable(f"The connection was not reached: {reply.status}.")


@cache
def _pool() -> "PoolManager":
    from urllib3 import PoolManager, Timeout  # noqa: PLC0415 - see _send

    return PoolManager(maxsize=_POOLED, block=True, timeout=Timeout(total=_SECONDS))


@cache
def _signer() -> Any:
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - see _send
    from botocore.session import get_session  # noqa: PLC0415 - same

    session = get_session()
    return SigV4Auth(session.get_credentials(), "execute-api", session.get_config_variable("region"))
