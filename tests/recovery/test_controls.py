"""The negative controls of the recovery tests: an engine that forgets what it acknowledged, or keeps half of it.

Both are made by hand out of what a killed instance left: the end of the log is cut off, as if it had been written only
after the replies; and one operation is taken out of a transaction's line, as if that had been written in parts.
"""

import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.testing import start_engine
from infra.table_audit import Report, audit
from tests.instance import Instance
from tests.recovery.clients import Clients, journal

BOOKINGS = 40
TABLE = "careslot-local"


@pytest.fixture
def promised(start: Callable[[], Instance], until: Callable[..., None]) -> dict[str, str]:
    """What clients were promised by an instance that was killed then."""
    instance = start()
    clients = Clients(instance)
    wishes = clients.open_clinic()
    threads = clients.book({f"visit-{place}": next(wishes) for place in range(2 * BOOKINGS)})
    until(lambda: len(clients.told) >= BOOKINGS, seconds=60)
    instance.kill()
    for thread in threads:
        thread.join()
    return clients.promised()


def after_restart(data: Path) -> Report:
    with start_engine(data / "engine") as engine:
        return audit(engine.client("dynamodb"), TABLE, datetime.now(UTC))


def line_of(operations: list[dict[str, Any]]) -> bytes:
    text = json.dumps(operations, separators=(",", ":")).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def is_booking(line: bytes) -> bool:
    keys = [operation.get("set", {}).get("SK", {}).get("S", "") for operation in json.loads(line[9:])]
    return "APPOINTMENT" in keys


def test_what_the_instance_left_is_whole(promised: dict[str, str], tmp_path: Path) -> None:
    report = after_restart(tmp_path)

    assert report.violations == []
    assert report.compare(promised).lost == {}


def test_a_log_that_lags_behind_the_replies_is_found_to_have_lost_bookings(
    promised: dict[str, str], tmp_path: Path
) -> None:
    log = journal(tmp_path)
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[: len(lines) // 2]))

    report = after_restart(tmp_path)

    assert report.compare(promised).lost != {}


@pytest.mark.usefixtures("promised")
def test_a_transaction_that_is_kept_in_part_is_found_to_be_a_half_booking(tmp_path: Path) -> None:
    log = journal(tmp_path)
    lines = log.read_bytes().splitlines(keepends=True)
    place = max(number for number, line in enumerate(lines) if is_booking(line))
    lines[place] = line_of(json.loads(lines[place][9:])[1:])
    log.write_bytes(b"".join(lines))

    report = after_restart(tmp_path)

    assert {violation.kind for violation in report.violations} & {"missing_cell", "orphaned_cell"}
