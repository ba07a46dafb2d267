"""The ground of a race: an embedded engine in memory, and for each run a table of its own under the application."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.kit import cache
from chalicelib.table import base
from infra.local.resources import create_table
from infra.local.testing import Engine, start_engine


@contextmanager
def own_engine() -> Iterator[Engine]:
    """An engine that lives as long as the block, and an application that knows no other."""
    with start_engine() as engine:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # nothing of this machine's AWS account may be reached
        os.environ |= {
            "AWS_ENDPOINT_URL": engine.url,
            **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "local"),  # the engine accepts any
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        yield engine


@contextmanager
def own_table(engine: Engine) -> Iterator[str]:
    """A fresh table, so that an audit sees all of one run and nothing else; its name. It goes with the block."""
    before, name = base.table_name(), f"careslot-race-{uuid.uuid4().hex[:8]}"
    client = engine.client("dynamodb")
    create_table(client, name)
    base.use(name)
    cache.forget_everything()
    try:
        yield name
    finally:
        base.use(before)
        cache.forget_everything()
        client.delete_table(TableName=name)
