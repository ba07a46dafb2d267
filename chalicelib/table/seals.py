"""Seals: each lists the entries of one stretch of time and the head of the seal before; the latest is marked."""

from collections.abc import Iterable, Iterator

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item, Raw
from chalicelib.table.transaction import Transaction

FIRST = "0"  # before every seal: seals are sorted by time
_LAST = ":"  # behind every seal, and before the mark of the latest
_PAGE = 20


class SealItem(Item, discriminator="seal"):
    """All entries from `since` up to and without the sort key: `listed` is a line `<digest> <place>` for each."""

    number = NumberAttribute()
    since = UnicodeAttribute()
    total = NumberAttribute()
    listed = UnicodeAttribute()
    at = UnicodeAttribute()
    previous = UnicodeAttribute()
    head = UnicodeAttribute()
    signature = UnicodeAttribute()

    @property
    def until(self) -> str:
        """The place before which everything is covered by this seal or an earlier one."""
        return str(self.SK)

    def entries(self) -> dict[str, str]:
        """The digests of the entries, by place."""
        lines = (line.partition(" ") for line in self.listed.split("\n") if line)
        return {place: digest for digest, _, place in lines}


class LatestSealItem(Item, discriminator="latest_seal"):
    """Which seal is the last one, so that one cut off at the end is missed."""

    number = NumberAttribute()
    until = UnicodeAttribute()
    at = UnicodeAttribute()
    head = UnicodeAttribute()
    signature = UnicodeAttribute()


class SealedMeanwhile(Exception):
    """Another sealer was faster."""


def add(seal: SealItem, mark: LatestSealItem, *, behind: LatestSealItem | None) -> bool:
    """Put the seal at the end of the chain and mark it as the last, or neither; False when the end is another now."""
    is_end = LatestSealItem.head == behind.head if behind else LatestSealItem.PK.does_not_exist()
    transaction = Transaction(landed=lambda: _is_latest(mark))
    transaction.put(seal, refusal=SealedMeanwhile)
    transaction.put(mark, unless=is_end, refusal=SealedMeanwhile)
    try:
        transaction.commit()
    except SealedMeanwhile:
        return False
    return True


def latest() -> Raw | None:
    """The mark of the last seal as the table has it; None before the first."""
    return base.get(keys.latest_seal(), consistent=True)


def behind(until: str) -> Iterator[Raw]:
    """The seals that end behind a place, in order, as the table has them."""
    found = base.query(keys.SEALS, between=(_behind(until), _LAST), limit=_PAGE, consistent=True)
    return (raw for raw, _ in found)


def covering(places: Iterable[str]) -> dict[str, int]:
    """The numbers of the seals that cover these places, given in order; a place that is not sealed has none."""
    found: dict[str, int] = {}
    seal: SealItem | None = None
    for place in places:
        if seal is None or seal.until <= place:
            raw = next(base.query(keys.SEALS, between=(_behind(place), _LAST), limit=1), (None, None))[0]
            seal = SealItem.read(raw)
            if seal is None:
                break
        if seal.since <= place:
            found[place] = int(seal.number)
    return found


def _behind(place: str) -> str:
    return place + " "  # see table/audit.py


def _is_latest(mark: LatestSealItem) -> bool:
    found = latest()
    return found is not None and found.get("head") == {"S": mark.head}
