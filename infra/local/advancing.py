"""Advancing: an instance's clock put ahead, with everything done that would have been done by then.

Everything scheduled that falls in between is fired in order of time, each at its minute by the instance's clock, and
streams and feeds are drained before the clock goes on. What fires every minute is fired at those minutes at which a
rarer schedule fires too, or something in the table's due index (reminders, holds, leases) has come due since: in the
minutes left out it would have found nothing. So a day takes some ten seconds rather than 1,440 rounds.

The clock never goes back. How far it is ahead is kept with the data, so that a restart does not turn it back either.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.kit import clock
from chalicelib.table import indexes
from infra.local.pollers import Pollers

LONGEST = timedelta(days=60)
_MINUTE = timedelta(minutes=1)
_DRAIN_SECONDS = 120.0


class StillBusy(Exception):
    """Streams or feeds are not drained; the clock stands where it was when that was noticed."""


@dataclass(frozen=True)
class Advanced:
    """How often each schedule was fired on the way."""

    fired: Mapping[str, int]


class Advancing:
    """The clock of one instance; `file` keeps how far it is ahead."""

    def __init__(self, pollers: Pollers, *, table: Any, table_name: str, file: Path) -> None:
        self._pollers, self._file = pollers, file
        self._table, self._table_name = table, table_name
        self._lock = threading.Lock()

    def advance(self, by: timedelta) -> Advanced:
        """Put the clock ahead by so much and do what falls in between; one call at a time. Raises StillBusy."""
        fired: Counter[str] = Counter()
        with self._lock, self._pollers.scheduler.held() as fired_until:
            final = clock.ahead() + by
            self._drain()
            minute = fired_until
            while True:
                minute = self._next(minute, final)
                if minute > _outside() + final:
                    break
                self._put(max(clock.ahead(), min(final, minute - _outside())))
                fired.update(self._pollers.scheduler.fire(minute))
                self._drain()
            self._put(final)
        return Advanced(fired)

    def _next(self, minute: datetime, final: timedelta) -> datetime:
        """The first minute after this one at which there is something to do, or the first behind the end."""
        end = _outside() + final
        due = self._first_due(minute)
        minute += _MINUTE
        while minute <= end and not self._pollers.scheduler.is_rare(minute) and (due is None or due > minute):
            minute += _MINUTE
        return minute

    def _first_due(self, after: datetime) -> datetime | None:
        """When the next of all that waits in the due index comes due."""
        found = [
            page["Items"][0]["due_at"]["S"]
            for sweep in (indexes.DUE, indexes.REMIND)
            for shard in indexes.due_shards(sweep)
            if (page := self._due_in(shard, after))["Items"]
        ]
        return clock.parse(min(found)) if found else None

    def _due_in(self, shard: str, after: datetime) -> Any:
        return self._table.query(
            TableName=self._table_name,
            IndexName="due",
            KeyConditionExpression="due_key = :shard AND due_at > :after",
            ExpressionAttributeValues={":shard": {"S": shard}, ":after": {"S": clock.iso(after)}},
            Limit=1,
        )

    def _drain(self) -> None:
        if not self._pollers.drain(seconds=_DRAIN_SECONDS):
            raise StillBusy("Streams and feeds have more to do than could be waited for; try again shortly.")

    def _put(self, ahead: timedelta) -> None:
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"ahead_seconds": ahead.total_seconds()}), encoding="utf-8")
        temporary.rename(self._file)
        clock.put_ahead(ahead)


def _outside() -> datetime:
    return clock.outside(clock.precise())


def restore(file: Path) -> None:
    """Put this process's clock as far ahead as that of the instance before was; ValueError for a damaged file."""
    kept = json.loads(file.read_text(encoding="utf-8"))["ahead_seconds"] if file.exists() else 0
    clock.put_ahead(timedelta(seconds=float(kept)))
