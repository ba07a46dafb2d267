"""Deadlines, as the tests of the local instance have them, and instances of which none survives its test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.instance import Instance
from tests.local.conftest import until

__all__ = ["start", "until"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Instance]]:
    """Start an instance, always on the same data folder."""
    started: list[Instance] = []

    def begin() -> Instance:
        started.append(Instance(tmp_path))
        return started[-1]

    yield begin
    for instance in started:
        instance.kill()
