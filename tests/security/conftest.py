"""What the proofs of security share: an issuer whose keys the test changes, and a whole running instance."""

from collections.abc import Iterator

import pytest

from chalicelib.kit.settings import settings
from tests.instance import Instance
from tests.security.signing import Publisher


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """The application believes this issuer's keys, of which nothing is remembered yet."""
    made = Publisher()
    monkeypatch.setenv("AUTH_JWKS_URL", made.url)
    settings.cache_clear()
    yield made
    monkeypatch.undo()
    settings.cache_clear()
    made.close()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running instance with an empty table, shared by the tests that look at it from outside."""
    running = Instance(tmp_path_factory.mktemp("secured"))
    yield running
    running.end()
