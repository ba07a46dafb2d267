"""The key that signs the trail, made on the embedded engine from infra/resources.yaml."""

from collections.abc import Iterator

import pytest

from chalicelib.kit.settings import settings
from infra.local.resources import create_key, load
from infra.local.testing import Engine


@pytest.fixture(scope="session")
def seal_key(engine: Engine) -> Iterator[str]:
    """The signing key that the application uses; its id."""
    properties = load()["Resources"]["SealKey"]["Properties"]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEAL_KEY_ID", create_key(engine.client("kms"), "careslot-test", properties)[""])
        settings.cache_clear()
        yield settings().seal_key_id
    settings.cache_clear()
