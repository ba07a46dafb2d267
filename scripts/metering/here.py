"""The application in this process: called without a socket, followed up as the stream would, its table read aside."""

import importlib
import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from chalice.app import DynamoDBEventConfig

from chalicelib.kit.log import logger
from chalicelib.kit.settings import settings
from chalicelib.table import base
from infra.local import resources, sign_in
from infra.local.gateway import Gateway, lambda_context
from infra.local.issuer import AUDIENCE, Issuer
from infra.local.server import Server, Site
from infra.local.streams import lambda_record
from infra.local.testing import start_engine

Mint = Callable[[str, str], str]
"""A token of a role and a subject; desks reach the whole network."""
_HOST = "127.0.0.1"
_ANY = "local"  # the engine accepts any credentials


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    json: Any

    @property
    def data(self) -> Any:
        """The envelope's data; a refusal ends the measurement."""
        if not self.json.get("success"):
            raise NotMeasured(f"a request was refused: {self.json}")
        return self.json["data"]


class NotMeasured(Exception):
    """What was to be measured did not happen; the message says why."""


class Here:
    """The application, a caller of every role, and the engine's own view of the table."""

    def __init__(self, app: Any, mint: Mint, clients: resources.Clients) -> None:
        self._app, self._mint = app, mint
        self._gateway = Gateway(app)
        self._streams = clients("dynamodbstreams")
        self.reader = clients("dynamodb")
        self._iterator: str | None = None
        self._stream = ""
        self._tokens: dict[tuple[str, str], str] = {}

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: str = "admin",
        sub: str = "",
        key: str = "",
        **query: Any,
    ) -> Answer:
        """One request as this caller; `key` makes it repeatable."""
        if (role, sub) not in self._tokens:
            self._tokens[role, sub] = self._mint(role, sub or f"{role}-1")  # it is stored, so its length counts
        headers = [("Authorization", f"Bearer {self._tokens[role, sub]}"), ("Content-Type", "application/json")]
        if key:
            headers.append(("Idempotency-Key", key))
        raw = b"" if body is None else json.dumps(body).encode()
        said = self._gateway.answer(method, path.encode(), urlencode(query).encode(), headers, raw)
        kinds = [value for name, value in said.headers if name.lower() == "content-type"]
        readable = any(kind.startswith("application/json") for kind in kinds)
        return Answer(said.status, json.loads(said.body) if readable and said.body else None)

    def changes(self) -> list[dict[str, Any]]:
        """Every change of the table since the last call, as the stream's consumers are handed them."""
        return list(self._changes())

    def follow(self, changes: list[dict[str, Any]]) -> None:
        """Hand changes to all that follow the table's stream."""
        for config in self._app.event_sources:
            if isinstance(config, DynamoDBEventConfig):
                for first in range(0, len(changes), config.batch_size):
                    self._deliver(config.name, changes[first : first + config.batch_size])

    def _deliver(self, name: str, records: list[dict[str, Any]]) -> None:
        said = self._app.handler_map[name]({"Records": records}, lambda_context(name))
        if isinstance(said, dict) and said.get("batchItemFailures"):
            raise NotMeasured(f"{name} could not follow {len(said['batchItemFailures'])} changes")

    def _changes(self) -> Iterator[dict[str, Any]]:
        if self._iterator is None:
            self._stream = self.reader.describe_table(TableName=base.table_name())["Table"]["LatestStreamArn"]
            shards = self._streams.describe_stream(StreamArn=self._stream)["StreamDescription"]["Shards"]
            where = {"StreamArn": self._stream, "ShardId": shards[-1]["ShardId"]}
            first = self._streams.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")
            self._iterator = first["ShardIterator"]
        while True:
            page = self._streams.get_records(ShardIterator=self._iterator, Limit=1000)
            self._iterator = page["NextShardIterator"]
            yield from (lambda_record(record, self._stream) for record in page["Records"])
            if not page["Records"]:
                return


@contextmanager
def alone() -> Iterator[Here]:
    """An engine, a table and an issuer of their own for the application in this process; once per process."""
    listener = socket.create_server((_HOST, 0))
    base_url = f"http://{_HOST}:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder, start_engine() as engine:
        issuer = Issuer.load_or_create(Path(folder))
        os.environ |= {
            "CARESLOT_STAGE": "local",
            "AWS_ENDPOINT_URL": engine.url,
            "AWS_ACCESS_KEY_ID": _ANY,
            "AWS_SECRET_ACCESS_KEY": _ANY,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AUTH_ISSUER": issuer.name,
            "AUTH_AUDIENCE": AUDIENCE,
            "AUTH_JWKS_URL": f"{base_url}/.well-known/jwks.json",
            "POWERTOOLS_METRICS_DISABLED": "true",
            "NO_PROXY": _HOST,
            "no_proxy": _HOST,
        }
        os.environ |= resources.create_all(engine.client)
        settings.cache_clear()
        logger.setLevel("ERROR")
        base.use(os.environ["TABLE_NAME"])
        app = importlib.import_module("app").app
        server = Server(Site(Gateway(app), mounts={"/.well-known/": sign_in.endpoint(issuer, base_url)}), listener)
        server.start()
        try:
            yield Here(app, lambda role, sub: issuer.mint(role, sub, _reach(role)), engine.client)
        finally:
            server.stop()


def _reach(role: str) -> str | None:
    return None if role in ("patient", "doctor") else "*"
