"""Runs: which appointments somebody wanted to have told together; how far each is stands with its own link."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.kit import ids
from chalicelib.table import base, keys
from chalicelib.table.base import Item

_KEPT_SECONDS = 30 * 86_400


class OfficeRunItem(Item, discriminator="officerun"):
    """`first` and `last` are local dates, `thing_ids` the appointments between them when the run began."""

    first = UnicodeAttribute()
    last = UnicodeAttribute()
    began_at = UnicodeAttribute()
    thing_ids: Any = JSONAttribute()

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.SK).split("#")[1]


def begin(
    office_key: str, *, first: str, last: str, thing_ids: list[str], now: str, seconds: int, by: str
) -> OfficeRunItem:
    """A new run; its ids sort by time."""
    key = keys.office(office_key, "RUN", ids.new("run"))
    item = OfficeRunItem(*key, first=first, last=last, began_at=now, thing_ids=thing_ids)
    item.expires_at, item.updated_by = seconds + _KEPT_SECONDS, by
    base.put_many([item])
    return item


def latest(office_key: str, *, most: int) -> Iterator[OfficeRunItem]:
    """The latest runs, the newest first."""
    rows = base.query(keys.office(office_key).pk, between=("RUN#", "RUN#~"), newest_first=True, limit=most)
    for raw, _ in islice(rows, most):
        yield OfficeRunItem.from_raw_data(raw)
