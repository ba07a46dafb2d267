"""What the proofs of security share: an issuer whose keys the test changes, and a whole running instance."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.kit.settings import settings
from infra.local.testing import Engine
from tests.client import Client
from tests.instance import Instance
from tests.security.clinics import Clinics, two_clinics
from tests.security.signing import Publisher
from tests.tables import fresh_table


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


@pytest.fixture(scope="module")
def whole_table(engine: Engine) -> Iterator[str]:
    """A fresh table under the application, for all tests of a module; its name."""
    with fresh_table(engine) as name:
        yield name


@pytest.fixture(scope="module")
def clinics(token: Callable[..., str], whole_table: str) -> Clinics:  # noqa: ARG001 - they are in that table
    """Two hospitals in a table of their own."""
    return two_clinics(Client(token))


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running instance with an empty table, shared by the tests that look at it from outside."""
    running = Instance(tmp_path_factory.mktemp("secured"))
    yield running
    running.end()
