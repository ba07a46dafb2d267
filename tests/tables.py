"""Tables of one's own."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.kit import cache
from chalicelib.table import base
from infra.local import rights
from infra.local.resources import create_table
from infra.local.testing import Engine


@contextmanager
def fresh_table(engine: Engine) -> Iterator[str]:
    """Another table under the application until the block ends, empty at first; its name."""
    name = f"careslot-own-{uuid.uuid4().hex[:8]}"
    create_table(engine.client("dynamodb"), name)
    _use(name)
    rights.watch_all()
    yield name
    _use(os.environ["TABLE_NAME"])


def _use(name: str) -> None:
    """Point the application at another table of the same engine, by the same client: to build one takes long."""
    client = base.connection().client
    base.use(name)
    base.connection()._client = client
    cache.forget_everything()
