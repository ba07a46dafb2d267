"""The data folder of one local instance: recognised by a mark, held by one instance at a time, emptied only when it
is ours.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import time
from pathlib import Path
from typing import IO

_MARK = "careslot.json"
_FORMAT = {"careslot_data_folder": 1}
_DEMO = "demo.txt"
_PREDECESSOR_SECONDS = 15  # an engine whose parent was killed may still be compacting


class FolderRefused(Exception):
    """The folder cannot be used; the message says which and why."""


class DataFolder:
    """An open data folder; `close` gives it back."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path = path
        self.engine = path / "engine"
        self.positions = path / "positions.json"
        self.clock = path / "clock.json"
        self.log = path / "careslot.log"
        self._lock = lock

    @classmethod
    def open(cls, path: Path, *, reset: bool = False) -> DataFolder:
        """Take the folder, made when it is missing; with `reset`, empty it of everything that an instance stores."""
        path = path.absolute()
        try:
            path.mkdir(parents=True, exist_ok=True)
            _recognise(path)
            lock = hold(path / "lock", f"{path} is in use by another running instance")
            if reset:
                _empty(path)
            (path / _MARK).write_text(json.dumps(_FORMAT), encoding="utf-8")
        except OSError as failure:
            raise FolderRefused(f"{path} cannot be used as data folder: {failure.strerror}") from failure
        return cls(path, lock)

    @property
    def demo(self) -> str:
        """What became of the demo clinic: "" (new folder), "begun", "done" or "declined"."""
        path = self.path / _DEMO
        return path.read_text(encoding="utf-8").strip() if path.exists() else ""

    @demo.setter
    def demo(self, state: str) -> None:
        (self.path / _DEMO).write_text(state, encoding="utf-8")

    def close(self) -> None:
        """Let another instance take the folder."""
        self._lock.close()


def hold(path: Path, refusal: str, *, patience: float = 0) -> IO[str]:
    """Lock the file until it is closed; FolderRefused when another process holds it for longer than `patience`."""
    file = path.open("a")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            if busy.errno not in (errno.EAGAIN, errno.EACCES) or time.monotonic() >= deadline:
                file.close()
                raise FolderRefused(refusal) from None
            time.sleep(0.05)
        else:
            return file


def hold_engine(folder: Path) -> IO[str]:
    """Lock the engine's part of a data folder, waiting for a predecessor that is on its way out."""
    return hold(folder / "engine.lock", f"{folder} is in use by another engine", patience=_PREDECESSOR_SECONDS)


def _recognise(path: Path) -> None:
    mark = path / _MARK
    if not mark.exists():
        if any(name != "lock" for name in os.listdir(path)):
            raise FolderRefused(
                f"{path} is not a CareSlot data folder, and it is not empty: choose another with --data"
            )
        return
    try:
        made = json.loads(mark.read_text(encoding="utf-8"))
    except ValueError:
        made = None
    if made != _FORMAT:
        raise FolderRefused(f"{mark} is damaged or made by another version: choose another folder with --data")


def _empty(path: Path) -> None:
    """Delete what an instance stores, by name: a stranger's file that got in here stays."""
    if (path / "engine").exists():
        hold_engine(path / "engine").close()
        shutil.rmtree(path / "engine")
    shutil.rmtree(path / "sessions", ignore_errors=True)
    for name in ("issuer.json", "positions.json", "clock.json", _DEMO, "careslot.log", "careslot.old.log"):
        (path / name).unlink(missing_ok=True)
