"""Deadlines instead of sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait until a condition holds, or fail after a deadline."""

    def wait(holds: Callable[[], object], *, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "the condition did not come to hold in time"
            time.sleep(0.01)

    return wait
