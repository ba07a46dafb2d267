"""A journal on disk: a snapshot, and a log of what changed since; every change that was appended is there after a
SIGKILL.

The folder holds generations. `7.snapshot` is the whole state at one moment and `7.log` what changed after it.
Compaction writes `8.snapshot.tmp`, syncs it, renames it to `8.snapshot` and starts `8.log`; until the rename
generation 7 stands untouched, after it generation 8 is complete. So there is no moment at which a kill loses
something.

Every line is a checksum and one JSON value. A line is one `write` of the operating system, without a buffer of ours:
once `append` returns, only the machine's own failure (power, kernel) can still lose it, because the log is not synced
line by line.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_NAME = re.compile(r"(\d+)\.(snapshot|log|snapshot\.tmp)")
_CHECKSUM = 8  # hexadecimal digits


class BrokenJournal(Exception):
    """The journal on disk is not one that we wrote to the end; the sentence says which file and why."""


class Journal:
    """The newest generation of one folder; one process at a time may hold it (the caller locks the folder)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._generation = max((number for number, kind in self._files() if kind == "snapshot"), default=0)
        if self._generation == 0 and any(kind == "log" for _, kind in self._files()):
            raise BrokenJournal(f"{folder} holds a log without the snapshot that it continues")
        self._descriptor = -1
        self._drop_others()

    @property
    def is_new(self) -> bool:
        """Nothing was ever stored here."""
        return self._generation == 0

    @property
    def has_log(self) -> bool:
        """Something changed since the snapshot."""
        return self._generation > 0 and self._log.exists() and self._log.stat().st_size > 0

    def read(self) -> Iterator[Any]:
        """Everything stored, oldest first: the snapshot's values, then the log's, whose torn last line is cut off."""
        if self.is_new:
            return
        yield from self._read_snapshot()
        yield from self._read_log()

    def append(self, value: Any) -> None:
        """Store one value; when this returns, a SIGKILL cannot lose it."""
        if self._descriptor < 0:
            self._descriptor = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        line = memoryview(_line(value))
        while line:
            line = line[os.write(self._descriptor, line) :]

    def compact(self, state: Iterable[Any]) -> None:
        """Replace everything stored by `state`."""
        temporary = self._folder / f"{self._generation + 1}.snapshot.tmp"
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            count = 0
            for value in state:
                file.write(_line(value))
                count += 1
            file.write(_line({"end": count}))
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(temporary.with_suffix(""))
        _sync_folder(self._folder)
        self.close()
        self._generation += 1
        self._drop_others()

    def close(self) -> None:
        """Let go of the log."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def _log(self) -> Path:
        return self._folder / f"{self._generation}.log"

    def _read_snapshot(self) -> Iterator[Any]:
        path = self._folder / f"{self._generation}.snapshot"
        held: Any = None
        count = -1
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if count >= 0:
                    yield held
                held, count = _parse(line, path, number), number - 1
        if held != {"end": count}:
            raise BrokenJournal(f"{path} ends too early")

    def _read_log(self) -> Iterator[Any]:
        path = self._log
        if not path.exists():
            return
        size, sound = path.stat().st_size, 0
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    value = _parse(line, path, number)
                except BrokenJournal:
                    if sound + len(line) < size:
                        raise
                    break  # torn: it was never acknowledged
                sound += len(line)
                yield value
        if sound < size:
            os.truncate(path, sound)

    def _files(self) -> list[tuple[int, str]]:
        matches = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return [(int(match[1]), match[2]) for match in matches if match]

    def _drop_others(self) -> None:
        for number, kind in self._files():
            if number != self._generation or kind == "snapshot.tmp":
                (self._folder / f"{number}.{kind}").unlink()


def _line(value: Any) -> bytes:
    text = json.dumps(value, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _parse(line: bytes, path: Path, number: int) -> Any:
    text = line[_CHECKSUM + 1 : -1]
    if line[-1:] != b"\n" or line[: _CHECKSUM + 1] != b"%08x " % zlib.crc32(text):
        raise BrokenJournal(f"line {number} of {path} is damaged")
    return json.loads(text)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
