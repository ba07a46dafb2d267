"""Is a history linearizable: can its operations be put in one order that the sequential model allows?

The order must keep what really came after what: an operation that began after another had been answered stays behind
it. One that was never answered may have happened at any moment from its beginning on, or not at all. The search goes
over the operations that may come next, depth first, and remembers every pair of "what is done" and "state" that it has
been to (Wing and Gong's search with Lowe's memory). Each part of a history that shares nothing with the others is
judged alone, which is right because linearizability is local: a history is linearizable if each object's part is.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

MOST_STEPS = 1_000_000


class Timed(Protocol):
    """An operation: when it was asked and when it was answered (None: never), on one monotonic clock."""

    @property
    def invoked(self) -> int: ...

    @property
    def returned(self) -> int | None: ...


class Undecided(Exception):
    """The search was given up."""


O = TypeVar("O", bound=Timed)  # noqa: E741 - an operation
S = TypeVar("S", bound=Hashable)


class Verdict(NamedTuple):
    """Whether an order exists, how many steps the search took, and how many operations its longest order had."""

    linearizable: bool
    steps: int
    placed: int


def judge(
    history: Sequence[O], initial: S, apply: Callable[[S, O], S | None], *, most_steps: int = MOST_STEPS
) -> Verdict:
    """Search for an order of the history; `apply` gives the state after an operation, None where it cannot happen.

    An operation without an answer is given to `apply` to happen, so None means that it changes nothing there.
    """
    answered = sorted((one for one in history if one.returned is not None), key=lambda one: one.invoked)
    unanswered = sorted((one for one in history if one.returned is None), key=lambda one: one.invoked)
    everything = (1 << len(answered)) - 1
    waiting: list[tuple[int, int, S]] = [(0, 0, initial)]
    been = {waiting[0]}
    steps = longest = 0
    while waiting:
        done, perhaps, state = waiting.pop()
        longest = max(longest, done.bit_count())
        if done == everything:
            return Verdict(True, steps, longest)
        candidates, until = _next(answered, done)
        # Pushed in reverse, so that the answered ones are tried first, earliest first: what was never answered is
        # believed to have happened only when nothing else explains what follows.
        possible = [(done, perhaps | 1 << place, one) for place, one in _pending(unanswered, perhaps, until)]
        possible += [(done | 1 << place, perhaps, answered[place]) for place in reversed(candidates)]
        for then_done, then_perhaps, one in possible:
            steps += 1
            after = apply(state, one)
            if after is None:
                continue
            node = (then_done, then_perhaps, after)
            if node not in been:
                been.add(node)
                waiting.append(node)
        if steps > most_steps:
            raise Undecided(f"no verdict after {steps} steps on {len(history)} operations")
    return Verdict(False, steps, longest)


def _next(answered: Sequence[Timed], done: int) -> tuple[list[int], int]:
    """The operations that may come next: begun no later than the first answer among those left; and that moment."""
    place = (~done & (done + 1)).bit_length() - 1
    found: list[int] = []
    until: int | None = None
    while place < len(answered) and (until is None or answered[place].invoked <= until):
        if not done >> place & 1:
            found.append(place)
            answer = answered[place].returned or 0
            until = answer if until is None else min(until, answer)
        place += 1
    return found, until or 0


def _pending(unanswered: Sequence[O], perhaps: int, until: int) -> Iterator[tuple[int, O]]:
    for place, one in enumerate(unanswered):
        if one.invoked > until:
            return
        if not perhaps >> place & 1:
            yield place, one
