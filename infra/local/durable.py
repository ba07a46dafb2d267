"""Makes the engine's tables durable: no acknowledged write is lost, not by SIGKILL either; streams can be resumed.

MiniStack keeps its tables in memory and saves them, whole, when it stops. Here its DynamoDB module is wrapped: what
one request changed is collected and appended to a journal as one line before the reply leaves, so a transaction is on
disk entirely or not at all. Stream records keep their sequence numbers, so a poller goes on with
AFTER_SEQUENCE_NUMBER after any kind of stop.

Limits. This leans on MiniStack's private functions: the version is pinned and their presence is checked at start.
Transaction tokens die with the engine. Compaction blocks the engine, so it runs on start, on stop and when a table is
made or altered; in between the log only grows.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from types import ModuleType
from typing import Any

from ministack.core.responses import request_scope

from infra.local.replay import IMAGES, TTL_IDENTITY, restore, scope_of, state
from infra.local.wal import BrokenJournal, Journal

MINISTACK = "1.5.33"

_WRAPPED = ("_set_item", "_remove_item", "_build_change_record", "_items_replaced", "handle_request")
_NEEDED = ("_lock", "_tables", "_stream_records", "_emit_stream_event", "_extract_key_val", "load_persisted_state")
_ITEM_WRITES = (
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
)
_READS = ("Get", "BatchGet", "TransactGet", "Query", "Scan", "Describe", "List", "Search")


class UnknownEngine(BrokenJournal):
    """The installed MiniStack is not the one whose inside this module knows."""


@dataclass
class _Changes:
    """What one request has changed so far."""

    operations: list[dict[str, Any]] = field(default_factory=list)
    needs_snapshot: bool = False


class DurableTables:
    """The tables of one MiniStack in this process, bound to one journal."""

    def __init__(self, dynamodb: ModuleType, journal: Journal) -> None:
        check(dynamodb)
        self._dynamodb = dynamodb
        self._journal = journal
        self._current: ContextVar[_Changes | None] = ContextVar("changes", default=None)
        # Held from the start of a request until its line is written, so that the engine's TTL thread cannot slip a
        # deletion in between. It takes the place of the module's own lock, which that thread holds while it works: two
        # would deadlock. Re-entrant, because requests share one thread.
        self._lock = threading.RLock()
        self._kept_tables: list[list[str]] = []
        self._original: dict[str, Callable[..., Any]] = {name: getattr(dynamodb, name) for name in _WRAPPED}

    def start(self) -> None:
        """Bring back what the journal holds, compact it, and record every change from now on."""
        if not self._journal.is_new:
            restore(self._dynamodb, self._journal.read())
        if self._journal.is_new or self._journal.has_log:
            self._compact()
        else:
            self._kept_tables = [list(scope) for scope, _ in self._dynamodb._tables.all_items()]
        vars(self._dynamodb)["_lock"] = self._lock
        for name in _WRAPPED:
            setattr(self._dynamodb, name, getattr(self, name.removeprefix("_")))

    def stop(self) -> None:
        """Compact the journal and let go of it."""
        with self._lock:
            if self._journal.has_log:
                self._compact()
            self._journal.close()

    # The functions that take the place of MiniStack's; each keeps the signature of its original.

    async def handle_request(self, method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        action = str(headers.get("x-amz-target", "")).rpartition(".")[2]
        alters_tables = action not in _ITEM_WRITES and not action.startswith(_READS)
        with self._lock:
            changes = _Changes()
            token = self._current.set(changes)
            try:
                response = await self._original["handle_request"](method, path, headers, body, query)
                changes.needs_snapshot |= alters_tables and response[0] == HTTPStatus.OK
            finally:
                # Also when the handler failed: what it changed in memory before that can be read, so it must be kept.
                self._current.reset(token)
                self._keep(changes)
            return response

    def set_item(self, table: dict[str, Any], pk: Any, sk: Any, item: dict[str, Any]) -> Any:
        with self._lock:
            old = self._original["_set_item"](table, pk, sk, item)
            self._note({"table": scope_of(table), "set": item}, old)
            return old

    def remove_item(self, table: dict[str, Any], pk: Any, sk: Any) -> Any:
        with self._lock:
            old = self._original["_remove_item"](table, pk, sk)
            if old is not None:
                keys = {name: old[name] for name in (table["pk_name"], table["sk_name"]) if name}
                operation = {"table": scope_of(table), "remove": keys}
                if self._current.get() is None:
                    self._expire(operation, old)
                else:
                    self._note(operation, old)
            return old

    def build_change_record(self, table: dict[str, Any], event: str, old: Any, new: Any, view: str) -> dict[str, Any]:
        record: dict[str, Any] = self._original["_build_change_record"](table, event, old, new, view)
        changes = self._current.get()
        if changes is None:
            return record
        last = changes.operations[-1] if changes.operations else {}
        if view == IMAGES and last.get("table") == scope_of(table) and _is_about(last, old, new):
            data = record["dynamodb"]
            last["record"] = [event, record["eventID"], data["SequenceNumber"], data["ApproximateCreationDateTime"]]
        else:
            changes.operations.append({"table": scope_of(table), "whole_record": record})
        return record

    def items_replaced(self, table: dict[str, Any]) -> None:
        self._original["_items_replaced"](table)
        changes = self._current.get()
        if changes is not None:
            changes.needs_snapshot = True

    def _expire(self, operation: dict[str, Any], old: dict[str, Any]) -> None:
        """Keep a deletion by the TTL thread, and tell the stream of it as DynamoDB does and MiniStack does not."""
        account, region, name = operation["table"]
        changes = _Changes()
        token = self._current.set(changes)
        with request_scope(account, region):
            self._note(operation | {"expired": True}, old)
            self._dynamodb._emit_stream_event(name, "REMOVE", old, None)
            if "record" in changes.operations[-1]:
                self._dynamodb._stream_records[name][-1]["userIdentity"] = TTL_IDENTITY
        self._current.reset(token)
        self._keep(changes)

    def _note(self, operation: dict[str, Any], old: Any) -> None:
        changes = self._current.get()
        if changes is None:  # written by another service of the engine, outside of any request to DynamoDB
            self._keep(_Changes([operation], operation["table"] not in self._kept_tables))
        else:
            changes.operations.append(operation | {"_old": old})
            # A table that another service made (CloudFormation) is in no snapshot yet, and a line needs its table.
            changes.needs_snapshot |= operation["table"] not in self._kept_tables

    def _compact(self) -> None:
        self._kept_tables = [list(scope) for scope, _ in self._dynamodb._tables.all_items()]
        self._journal.compact(state(self._dynamodb))

    def _keep(self, changes: _Changes) -> None:
        try:
            if changes.needs_snapshot:
                self._compact()
            elif changes.operations:
                self._journal.append([{k: v for k, v in one.items() if k != "_old"} for one in changes.operations])
        except OSError as failure:
            # Memory now knows more than the disk. Going on would acknowledge what a restart forgets.
            print(f"the engine stops: it cannot write its journal: {failure}", file=sys.stderr, flush=True)
            os._exit(os.EX_IOERR)


def check(dynamodb: ModuleType) -> None:
    """Refuse a MiniStack whose private functions may not be those that this module wraps."""
    installed = importlib.metadata.version("ministack")
    missing = [name for name in (*_WRAPPED, *_NEEDED) if not hasattr(dynamodb, name)]
    if installed != MINISTACK or missing:
        lacking = f" and lacks {', '.join(missing)}" if missing else ""
        raise UnknownEngine(f"the local instance needs ministack {MINISTACK}, but {installed} is installed{lacking}")


def _is_about(operation: dict[str, Any], old: Any, new: Any) -> bool:
    """The operation alone tells both images: replaying it meets `old` and leaves `new`."""
    if "_old" not in operation or operation.get("set") is not new:
        return False
    return operation["_old"] is old or (operation["_old"] or None) == (old or None)
