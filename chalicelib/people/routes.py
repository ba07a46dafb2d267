"""People and places over HTTP."""

from typing import Any

from chalicelib.kit.http import PUBLIC, Api, Call

api = Api(__name__)


@api.get("/api/ping", roles=PUBLIC)
def ping(call: Call[Any, Any]) -> dict[str, str]:
    """Say pong."""
    return {"at": call.now.isoformat()}
