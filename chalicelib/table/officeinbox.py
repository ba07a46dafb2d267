"""What AdvancedMD has told and nobody has dealt with yet, one item for each visit; and how far its telling was heard.

A visit that is told again before it was dealt with stands here once, to be read: of two who have heard of it nobody
knows whose news is the later. What cannot be dealt with without people stays, and waits for them.
"""

import heapq
from collections.abc import Iterator
from itertools import islice
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.table import base, indexes, keys
from chalicelib.table.base import Item
from chalicelib.table.keys import Key


class InboxItem(Item, discriminator="officeinbox"):
    """`told` is the visit as it was told at `told_at`, None when it has to be read; each telling has its `mark`.

    `conflict` is what stands in the way of dealing with it.
    """

    told: Any = JSONAttribute(null=True)
    gone = BooleanAttribute(null=True)
    told_at = UnicodeAttribute()
    mark = UnicodeAttribute()
    conflict: Any = JSONAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    missing = "visit from AdvancedMD"

    @property
    def visit_id(self) -> int:
        """The number of the visit there."""
        return int(str(self.SK).split("#", 1)[1])

    @property
    def office_key(self) -> str:
        """The office's key."""
        return str(self.PK).split("#", 1)[1]

    @classmethod
    def says_nothing_else(cls, fields: dict[str, Any]) -> Condition:
        """Nothing lies here of the visit, or what is told of it now."""
        said: dict[str, Any] = {"told": None, "gone": None, **fields}
        same = cls.told.does_not_exist() if said["told"] is None else cls.told == said["told"]
        same &= cls.gone.does_not_exist() if said["gone"] is None else cls.gone == said["gone"]
        nothing: Condition = cls.PK.does_not_exist() | (cls.conflict.does_not_exist() & same)
        return nothing

    @classmethod
    def is_marked(cls, mark: str) -> Condition:
        """It has not been told anew."""
        return cls.mark == mark


class CursorItem(Item, discriminator="officecursor"):
    """`heard` is the server's time to be echoed; `pulled_at` and `swept_on` are ours. `drift` is what a sweep found
    and `unread` how many of its days it could not read.

    `asked_at` is when somebody last wanted to have heard, `failed_at` when it was last tried in vain, `failures` how
    often it has been since it was heard.
    """

    heard = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True)
    pulled_at = UnicodeAttribute(null=True)
    pulled = NumberAttribute(null=True)
    failed_at = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    swept_on = UnicodeAttribute(null=True)
    drift = NumberAttribute(null=True)
    unread = NumberAttribute(null=True)


def put(office_key: str, visits: Iterator[tuple[int, dict[str, Any]]], *, mark: str, now: str) -> int:
    """Keep what was told of these visits, of those that lie here already only that they have to be read; how many."""
    count = 0
    for visit_id, fields in visits:
        count += 1
        key = _key(office_key, visit_id)
        due = indexes.due_shard(key.sk, indexes.OFFICE_INBOX)
        item = InboxItem(*key, mark=mark, told_at=now, due_key=due, due_at=now, **fields)
        if not base.put_if(item, InboxItem.says_nothing_else(fields)):
            unread = {"kind": InboxItem, "mark": mark, "told_at": now, "due_key": due, "due_at": now}
            base.update(key, base.setting(InboxItem, unread | dict.fromkeys(("told", "gone", "conflict"))))
    return count


def find(office_key: str, visit_id: int) -> InboxItem | None:
    """What was told of a visit and is not dealt with."""
    return InboxItem.read(base.get(_key(office_key, visit_id), consistent=True))


def due(now: str, *, most: int) -> list[InboxItem]:
    """What is to be dealt with by now, the longest waiting first, each as it is now."""
    found = heapq.merge(*(_found(shard, now, most) for shard in indexes.due_shards(indexes.OFFICE_INBOX)))
    wanted = [key for _, key in islice(found, most)]
    raws = base.get_many(wanted, consistent=True)
    return [InboxItem.from_raw_data(raws[key]) for key in wanted if key in raws]


def waiting(*, most: int = 1_000) -> list[tuple[Key, str]]:
    """What waits for people, links and visits alike, and since when; the longest waiting first."""
    shards = indexes.due_shards(indexes.OFFICE_WAITS)
    found = heapq.merge(*(_found(shard, "9999", most) for shard in shards))
    return [(key, since) for since, key in islice(found, most)]


def waiting_visits(office_key: str) -> list[InboxItem]:
    """The visits of an office that wait for people, each as it is now."""
    mine = keys.office(office_key).pk
    raws = base.get_many([key for key, _ in waiting() if key.pk == mine], consistent=True)
    found = map(InboxItem.from_raw_data, raws.values())
    return [one for one in found if one.conflict]


def _found(shard: str, until: str, most: int) -> Iterator[tuple[str, Key]]:
    rows = base.query(shard, index="due", names=("due_key", "due_at"), between=("0", until), limit=most)
    return ((raw["due_at"]["S"], Key(raw["PK"]["S"], raw["SK"]["S"])) for raw, _ in rows)


def done(item: InboxItem) -> bool:
    """It is dealt with; False when it has been told anew, and is to be dealt with again."""
    return base.delete_if(item.key, InboxItem.is_marked(item.mark))


def later(item: InboxItem, *, due_at: str) -> None:
    """Come to it again then, unless it has been told anew."""
    _change(item, {"due_at": due_at})


def wait(item: InboxItem, *, conflict: Any, since: str) -> None:
    """Let people decide, unless it has been told anew."""
    waits = indexes.due_shard(str(item.SK), indexes.OFFICE_WAITS)
    _change(item, {"conflict": conflict, "due_key": waits, "due_at": since})


def again(item: InboxItem, *, now: str) -> None:
    """Deal with it after all: whatever stood in the way may have gone."""
    shard = indexes.due_shard(str(item.SK), indexes.OFFICE_INBOX)
    _change(item, {"told": None, "gone": None, "conflict": None, "due_key": shard, "due_at": now})


def cursor(office_key: str) -> CursorItem:
    """How far the office was heard; an empty one before the first time."""
    key = keys.office(office_key, "CURSOR")
    return CursorItem.read(base.get(key, consistent=True)) or CursorItem(*key)


def heard(cursor: CursorItem, **fields: Any) -> bool:
    """Move the cursor on, unless somebody else has done so since it was read."""
    same = CursorItem.heard.does_not_exist() if cursor.heard is None else CursorItem.heard == cursor.heard
    said = base.setting(CursorItem, {"kind": CursorItem, **fields})
    return base.update(cursor.key, said, condition=same) is not None


def not_heard(cursor: CursorItem, *, now: str) -> None:
    """Note that what has changed could not be heard; how far it was heard before stays."""
    fields = {"kind": CursorItem, "failed_at": now, "failures": int(cursor.failures or 0) + 1}
    base.update(cursor.key, base.setting(CursorItem, fields))


def ask(office_key: str, *, now: str) -> None:
    """Note that somebody wants to have heard what has changed until now."""
    fields = {"kind": CursorItem, "asked_at": now}
    base.update(keys.office(office_key, "CURSOR"), base.setting(CursorItem, fields))


def _key(office_key: str, visit_id: int) -> Key:
    return keys.office(office_key, "INBOX", str(visit_id))


def _change(item: InboxItem, fields: dict[str, Any]) -> None:
    base.update(item.key, base.setting(InboxItem, fields), condition=InboxItem.is_marked(item.mark))
    # Where that does not hold it was told anew, and is due as that says.
