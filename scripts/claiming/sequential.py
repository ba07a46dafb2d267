"""What a clinic promises when one request comes after the other: the model against which histories are judged.

A part of a history is about some doctors who share a room and patients, on some days that nobody else touches. The
state is what each appointment is, and which cells are taken of each resource. Acknowledged changes take effect at one
moment between question and answer, and reads, of an appointment or of a day sheet, show the state of such a moment:
both are consistent reads of one item. A refusal promises less: at such a moment one of the cells asked for was taken,
and for a move also by the appointment itself, which may have been moved by someone else in between.
"""

from dataclasses import dataclass
from typing import NamedTuple

_AT_ODDS = "changed_meanwhile"  # it rests on a race, not on the state
_RESOURCES = {"slot_taken": "doctor", "no_room_free": "room", "patient_busy": "patient"}


class Visit(NamedTuple):
    """An appointment as an answer shows it; `start` and `length` are counted in cells of the part's days."""

    version: int
    doctor: int
    patient: int
    start: int
    length: int
    active: bool = True


class Look(NamedTuple):
    """The cells of one resource on a day, as the part's cells from `first` on, one bit each."""

    resource: tuple[str, int]
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One request and its answer: a Visit, the cells of a look, a refusal's code; None when no answer came.

    `wanted` is the visit asked for by a booking or move, version and activity aside.
    """

    kind: str
    subject: str
    invoked: int
    returned: int | None
    answer: Visit | int | str | None
    wanted: Visit | None = None
    look: Look | None = None


class State(NamedTuple):
    """Every appointment that was ever made, by its place in the model's list, and the taken cells by resource."""

    visits: tuple[Visit | None, ...]
    taken: tuple[int, ...]


class Promise:
    """The sequential model of one part; buffers are counted in cells."""

    def __init__(self, subjects: list[str], *, doctors: int, patients: int, buffer: int, turnover: int) -> None:
        self._place = {subject: place for place, subject in enumerate(dict.fromkeys(subjects))}
        self._doctors, self._buffer, self._turnover = doctors, buffer, turnover
        self.initial = State((None,) * len(self._place), (0,) * (doctors + 1 + patients))

    def apply(self, state: State, one: Operation) -> State | None:
        """The state after the operation had this answer; None where it cannot have it."""
        match one.kind:
            case "look":
                return state if one.look and self._cells(state, one.look) == one.answer else None
            case "read":
                found = self._of(state, one)
                return state if one.answer == (found or "not_found") else None
            case "book":
                return self._book(state, one)
            case "move":
                return self._move(state, one)
            case _:
                return self._cancel(state, one)

    def _book(self, state: State, one: Operation) -> State | None:
        there, wanted = self._of(state, one), one.wanted
        if there is not None or wanted is None:
            return state if there is not None and one.answer == there else None
        if isinstance(one.answer, str):
            return state if self._is_taken(state, wanted, one.answer) else None
        return self._become(state, one, None, wanted) if one.answer in (None, wanted) else None

    def _move(self, state: State, one: Operation) -> State | None:
        there, wanted = self._of(state, one), one.wanted
        if isinstance(one.answer, str):
            return state if self._may_refuse_move(state, there, one) else None
        if there is None or wanted is None or not there.active:
            return None
        moved = wanted._replace(version=there.version + 1, patient=there.patient, length=there.length)
        return self._become(state, one, there, moved) if one.answer in (None, moved) else None

    def _may_refuse_move(self, state: State, there: Visit | None, one: Operation) -> bool:
        match one.answer:
            case "not_found":
                return there is None
            case "status_not_allowed":
                return there is not None and not there.active
            case "invalid":  # it is where it is asked to be
                same = there and one.wanted and there[1:4] == one.wanted._replace(patient=there.patient)[1:4]
                return bool(same and there and there.active)
            case refusal:
                if there is None or one.wanted is None:
                    return False
                wanted = one.wanted._replace(patient=there.patient, length=there.length)
                return self._is_taken(state, wanted, str(refusal))

    def _cancel(self, state: State, one: Operation) -> State | None:
        there = self._of(state, one)
        if isinstance(one.answer, str):
            return state if one.answer == _AT_ODDS or (one.answer == "not_found" and there is None) else None
        if there is None or not there.active:
            return state if there is not None and one.answer == there else None
        cancelled = there._replace(version=there.version + 1, active=False)
        return self._become(state, one, there, cancelled) if one.answer in (None, cancelled) else None

    def _become(self, state: State, one: Operation, old: Visit | None, new: Visit) -> State | None:
        """The state with the visit changed; None where another one has a cell that the new one needs."""
        taken = list(state.taken)
        for place, cells in self._needs(old) if old else ():
            taken[place] &= ~cells
        for place, cells in self._needs(new):
            if taken[place] & cells:
                return None
            taken[place] |= cells
        place = self._place[one.subject]
        return State((*state.visits[:place], new, *state.visits[place + 1 :]), tuple(taken))

    def _needs(self, visit: Visit) -> tuple[tuple[int, int], ...]:
        """The cells that a visit takes of doctor, room and patient."""
        if not visit.active:
            return ()
        lengths = {"doctor": visit.length + self._buffer, "room": visit.length + self._turnover}
        whose = {"doctor": visit.doctor, "room": 0, "patient": visit.patient}
        return tuple(
            (self._resource(name, number), ((1 << lengths.get(name, visit.length)) - 1) << visit.start)
            for name, number in whose.items()
        )

    def _is_taken(self, state: State, wanted: Visit, refusal: str) -> bool:
        """Whether the refusal is true of the state: a cell of the resource that it names is taken."""
        if refusal == _AT_ODDS:
            return True
        if refusal not in _RESOURCES:
            return False
        whose = {"doctor": wanted.doctor, "room": 0, "patient": wanted.patient}
        resource = _RESOURCES[refusal]
        place = self._resource(resource, whose[resource])
        return any(one == place and state.taken[place] & cells for one, cells in self._needs(wanted))

    def _cells(self, state: State, look: Look) -> int:
        shown = state.taken[self._resource(*look.resource)] >> look.first
        return shown & ((1 << (look.stop - look.first)) - 1)

    def _resource(self, name: str, number: int) -> int:
        return {"doctor": 0, "room": self._doctors, "patient": self._doctors + 1}[name] + number

    def _of(self, state: State, one: Operation) -> Visit | None:
        return state.visits[self._place[one.subject]]
