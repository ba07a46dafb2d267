"""The judge of histories, on histories so small that anyone can judge them by hand.

Most speak of one register: `wrote(1, at=(0, 5))` began at 0 and was answered at 5.
"""

import itertools
import random
from typing import NamedTuple

import pytest

from scripts.claiming.linearizability import Undecided, judge

Span = tuple[int, int | None]


class Access(NamedTuple):
    """One access to a register."""

    writes: bool
    value: int
    invoked: int
    returned: int | None


def wrote(value: int, *, at: Span) -> Access:
    return Access(True, value, *at)


def read(value: int, *, at: Span) -> Access:
    return Access(False, value, *at)


def register(state: int, access: Access) -> int | None:
    if access.writes:
        return access.value
    return state if access.value == state else None


LINEARIZABLE = {
    "nothing happened": [],
    "one after the other": [wrote(1, at=(0, 1)), read(1, at=(2, 3)), wrote(2, at=(4, 5)), read(2, at=(6, 7))],
    "a read during a write sees the old value": [wrote(1, at=(0, 9)), read(0, at=(2, 3))],
    "a read during a write sees the new value": [wrote(1, at=(0, 9)), read(1, at=(2, 3))],
    "reads during a write see the old value, then the new": [
        wrote(1, at=(0, 9)),
        read(0, at=(1, 2)),
        read(1, at=(3, 4)),
    ],
    "two writes at once, seen in the other order": [
        wrote(1, at=(0, 9)),
        wrote(2, at=(1, 8)),
        read(2, at=(2, 3)),
        read(1, at=(4, 5)),
    ],
    "what touches at one moment is at once": [wrote(1, at=(0, 5)), read(0, at=(5, 6))],
    "an unanswered write is seen": [wrote(1, at=(0, None)), read(0, at=(1, 2)), read(1, at=(3, 4))],
    "an unanswered write is never seen": [wrote(1, at=(0, None)), read(0, at=(1, 2)), read(0, at=(3, 4))],
    "an unanswered write lands late, on top of another": [
        wrote(1, at=(0, None)),
        wrote(2, at=(1, 2)),
        read(2, at=(3, 4)),
        read(1, at=(5, 6)),
    ],
}
NOT_LINEARIZABLE = {
    "a value that nobody wrote": [wrote(1, at=(0, 1)), read(3, at=(2, 3))],
    "a stale read after the answer": [wrote(1, at=(0, 1)), read(0, at=(2, 3))],
    "back to the old value during a write": [wrote(1, at=(0, 9)), read(1, at=(1, 2)), read(0, at=(3, 4))],
    "a value before it was written": [read(1, at=(0, 1)), wrote(1, at=(2, 3))],
    "two readers who disagree about the order": [
        wrote(1, at=(0, 9)),
        wrote(2, at=(0, 9)),
        read(1, at=(10, 11)),
        read(2, at=(12, 13)),
    ],
    "an unanswered write seen before it began": [read(1, at=(0, 1)), wrote(1, at=(2, None))],
    "an unanswered write undone": [wrote(1, at=(0, None)), read(1, at=(1, 2)), read(0, at=(3, 4))],
    "an unanswered write that happens twice": [
        wrote(1, at=(0, None)),
        read(1, at=(1, 2)),
        wrote(2, at=(3, 4)),
        read(1, at=(5, 6)),
    ],
}


@pytest.mark.parametrize("history", LINEARIZABLE.values(), ids=LINEARIZABLE)
def test_a_history_that_has_an_order_is_accepted(history: list[Access]) -> None:
    verdict = judge(history, 0, register)

    assert verdict.linearizable
    assert verdict.placed == sum(access.returned is not None for access in history)


@pytest.mark.parametrize("history", NOT_LINEARIZABLE.values(), ids=NOT_LINEARIZABLE)
def test_a_history_that_has_none_is_rejected(history: list[Access]) -> None:
    verdict = judge(history, 0, register)

    assert not verdict.linearizable


@pytest.mark.parametrize("history", NOT_LINEARIZABLE.values(), ids=NOT_LINEARIZABLE)
def test_it_does_not_matter_in_which_order_a_history_was_written_down(history: list[Access]) -> None:
    verdicts = {judge(list(order), 0, register).linearizable for order in itertools.permutations(history)}

    assert verdicts == {False}


def every_order(history: list[Access]) -> bool:
    """The verdict by trying all orders of all choices of unanswered operations: slow, and plainly right."""
    answered = [access for access in history if access.returned is not None]
    unanswered = [access for access in history if access.returned is None]
    choices = itertools.chain.from_iterable(
        itertools.combinations(unanswered, size) for size in range(len(unanswered) + 1)
    )
    return any(is_allowed(order) for chosen in choices for order in itertools.permutations([*answered, *chosen]))


def is_allowed(order: tuple[Access, ...]) -> bool:
    pairs = itertools.combinations(order, 2)
    if any(later.returned is not None and later.returned < earlier.invoked for earlier, later in pairs):
        return False
    state: int | None = 0
    for access in order:
        state = None if state is None else register(state, access)
    return state is not None


def drawn(dice: random.Random) -> list[Access]:
    """Up to six accesses with small values at small times, so that many overlap."""
    history = []
    for _ in range(dice.randint(1, 6)):
        begin = dice.randrange(12)
        writes = dice.random() < 0.5
        end = None if writes and dice.random() < 0.3 else begin + dice.randint(1, 6)
        history.append(Access(writes, dice.randrange(3), begin, end))
    return history


def test_the_search_agrees_with_trying_every_order() -> None:
    dice = random.Random(7)
    histories = [drawn(dice) for _ in range(600)]

    verdicts = [judge(history, 0, register).linearizable for history in histories]

    assert verdicts == [every_order(history) for history in histories]
    assert 100 < sum(verdicts) < 500


def test_a_search_without_end_is_given_up_and_is_no_acceptance() -> None:
    at_once = [wrote(value, at=(0, 100)) for value in range(1, 30)]

    with pytest.raises(Undecided):
        judge([*at_once, read(0, at=(101, 102))], 0, register, most_steps=1000)
