"""The application in this process, with a table of its own whose every request can be counted."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.kit.settings import settings
from infra.local.testing import Engine
from scripts.metering.here import Here


@pytest.fixture
def here(own_table: str, engine: Engine, token: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:  # noqa: ARG001 - a fresh table
    """Calls of every role, and their followers."""
    from app import app  # noqa: PLC0415 - the application is loaded after its settings

    monkeypatch.setenv("RECORDINGS_BUCKET", "recordings-of-figures")
    settings.cache_clear()
    yield Here(app, token, engine.client)
    settings.cache_clear()
