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
    base.use(name)
    rights.watch_all()
    cache.forget_everything()
    yield name
    base.use(os.environ["TABLE_NAME"])
    cache.forget_everything()
