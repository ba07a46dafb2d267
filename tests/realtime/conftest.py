"""The stage of the tests of sockets, over a table of its own."""

from collections.abc import Iterator

import pytest

from infra.local.testing import Engine
from tests.local.conftest import until
from tests.realtime.stage import Stage, opened

__all__ = ["stage", "until"]


@pytest.fixture
def stage(engine: Engine, own_table: str) -> Iterator[Stage]:  # noqa: ARG001 - it is under the application
    """A server with sockets, whose stream begins with the test."""
    with opened(engine) as running:
        yield running
