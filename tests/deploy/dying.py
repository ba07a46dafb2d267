"""Clients whose process dies: after some requests every further one fails before it is sent."""

from collections.abc import Callable
from typing import Any

from infra.local.testing import Engine


class Killed(BaseException):
    """The process ended here; a BaseException, so that no handler of ours softens it."""


def dying(engine: Engine, service: str, after: int) -> Any:
    """A client that is killed before its request number `after + 1` leaves."""
    client = engine.client(service)
    left = [after]

    def leave(**_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    client.meta.events.register(f"before-send.{service}", leave)
    return client


def until_done(engine: Engine, work: Callable[[Any], None], *, step: int = 1, most: int = 400) -> int:
    """Do the work with a process that lives `step` requests longer each time, until it comes to its end; the deaths."""
    for deaths in range(most):
        try:
            work(dying(engine, "dynamodb", step * (deaths + 1)))
        except Killed:
            continue
        return deaths
    raise AssertionError(f"not done after {most} deaths")
