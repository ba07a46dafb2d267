"""Runs: what somebody, or the night, wants to have done together; those that a worker goes through remember how far.

Appointments are marked one after the other, patients are looked up and days are read one after the other: that is due
until it has ended. How far each marked appointment is stands with its own link.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kit import ids
from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item
from chalicelib.table.keys import Key
from chalicelib.table.transaction import Transaction

TELL, ENROL, IMPORT, SWEEP = "tell", "enrol", "import", "sweep"
READING = frozenset({IMPORT, SWEEP})
"""Runs that read days."""
_KEPT_SECONDS = 30 * 86_400
_MOST_READ = 200
_UNFINISHED = 25
_SHARD = indexes.due_shard("RUN", indexes.OFFICE_RUNS)  # few are unfinished at any time


class OfficeRunItem(Item, discriminator="officerun"):
    """`first` and `last` are local dates, `thing_ids` what there was to do when the run began: ids, or dates.

    `done` is how many of these were gone through and `failed` how many of them in vain, `calls` what that has cost;
    `found` counts the visits that were put into the inbox, and `drift` says which. `add` has patients added there.
    """

    first = UnicodeAttribute()
    last = UnicodeAttribute()
    began_at = UnicodeAttribute()
    thing_ids: Any = JSONAttribute()
    purpose = UnicodeAttribute(null=True)
    done = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)
    calls = NumberAttribute(null=True)
    found = NumberAttribute(null=True)
    drift: Any = JSONAttribute(null=True)
    add = BooleanAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.SK).split("#")[1]

    @property
    def office_key(self) -> str:
        """The office's key."""
        return str(self.PK).split("#", 1)[1]

    @property
    def left(self) -> list[str]:
        """What is still to be gone through."""
        return [] if self.ended_at or self.due_key is None else list(self.thing_ids[int(self.done or 0) :])


class RunKeyItem(Item, discriminator="officerunkey"):
    """Which run was begun under an idempotency key, so that a repeat begins no other."""

    run_id = UnicodeAttribute()


class _Begun(Exception):
    """A run was begun under the key, or the id."""


def begin(
    office_key: str,
    *,
    first: str,
    last: str,
    thing_ids: list[str],
    now: str,
    seconds: int,
    by: str,
    purpose: str = TELL,
    add: bool = False,
    run_id: str | None = None,
    key: str = "",
    fingerprint: str = "",
    request_id: str = "",
) -> OfficeRunItem:
    """A new run, whose ids sort by time; with a `run_id` the one that has begun under it already, if there is one.

    Under a `key` it is the one that was begun under that; its `fingerprint` and `request_id` say by whom. What is to
    be gone through is due from now on.
    """
    place = keys.office(office_key, "RUN", run_id or ids.new(_prefix(purpose)))
    item = OfficeRunItem(*place, first=first, last=last, began_at=now, thing_ids=thing_ids, purpose=purpose)
    item.expires_at, item.updated_by, item.fingerprint = seconds + _KEPT_SECONDS, by, fingerprint or None
    item.request_id = request_id or None
    item.done = item.failed = item.calls = item.found = 0
    item.add = add or None
    if thing_ids:
        item.due_key, item.due_at = _SHARD, now
    else:
        item.ended_at = now
    mark = RunKeyItem(*keys.office(office_key, "RUNKEY", key), run_id=item.id, expires_at=item.expires_at)
    transaction = Transaction(landed=lambda: find(office_key, item.id) is not None)
    transaction.put(item, refusal=_Begun)
    if key:
        transaction.put(mark, refusal=_Begun)
    try:
        transaction.commit()
    except _Begun:
        first_mark = RunKeyItem.read(base.get(mark.key, consistent=True)) if key else None
        return find(office_key, first_mark.run_id if first_mark else item.id) or item
    return item


def _prefix(purpose: str) -> str:
    return "swp" if purpose == SWEEP else "run"


def latest(office_key: str, *, most: int, purpose: str = TELL) -> Iterator[OfficeRunItem]:
    """The latest runs of this purpose among the latest two hundred that are no sweeps, or are; the newest first."""
    between = (f"RUN#{_prefix(purpose)}_", f"RUN#{_prefix(purpose)}_~")
    rows = base.query(keys.office(office_key).pk, between=between, newest_first=True, limit=most)
    found = (OfficeRunItem.from_raw_data(raw) for raw, _ in islice(rows, _MOST_READ))
    return islice((one for one in found if (one.purpose or TELL) == purpose), most)


def find(office_key: str, run_id: str) -> OfficeRunItem | None:
    """A run as it is now."""
    return OfficeRunItem.read(base.get(keys.office(office_key, "RUN", run_id), consistent=True))


def unfinished(office_key: str) -> list[OfficeRunItem]:
    """The runs that are gone through, in the order in which they began, each as it is now."""
    mine = keys.office(office_key).pk
    wanted = [key for key in _due("9999", most=_UNFINISHED) if key.pk == mine]
    raws = base.get_many(wanted, consistent=True) if wanted else {}
    return [OfficeRunItem.from_raw_data(raws[key]) for key in wanted if key in raws]


def is_any_due(now: str) -> bool:
    """Whether any run is to be gone through by now."""
    return bool(_due(now, most=1))


def _due(until: str, *, most: int) -> list[Key]:
    rows = base.query(_SHARD, index="due", names=("due_key", "due_at"), between=("0", until), limit=most)
    return [Key(raw["PK"]["S"], raw["SK"]["S"]) for raw, _ in islice(rows, most)]


def go_on(run: OfficeRunItem, *, ended_at: str | None, **fields: Any) -> bool:
    """Note how far the run has come; False when somebody else has gone on with it since it was read.

    With `ended_at` it is over and due no more.
    """
    ended = {"ended_at": ended_at, "due_key": None, "due_at": None} if ended_at else {}
    mine = (OfficeRunItem.done == run.done) & OfficeRunItem.due_key.exists()
    if base.update(run.key, base.setting(OfficeRunItem, {**fields, **ended}), condition=mine) is None:
        return False
    for name, value in {**fields, **ended}.items():
        setattr(run, name, value)
    return True
