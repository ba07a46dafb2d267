"""Keeps what the engine's small services hold (queues, buckets, topics, secrets …) in one file each, across restarts.

A service is saved before the reply to a request that may have changed it leaves, so an acknowledged message is not
lost by SIGKILL. When saving gets slow (a queue with thousands of messages), it moves behind the reply, to a quarter
of a second later at most. Receiving does not save: forgetting a receipt only makes a message visible again, which
every consumer must stand anyway.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from ministack.core.persistence import _json_default, _json_object_hook

from infra.local.wal import BrokenJournal

_QUICK_SECONDS = 0.25  # a busy machine must not make a small save look slow
_LATER_SECONDS = 0.25
_HARMLESS = ("Get", "List", "Describe", "Receive", "Head", "Lookup")
_OWN_STORE = ("dynamodb", "dynamodbstreams", "dynamodb_streams")  # the journal keeps these

Handler = Callable[[str, str, Any, bytes, Any], Awaitable[Any]]


class SavedServices:
    """The services of one MiniStack in this process, bound to one folder."""

    def __init__(self, ministack: ModuleType, folder: Path) -> None:
        self._ministack = ministack
        self._folder = folder
        self._last: dict[str, str] = {}
        self._cost = 0.0
        self._planned: asyncio.TimerHandle | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Bring back what was saved, and save every change from now on."""
        for key, module in self._ministack._state_map.items():
            path = self._folder / f"{key}.json"
            if key in _OWN_STORE or not path.exists():
                continue
            text = path.read_text(encoding="utf-8")
            state = _parse(text)
            if not isinstance(state, dict):
                raise BrokenJournal(f"{path} is damaged")
            self._ministack._get_module(module).load_persisted_state(state)
            self._last[key] = text
        handlers = self._ministack.SERVICE_HANDLERS
        for name, handler in handlers.items():
            if name not in _OWN_STORE:
                handlers[name] = self._saving(handler)

    def save(self) -> None:
        """Write every service whose state differs from what is on disk."""
        started = time.perf_counter()
        for key, get_state in self._ministack._build_persistence_save_dict().items():
            if key in _OWN_STORE:
                continue
            text = json.dumps(get_state(), default=_json_default)
            if self._last.get(key) != text:
                self._write(self._folder / f"{key}.json", text)
                self._last[key] = text
        self._cost = time.perf_counter() - started

    def _saving(self, handler: Handler) -> Handler:
        async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
            response = await handler(method, path, headers, body, query)
            if not _is_harmless(method, headers, body, query):
                if self._cost < _QUICK_SECONDS:
                    self.save()
                self._plan()  # also after a save: some services finish their work behind the reply
            return response

        return handle

    def _plan(self) -> None:
        if self._planned is None:
            self._planned = asyncio.get_running_loop().call_later(_LATER_SECONDS, self._planned_save)

    def _planned_save(self) -> None:
        self._planned = None
        self.save()

    @staticmethod
    def _write(path: Path, text: str) -> None:
        temporary = path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)  # no fsync: SIGKILL leaves the page cache alone, and a power cut is not what this is for
        temporary.rename(path)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_hook=_json_object_hook)
    except ValueError:
        return None


def _is_harmless(method: str, headers: Any, body: bytes, query: Any) -> bool:
    """By the action's name where there is one (JSON and query protocols), else by the HTTP method (S3, SES v2)."""
    action = str(headers.get("x-amz-target", "")).rpartition(".")[2]
    if not action:
        named = query.get("Action") or [body.partition(b"Action=")[2].partition(b"&")[0].decode("latin-1")]
        action = named[0] if isinstance(named, list) else str(named)
    if action:
        return action.startswith(_HARMLESS)
    return method in ("GET", "HEAD")
