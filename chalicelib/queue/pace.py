"""How fast a doctor is: the minutes of the latest consultations by kind of visit, written as each of them ends."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.cache import Memory
from chalicelib.queue.wait import Pace
from chalicelib.scheduling.companions import Outrun
from chalicelib.table import queue
from chalicelib.table.queue import EntryItem, PaceItem
from chalicelib.table.transaction import Transaction

_KEPT = 60  # consultations, of all kinds together


def _of(doctor_id: str) -> Pace:
    found: Pace = queue.pace(doctor_id).minutes
    return found


of: Memory[Pace] = Memory(_of)
"""A doctor's latest minutes by kind, remembered for a minute."""


def took(entry: EntryItem, now: datetime) -> Callable[[Transaction], None]:
    """Adds to a transaction that the entry's consultation ends now; the commit raises Outrun when another one ended."""
    started = clock.parse(entry.consultation_start or clock.iso(now))
    minutes = round((now - started).total_seconds() / 60, 1)

    def add(tx: Transaction) -> None:
        known = queue.pace(entry.doctor_id)
        version = int(known.version)
        kept = [(kind, minute) for kind, those in known.minutes.items() for minute in those]
        by_kind = {kind: list(those) for kind, those in known.minutes.items()}
        by_kind.setdefault(entry.visit_kind, []).append(minutes)
        if len(kept) >= _KEPT:
            longest = max(by_kind, key=lambda kind: len(by_kind[kind]))
            by_kind[longest].pop(0)
        item = PaceItem(*known.key, minutes=by_kind, version=version + 1)
        as_read = PaceItem.version == version if version else PaceItem.PK.does_not_exist()
        tx.put(item, unless=as_read, refusal=Outrun)

    return add
