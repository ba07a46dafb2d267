"""The journal keeps what was appended, whatever kills the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.wal import BrokenJournal, Journal

ROOT = Path(__file__).parents[2]


def journal_of(folder: Path, *values: object) -> Journal:
    journal = Journal(folder)
    journal.compact(["snapshot"])
    for value in values:
        journal.append(value)
    return journal


def test_a_journal_gives_back_its_snapshot_and_then_its_log(tmp_path: Path) -> None:
    journal_of(tmp_path, {"a": 1}, ["naïve 🦷"]).close()

    stored = list(Journal(tmp_path).read())

    assert stored == ["snapshot", {"a": 1}, ["naïve 🦷"]]


@pytest.mark.parametrize("torn", [b"0", b"00000000 [1", b'00000000 ["wrong sum"]\n', b"\x00\x00\x00"])
def test_a_torn_last_line_is_cut_off_and_the_log_goes_on(tmp_path: Path, torn: bytes) -> None:
    journal_of(tmp_path, 1, 2).close()
    with (tmp_path / "1.log").open("ab") as log:
        log.write(torn)

    reopened = Journal(tmp_path)
    before = list(reopened.read())
    reopened.append(3)

    assert before == ["snapshot", 1, 2]
    assert list(Journal(tmp_path).read()) == ["snapshot", 1, 2, 3]


def test_a_line_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    journal_of(tmp_path, 1, 2).close()
    log = tmp_path / "1.log"
    log.write_bytes(b"x" + log.read_bytes()[1:])

    with pytest.raises(BrokenJournal, match=r"line 1 of .*1\.log is damaged"):
        list(Journal(tmp_path).read())


def test_a_snapshot_without_its_end_is_refused(tmp_path: Path) -> None:
    journal_of(tmp_path).close()
    snapshot = tmp_path / "1.snapshot"
    snapshot.write_bytes(snapshot.read_bytes().splitlines(keepends=True)[0])

    with pytest.raises(BrokenJournal, match="ends too early"):
        list(Journal(tmp_path).read())


def test_a_log_without_its_snapshot_is_refused(tmp_path: Path) -> None:
    journal_of(tmp_path, 1).close()
    (tmp_path / "1.snapshot").unlink()

    with pytest.raises(BrokenJournal, match="without the snapshot"):
        Journal(tmp_path)


def test_a_compaction_killed_while_it_writes_loses_nothing(tmp_path: Path) -> None:
    journal_of(tmp_path, 1, 2).close()
    killed_midway = """
import os, pathlib, signal, sys
from infra.local.wal import Journal

def state():
    yield from ("snapshot", 1)
    os.kill(os.getpid(), signal.SIGKILL)

Journal(pathlib.Path(sys.argv[1])).compact(state())
"""

    ended = subprocess.run([sys.executable, "-c", killed_midway, str(tmp_path)], cwd=ROOT, check=False)

    assert ended.returncode == -signal.SIGKILL
    assert list(Journal(tmp_path).read()) == ["snapshot", 1, 2]


@pytest.mark.parametrize("left_behind", [["1.snapshot", "1.log"], ["1.log"], []])
def test_a_compaction_killed_after_its_rename_counts(tmp_path: Path, left_behind: list[str]) -> None:
    journal_of(tmp_path, 1, 2).close()
    older = {name: (tmp_path / name).read_bytes() for name in left_behind}
    Journal(tmp_path).compact(["all", "of", "it"])
    for name, content in older.items():
        (tmp_path / name).write_bytes(content)

    stored = list(Journal(tmp_path).read())

    assert stored == ["all", "of", "it"]
    assert sorted(os.listdir(tmp_path)) == ["2.snapshot"]
