"""What the system depends on, asked one by one."""

from chalicelib.kit.errors import Unavailable
from chalicelib.table import base, keys


class Unhealthy(Unavailable):
    """Something without which nothing works does not answer; `details` name it."""

    code = "unhealthy"
    sampled = ("table",)

    def __init__(self, dependency: str) -> None:
        details = [{"field": dependency, "problem": "does not answer"}]
        super().__init__(f"CareSlot cannot reach its {dependency}.", details=details)


def check() -> dict[str, str]:
    """Each dependency with `ok`; `Unhealthy` naming the one that does not answer."""
    try:
        base.get(keys.numbers("health"))
    except Unavailable as down:
        raise Unhealthy("table") from down
    return {"table": "ok"}
