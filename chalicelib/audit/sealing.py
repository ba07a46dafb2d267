"""Sealing: what is old enough is listed, chained to the seal before, and signed; from then on any change of it shows.

A seal covers a stretch of time, not a list of keys alone: one begins where the last one ended, so an entry that is
put into sealed time later shows as well. Seal and mark are one transaction, so a sealer may be killed anywhere, and of
two at once only one adds a seal.
"""

import itertools
from datetime import datetime, timedelta

from chalicelib.audit import digests, signatures
from chalicelib.audit.recording import GRACE
from chalicelib.kit import clock
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.log import logger
from chalicelib.table import audit, keys, seals
from chalicelib.table.base import Raw
from chalicelib.table.seals import LatestSealItem, SealItem

MOST = 1_000  # entries of one seal, about 130 bytes each: an item stays far below DynamoDB's 400 KB
_ROUNDS = 50
_AT_LEAST_EVERY = timedelta(hours=1)  # a seal of nothing says that nothing was written
_BEFORE_THE_FIRST = timedelta(days=7)


class TrailBroken(CareSlotError):
    """The end of the chain is not as the sealer left it."""

    code = "trail_broken"

    def __init__(self) -> None:
        super().__init__("The last seal of the audit trail is not as it was signed; nothing more is sealed.")


def run(now: datetime) -> int:
    """Seal every entry that is older than the grace; how many. What is left over is the next run's; TrailBroken."""
    boundary, sealed, last = clock.iso(now - GRACE), 0, _end_of_chain()
    for _ in range(_ROUNDS):
        since = last.until if last else beginning(now)
        if since >= boundary:
            break
        # What is in a wrong partition is nobody's entry; left out, it shows as put in.
        found = list(itertools.islice(filter(audit.is_in_place, audit.between(since, boundary)), MOST + 1))
        if not found and last and now - clock.parse(last.at) < _AT_LEAST_EVERY:
            break
        until = str(found[MOST]["SK"]["S"]) if len(found) > MOST else boundary
        seal = _seal(found[:MOST], since=since, until=until, last=last, now=now)
        mark = _mark(seal)
        if not seals.add(seal, mark, behind=last):
            break
        # The head also goes to the log, which is kept apart from the table.
        logger.info("audit sealed", extra={"seal": int(seal.number), "entries": int(seal.total), "head": seal.head})
        sealed, last = sealed + int(seal.total), mark
    return sealed


def beginning(now: datetime) -> str:
    """From where on the first seal covers, so that what was written before the first run is covered too."""
    return clock.iso(now - _BEFORE_THE_FIRST)


def _end_of_chain() -> LatestSealItem | None:
    raw = seals.latest()
    if raw is None and next(seals.behind(seals.FIRST), None) is None:
        return None
    last = signatures.mark(raw) if raw else None
    if last is None:
        raise TrailBroken
    return last


def _seal(entries: list[Raw], *, since: str, until: str, last: LatestSealItem | None, now: datetime) -> SealItem:
    seal = SealItem(
        *keys.seal(until),
        number=int(last.number) + 1 if last else 1,
        since=since,
        total=len(entries),
        listed="\n".join(f"{digests.entry(raw)} {raw['SK']['S']}" for raw in entries),
        at=clock.iso(now),
        previous=last.head if last else "",
    )
    signatures.sign_seal(seal)
    return seal


def _mark(seal: SealItem) -> LatestSealItem:
    mark = LatestSealItem(*keys.latest_seal(), number=seal.number, until=seal.until, at=seal.at, head=seal.head)
    signatures.sign_mark(mark)
    return mark
