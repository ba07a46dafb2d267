"""DynamoDB's rules for read and write units, from the items themselves: the embedded engine reports reads wrongly.

Sizes are those of the developer guide ("DynamoDB item sizes and formats"): names and texts in UTF-8, numbers one byte
per two digits and one more, lists and maps three bytes and one per member.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Raw = Mapping[str, Mapping[str, Any]]
READ_BYTES = 4096
WRITE_BYTES = 1024
TABLE = "table"


class Uncountable(Exception):
    """A request of a kind that these rules do not cover; the message names it."""


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: its key attributes, and what it copies (None for whole items)."""

    name: str
    keys: tuple[str, ...]
    copies: frozenset[str] | None

    def entry(self, item: Raw | None) -> Raw | None:
        """What the index holds of an item; None for one without the index's keys."""
        if item is None or any(name not in item for name in self.keys):
            return None
        return item if self.copies is None else {name: item[name] for name in item if name in self.copies}


@dataclass(frozen=True, slots=True)
class Schema:
    """The key attributes of a table, and its indexes by name."""

    keys: tuple[str, ...]
    indexes: Mapping[str, Index] = field(default_factory=dict)

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> "Schema":
        """The schema that DescribeTable answers."""
        keys = _key_names(described)
        indexes = {}
        for one in described.get("GlobalSecondaryIndexes", ()):
            names, projection = _key_names(one), one["Projection"]
            copies = frozenset({*keys, *names, *projection.get("NonKeyAttributes", ())})
            whole = projection["ProjectionType"] == "ALL"
            indexes[one["IndexName"]] = Index(one["IndexName"], names, None if whole else copies)
        return cls(keys, indexes)

    def hash_key(self, index: str | None) -> str:
        """The attribute that is the partition key of the table or of an index."""
        return (self.indexes[index].keys if index else self.keys)[0]


@dataclass(frozen=True, slots=True)
class Touch:
    """Units spent at one partition key of the table or of an index."""

    place: str
    key: str
    reads: float = 0.0
    writes: float = 0.0


def size(item: Raw | None) -> int:
    """The bytes of an item: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def read_units(items: Iterable[Raw | None], *, apart: bool, factor: float) -> float:
    """Read units of items that one request reads: `apart` rounds each up, as GetItem and BatchGetItem do; a Query
    rounds the sum. `factor` is 0.5 for eventually consistent reads, 1 for consistent and 2 for transactional ones.
    """
    sizes = [size(item) for item in items]
    return factor * (sum(_started(one, READ_BYTES) for one in sizes) if apart else _started(sum(sizes), READ_BYTES))


def write_touches(
    schema: Schema, key: str, before: Raw | None, after: Raw | None, *, factor: float = 1.0
) -> Iterator[Touch]:
    """What one write costs the table and each index that it changes; `factor` is 2 in a transaction.

    An index entry that moves to another key is removed and written; its writes follow later and are never
    transactional. A condition that is only checked costs the table as a write of the item does.
    """
    units = _started(max(size(before), size(after)), WRITE_BYTES)
    yield Touch(TABLE, key, writes=factor * units)
    for index in schema.indexes.values():
        old, new = index.entry(before), index.entry(after)
        if old == new:
            continue
        same_place = old is not None and new is not None and all(old[name] == new[name] for name in index.keys)
        entries = [max((old, new), key=size)] if same_place else [entry for entry in (old, new) if entry is not None]
        for entry in entries:
            where = next(iter(entry[index.keys[0]].values())) if entry else ""
            yield Touch(index.name, where, writes=_started(size(entry), WRITE_BYTES))


def _started(count: int, unit: int) -> int:
    """How many units are begun; a thing of nothing begins one."""
    return max(1, -(-count // unit))


def _key_names(described: Mapping[str, Any]) -> tuple[str, ...]:
    ordered = sorted(described["KeySchema"], key=lambda part: part["KeyType"] != "HASH")
    return tuple(part["AttributeName"] for part in ordered)


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    if kind not in _SIZES:
        raise Uncountable(f"a value of the kind {kind}")
    return _SIZES[kind](content)


def _number_size(text: str) -> int:
    digits = text.lstrip("-").partition("E")[0].replace(".", "").strip("0")
    return -(-len(digits) // 2) + 1 + text.startswith("-")


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": lambda text: len(text.encode()),
    "N": _number_size,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(len(text.encode()) for text in texts),
    "NS": lambda numbers: sum(_number_size(number) for number in numbers),
    "L": lambda members: 3 + sum(1 + _value_size(member) for member in members),
    "M": lambda members: 3 + sum(1 + len(name.encode()) + _value_size(member) for name, member in members.items()),
}
