"""What the system depends on, asked one by one."""

from chalicelib.kit.errors import Unavailable
from chalicelib.table import base, keys


def check() -> dict[str, str]:
    """Each dependency with `ok`; `Unavailable` naming the one that does not answer."""
    try:
        base.get(keys.numbers("health"))
    except Unavailable as down:
        details = [{"field": "table", "problem": "does not answer"}]
        raise Unavailable("CareSlot cannot reach its table.", code="unhealthy", details=details) from down
    return {"table": "ok"}
