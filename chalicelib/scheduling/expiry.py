"""Holds end on time: whoever meets an expired one clears it away, and a sweep clears the rest."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.log import logger
from chalicelib.scheduling import claims, statuses
from chalicelib.table import base, indexes, sheets, tallies
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.keys import Key
from chalicelib.table.transaction import Transaction, never

_BATCH = 200


class _SettledAlready(Exception):
    """Someone confirmed, cancelled or cleared the hold first; there is nothing left to do."""


def release(hold_ids: Iterable[str], now: datetime) -> int:
    """End these holds if they have expired; answers how many this call ended. Safe to repeat and to race."""
    return sum(_release(hold_id, now) for hold_id in sorted(hold_ids))


def sweep(now: datetime) -> int:
    """End every hold that was due by `now`; answers how many."""
    ended = 0
    for shard in indexes.due_shards():
        due = base.query(shard, index="due", names=("due_key", "due_at"), between=("0", clock.iso(now)), limit=_BATCH)
        for raw, _ in due:
            key = Key(raw["PK"]["S"], raw["SK"]["S"])
            if key.sk == "APPOINTMENT":
                ended += _release(key.pk.removeprefix("APPOINTMENT#"), now)
    if ended:
        logger.info("holds expired", extra={"count": ended})
    return ended


def _release(hold_id: str, now: datetime) -> int:
    held = AppointmentItem.find(hold_id)
    if held is None or held.status != statuses.HELD or held.hold_expires > now.timestamp():
        return 0
    tx = Transaction()
    for changes in claims.release(claims.of(held)).values():
        for change in changes:
            tx.raw_update(sheets.operation(change), refusal=_SettledAlready)
    fields = {
        "status": statuses.CANCELLED,
        "cancel_reason_code": "hold_expired",
        "version": int(held.version) + 1,
        "updated_at": clock.iso(now),
        "updated_by": SYSTEM.actor,
        "request_id": "expiry",
        "write": tx.token,
        **dict.fromkeys(("due_key", "due_at", "hold_expires")),
    }
    unchanged = AppointmentItem.unchanged(int(held.version))
    tx.update(held.key, base.setting(AppointmentItem, fields), condition=unchanged, refusal=_SettledAlready)
    tx.raw_update(tallies.leave(held.patient_id, held.id), refusal=never)
    try:
        tx.commit()
    except _SettledAlready:
        return 0
    return 1
