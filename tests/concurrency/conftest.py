"""A table of its own for each race, so that the audit sees all of it and nothing else."""

import os
import uuid
from collections.abc import Iterator

import pytest

from chalicelib.kit import cache
from chalicelib.table import base
from infra.local.resources import create_table
from infra.local.testing import Engine


@pytest.fixture
def own_table(engine: Engine) -> Iterator[str]:
    """The application works on a fresh table; its name."""
    name = f"careslot-race-{uuid.uuid4().hex[:8]}"
    create_table(engine.client("dynamodb"), name)
    base.use(name)
    cache.forget_everything()
    yield name
    base.use(os.environ["TABLE_NAME"])
    cache.forget_everything()
