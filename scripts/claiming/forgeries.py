"""Forged histories: true ones with one lie put in, of every kind that a careless clinic would tell.

A lie is put where nothing else can explain it: right after an acknowledged change of an appointment that nobody else is
changing then, and of which no unanswered change may still come.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from scripts.claiming.sequential import Operation, Visit

History = list[Operation]
_CHANGES = frozenset({"book", "move", "cancel"})


def double_booking(history: History, dice: random.Random) -> History | None:
    """Someone else is promised a time that was promised already."""
    sites = [(one, visit) for one, visit in _certain(history) if visit.active]
    if not sites:
        return None
    one, visit = dice.choice(sites)
    theirs = Visit(1, visit.doctor, visit.patient + 1 if visit.patient == 0 else visit.patient - 1, *visit[3:5])
    return [*history, _after(one, "book", "apt_forged", theirs, wanted=theirs)]


def lost_booking(history: History, dice: random.Random) -> History | None:
    """An appointment that was promised is not there."""
    sites = [one for one, visit in _certain(history) if visit.active]
    return [*history, _after(one, "read", one.subject, "not_found")] if sites and (one := dice.choice(sites)) else None


def stale_read(history: History, dice: random.Random) -> History | None:
    """An appointment is shown as it was before a change that was acknowledged."""
    shown = {(one.subject, one.answer[0]): one.answer for one in history if isinstance(one.answer, Visit)}
    sites = [
        (one, shown[one.subject, visit.version - 1])
        for one, visit in _certain(history)
        if (one.subject, visit.version - 1) in shown
    ]
    if not sites:
        return None
    one, before = dice.choice(sites)
    return [*history, _after(one, "read", one.subject, before)]


def ghost(history: History, dice: random.Random) -> History | None:
    """An appointment is there although everyone who asked for it was refused."""
    asked: dict[str, list[Operation]] = {}
    for one in history:
        if one.kind == "book":
            asked.setdefault(one.subject, []).append(one)
    sites = [ones[-1] for ones in asked.values() if all(isinstance(one.answer, str) for one in ones)]
    if not sites:
        return None
    one = dice.choice(sites)
    return [*history, _after(one, "read", one.subject, one.wanted)]


def orphaned_cell(history: History, dice: random.Random) -> History | None:
    """A day sheet shows a cell, alone between free ones, that belongs to nobody."""
    sites = [
        (place, cell)
        for place, one in enumerate(history)
        if one.look and isinstance(one.answer, int) and one.answer
        for cell in range(1, one.answer.bit_length())
        if not one.answer & (7 << (cell - 1))
    ]
    if not sites:
        return None
    place, cell = dice.choice(sites)
    one = history[place]
    assert isinstance(one.answer, int)  # noqa: S101  # nosec B101 # chosen so
    return [*history[:place], replace(one, answer=one.answer | 1 << cell), *history[place + 1 :]]


KINDS: dict[str, Callable[[History, random.Random], History | None]] = {
    "double booking": double_booking,
    "lost booking": lost_booking,
    "stale read": stale_read,
    "ghost": ghost,
    "orphaned cell": orphaned_cell,
}


def _certain(history: History) -> Iterator[tuple[Operation, Visit]]:
    """Acknowledged changes, after whose answer there is a moment in which the appointment is certainly as told."""
    changes: dict[str, list[Operation]] = {}
    for one in history:
        if one.kind in _CHANGES and not isinstance(one.answer, str):
            changes.setdefault(one.subject, []).append(one)
    for mine in changes.values():
        for one in mine:
            if one.returned is None or not isinstance(one.answer, Visit):
                continue
            moment = one.returned + 2
            others = [other for other in mine if other is not one]
            if all(_is_apart(other, one.invoked, moment) for other in others):
                yield one, one.answer


def _is_apart(other: Operation, begin: int, end: int) -> bool:
    return other.invoked > end or (other.returned is not None and other.returned < begin)


def _after(
    one: Operation, kind: str, subject: str, answer: Visit | str | None, wanted: Visit | None = None
) -> Operation:
    """An operation that begins and ends right after another's answer."""
    moment = one.returned or 0
    return Operation(kind, subject, moment + 1, moment + 2, answer, wanted)
