"""Verifying: walks the chain of seals and compares what each lists with what is in the table now.

A seal is believed only when our key signed all of it. Between two that are believed, numbers must follow each other,
the later one must hold the head of the earlier, and begin where that one ends; so what is cut out, swapped or put in
between shows, whoever computed the digests anew.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.audit import digests, problems, signatures
from chalicelib.audit.problems import Problem
from chalicelib.audit.sealing import beginning
from chalicelib.kit import clock, cursor
from chalicelib.kit.errors import Invalid
from chalicelib.table import audit, seals
from chalicelib.table.base import Raw
from chalicelib.table.seals import LatestSealItem, SealItem

_MOST_ENTRIES = 10_000  # of one call: some seconds, where a request may take 28
_MOST_COUNTED = 10_000
_AHEAD = timedelta(days=1)  # a writer's clock may be fast
_NO_LINK = ("-", "-", "-")


@dataclass(frozen=True, slots=True)
class Link:
    """Where the chain has got to: the number, head and end of the last seal that was believed."""

    number: int
    head: str
    until: str


@dataclass(frozen=True, slots=True)
class Tail:
    """What is not sealed yet: how many entries (at most 10,000 are counted), and since when the oldest waits."""

    entries: int
    oldest: str | None


@dataclass(slots=True)
class Verified:
    """What was found; `end` is the last seal believed, `tail` and the mark are looked at once the chain has ended."""

    seals: int = 0
    entries: int = 0
    problems: list[Problem] = field(default_factory=list)
    end: Link | None = None
    tail: Tail | None = None
    next_cursor: str | None = None


def verify(*, first: date | None, limit: int, after: str | None, now: datetime) -> Verified:
    """Check up to `limit` seals: from the first one, from the one that covers the date, or behind a cursor."""
    begin, forged, end = _resumed(after) if after else (f"{first or seals.FIRST}", 0, None)
    said = Verified(end=end)
    mark = seals.latest()  # before the seals are read: at least as many as it says must be there
    walked, more = _some(seals.behind(begin), limit)
    forged = _walk(walked, said, forged=forged, from_the_start=first is None)
    if more:
        end_parts = (str(said.end.number), said.end.head, said.end.until) if said.end else _NO_LINK
        said.next_cursor = cursor.encode(walked[-1]["SK"]["S"], str(forged), *end_parts)
        return said
    _judge_end(said, mark, begin=begin, now=now)
    return said


def _walk(walked: list[Raw], said: Verified, *, forged: int, from_the_start: bool) -> int:
    """Check these seals one after the other, each with its entries; how many at the end were not believed."""
    believed: list[SealItem] = []
    for raw in walked:
        seal = signatures.seal(raw)
        if seal is None:
            said.problems.append(problems.forged_seal(raw["SK"]["S"]))
            forged += 1
            continue
        said.problems += _of_link(said.end, seal, forged=forged, from_the_start=from_the_start)
        said.end, forged = Link(int(seal.number), seal.head, seal.until), 0
        believed.append(seal)
    said.seals += len(walked)
    for seal, found in _with_entries(believed):
        said.entries += len(found)
        said.problems += problems.of_entries(int(seal.number), seal.entries(), found)
    return forged


def _of_link(end: Link | None, seal: SealItem, *, forged: int, from_the_start: bool) -> Iterator[Problem]:
    """Whether the seal goes on where the last believed one ends, with `forged` unbelievable ones between them."""
    number = int(seal.number)
    if end is None and not from_the_start:
        return
    before = end or Link(0, "", seal.since)
    lacking = number - before.number - 1 - forged
    if lacking > 0:
        yield problems.missing_seals(number - lacking, number - 1, before.until if end else None)
    elif number <= before.number or (lacking == -forged and (seal.previous, seal.since) != (before.head, before.until)):
        yield problems.broken_link(number, seal.until)


def _with_entries(believed: list[SealItem]) -> Iterator[tuple[SealItem, dict[str, str]]]:
    """Each seal with the digests of the entries that are in its time now, by place; read in one go where times join."""
    for run in _runs(believed):
        waiting = audit.between(run[0].since, run[-1].until)
        raw = next(waiting, None)
        for seal in run:
            found: dict[str, str] = {}
            while raw is not None and raw["SK"]["S"] < seal.until:
                found[_named(raw)] = digests.entry(raw)
                raw = next(waiting, None)
            yield seal, found


def _named(raw: Raw) -> str:
    """The place of an entry; a name that no seal lists for what is in a wrong partition."""
    place, partition = raw["SK"]["S"], raw["PK"]["S"]
    return str(place) if audit.is_in_place(raw) else f"{place} in {partition}"


def _runs(believed: list[SealItem]) -> Iterator[list[SealItem]]:
    run: list[SealItem] = []
    for seal in believed:
        if run and run[-1].until != seal.since:
            yield run
            run = []
        run.append(seal)
    if run:
        yield run


def _some(found: Iterator[Raw], limit: int) -> tuple[list[Raw], bool]:
    """As many seals as one call checks, at least one; and whether there are more."""
    taken: list[Raw] = []
    entries = 0
    for raw in found:
        entries += raw.get("listed", {}).get("S", "").count("\n")
        if taken and (len(taken) == limit or entries > _MOST_ENTRIES):
            return taken, True
        taken.append(raw)
    return taken, False


def _judge_end(said: Verified, raw: Raw | None, *, begin: str, now: datetime) -> None:
    """Whether the chain ends where the mark says, and what waits behind it."""
    mark, end = signatures.mark(raw) if raw else None, said.end
    if mark and end and int(mark.number) < end.number:  # a seal was added since, or the mark was set back
        raw = seals.latest()
        mark = signatures.mark(raw) if raw else None
    if raw is None and end:
        said.problems.append(problems.missing_mark())
    elif raw and (mark is None or not _agree(mark, end)):
        said.problems.append(problems.forged_mark())
    elif mark and mark.until > begin and (end is None or int(mark.number) > end.number):
        first = end.number + 1 if end else 1
        said.problems.append(problems.missing_seals(first, int(mark.number), end.until if end else None))
    last = end or mark
    said.tail = _tail(last.until if last else beginning(now), now)


def _agree(mark: LatestSealItem, end: Link | None) -> bool:
    """Whether the mark may be of this chain's last seal, or of a later one that is missing."""
    if end is None or int(mark.number) > end.number:
        return True
    return (int(mark.number), mark.head) == (end.number, end.head)


def _tail(since: str, now: datetime) -> Tail:
    found = audit.between(since, clock.iso(now + _AHEAD))
    places = [raw["SK"]["S"] for raw in itertools.islice(found, _MOST_COUNTED)]
    return Tail(len(places), places[0].partition("#")[0] if places else None)


def _resumed(after: str) -> tuple[str, int, Link | None]:
    """Where the last call ended, how many seals before that were not believed, and the last one that was."""
    place, forged, number, head, until = cursor.decode(after, 5)
    if not forged.isdigit() or not (number.isdigit() or number == _NO_LINK[0]):
        raise Invalid.field("cursor", "is not a cursor of this list")
    return place, int(forged), Link(int(number), head, until) if number.isdigit() else None
