"""The front door: in AWS, requests are answered only where CloudFront has let them in.

API Gateway's own address is open to the world, and passes by what CloudFront does (firewall, headers, one public
name). So CloudFront adds a secret to each request, and a request without it is refused before anything else.
"""

from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from chalice.app import LambdaFunctionEvent, Request, Response

from chalicelib.kit import ids, replies
from chalicelib.kit.errors import Forbidden
from chalicelib.kit.settings import settings

HEADER = "x-origin-secret"
_SHORTEST = 32  # characters; anything shorter is a placeholder and opens nothing


class PastTheFrontDoor(Forbidden):
    """The request did not come through the public address."""

    code = "past_the_front_door"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("CareSlot is reached through its public address only.")


def check(request: Request, answer: Callable[[Request], Any]) -> Any:
    """The answer, for a request that came through the front door; else a refusal."""
    if is_open(request.headers.get(HEADER, ""), settings().origin_secrets):
        return answer(request)
    request_id = str(request.context.get("requestId") or ids.new("req"))
    accept = str(request.headers.get("accept", ""))
    refused: Response = replies.failure(PastTheFrontDoor(), {"X-Request-Id": request_id}, accept)
    return refused


def check_handshake(event: LambdaFunctionEvent, answer: Callable[[Any], Any]) -> Any:
    """The same for the handshake of a socket; what comes later on the socket came through the door with it."""
    said = event.event
    if said.get("requestContext", {}).get("routeKey") != "$connect":
        return answer(event)
    headers = {name.lower(): value for name, value in (said.get("headers") or {}).items()}
    if is_open(headers.get(HEADER, ""), settings().origin_secrets):
        return answer(event)
    return {"statusCode": PastTheFrontDoor.status}


def is_open(said: str, secrets: str) -> bool:
    """Whether one of the secrets was said; how long that takes tells nothing of them."""
    if not secrets:
        return True
    known = [secret.encode() for secret in secrets.split() if len(secret) >= _SHORTEST]
    return any([compare_digest(said.encode(), secret) for secret in known])  # noqa: C419 - all of them, always
