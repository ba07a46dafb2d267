"""Writes the history of a part of the clinic: what its callers asked and were answered, and when.

A part is a group of doctors who share a room and patients, on two days of its own. Its callers book, move, cancel and
read at the same time, and change each other's appointments. Some answers are thrown away, and some requests are never
sent, as when a connection breaks: the history has both as unanswered. Some of them are asked again under the same key.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

from chalicelib.kit import grid
from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.kit.types import When
from chalicelib.scheduling import changing, statuses
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from chalicelib.table import base, keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.sheets import Sheet
from scripts.claiming.callers import Clinic
from scripts.claiming.crowd import DESK, Crowd, Size, at, stamp, wish
from scripts.claiming.sequential import Look, Operation, Promise, Visit

GROUP = Size(doctors=2, rooms=1, patients=4, turnover=10, buffer_after=5, first_hour=9, last_hour=12)
DAYS = 2
_STARTS = 11  # quarters of an hour from nine on, the last half hour ends at twelve
_LOST_ANSWER, _LOST_REQUEST = 0.02, 0.01
_GHOSTS_SOUGHT = 0.1  # of what was refused is read and changed all the same
_ACTS = {"book": 36, "repeat": 4, "move": 20, "cancel": 12, "read": 16, "look": 12}
Work = Callable[[], AppointmentItem]


@dataclass
class Part:
    """A group on its days, and what its callers share: the appointments that were made, the wishes there were."""

    crowd: Crowd
    first: date
    made: list[str] = field(default_factory=list)
    wishes: list[tuple[Booking, Visit]] = field(default_factory=list)

    def promise(self, history: list[Operation]) -> Promise:
        """The model against which the part's history is judged."""
        return Promise(
            [one.subject for one in history],
            doctors=GROUP.doctors,
            patients=GROUP.patients,
            buffer=GROUP.buffer_after // grid.CELL_MINUTES,
            turnover=GROUP.turnover // grid.CELL_MINUTES,
        )

    def visit(self, item: AppointmentItem) -> Visit:
        """An appointment as the history has it."""
        return Visit(
            version=int(item.version),
            doctor=self.crowd.doctors.index(item.doctor_id),
            patient=self.crowd.patients.index(item.patient_id),
            start=grid.cell(item.starts) - grid.first_cell(self.first),
            length=int(item.duration_minutes) // grid.CELL_MINUTES,
            active=item.status != statuses.CANCELLED,
        )


def write(part: Part, clinic: Clinic, *, callers: int, operations: int, seed: str) -> list[Operation]:
    """The history of so many callers with so many operations each, under whatever faults there are."""
    writers = [Writer(part, clinic, f"{seed}-{number}") for number in range(callers)]
    together = threading.Barrier(callers)

    def run(writer: Writer) -> list[Operation]:
        together.wait()
        return writer.run(operations)

    with ThreadPoolExecutor(callers) as pool:
        return [one for written in pool.map(run, writers) for one in written]


class Writer:
    """One caller, who writes down what was asked and answered."""

    def __init__(self, part: Part, clinic: Clinic, name: str) -> None:
        self._part, self._clinic, self._name = part, clinic, name
        self._dice = random.Random(name)  # noqa: S311  # nosec B311 # the same wishes on every run
        self._written: list[Operation] = []

    def run(self, operations: int) -> list[Operation]:
        """Go on until so many operations are written; reads without an answer say nothing and are left out."""
        acts = {"book": self._book, "repeat": self._repeat, "move": self._move, "cancel": self._cancel}
        acts |= {"read": self._read, "look": self._look}
        while len(self._written) < operations:
            (act,) = self._dice.choices(list(_ACTS), list(_ACTS.values()))
            acts[act]()
        return self._written

    def _book(self) -> None:
        wanted = Visit(1, *self._choice(), self._start(), self._dice.choice([3, 6]))
        asked = wish(
            self._part.crowd.doctors[wanted.doctor],
            self._part.crowd.patients[wanted.patient],
            grid.instant(grid.first_cell(self._part.first) + wanted.start),
            minutes=wanted.length * grid.CELL_MINUTES,
            key=f"{self._name}-{self._part.first}-{len(self._part.wishes)}-{self._dice.random()}",
        )
        self._part.wishes.append((asked, wanted))
        self._ask_to_book(asked, wanted)

    def _repeat(self) -> None:
        if self._part.wishes:
            self._ask_to_book(*self._dice.choice(self._part.wishes[-4:]))

    def _ask_to_book(self, asked: Booking, wanted: Visit) -> None:
        subject = self._change("book", str(asked.appointment_id), lambda: self._clinic.book(asked), wanted)
        refused = isinstance(self._written[-1].answer, str) and self._dice.random() > _GHOSTS_SOUGHT
        if not refused and subject not in self._part.made:
            self._part.made.append(subject)

    def _move(self) -> None:
        subject = self._one()
        doctor, start = self._dice.randrange(GROUP.doctors), self._start()
        when = When(instant=grid.instant(grid.first_cell(self._part.first) + start))
        asked = Asked(doctor_id=self._part.crowd.doctors[doctor], when=when)
        wanted = Visit(0, doctor, 0, start, 0)
        self._change("move", subject, lambda: self._clinic.move(subject, asked, stamp()), wanted)

    def _cancel(self) -> None:
        subject = self._one()
        self._change("cancel", subject, lambda: self._clinic.cancel(subject, stamp()))

    def _change(self, kind: str, subject: str, work: Work, wanted: Visit | None = None) -> str:
        """Ask and write down; the appointment's id, which only an answer tells for certain."""
        lost = self._dice.random()
        begun = time.monotonic_ns()
        item, refusal = (None, None) if lost < _LOST_REQUEST else _answer(work)
        ended = time.monotonic_ns()
        answer = None if lost < _LOST_REQUEST + _LOST_ANSWER else self._part.visit(item) if item else refusal
        told = item.id if item else subject
        returned = None if answer is None else ended
        self._written.append(Operation(kind, told, begun, returned, answer, wanted))
        return told

    def _read(self) -> None:
        subject = self._one()
        begun = time.monotonic_ns()
        item, refusal = _answer(lambda: changing.read(subject, DESK))
        ended = time.monotonic_ns()
        answer = self._part.visit(item) if item else refusal
        if answer is not None:
            self._written.append(Operation("read", subject, begun, ended, answer))

    def _look(self) -> None:
        """Read one day sheet, and turn its counters into cells; a cell that is counted twice fits no model."""
        crowd, dice = self._part.crowd, self._dice
        number = dice.randrange(DAYS)
        day = self._part.first + timedelta(days=number)
        doctor, patient = self._choice()
        resource, key = dice.choice(
            [
                (("doctor", doctor), keys.doctor_day(crowd.doctors[doctor], day)),
                (("patient", patient), keys.patient_day(crowd.patients[patient], day)),
            ]
        )
        begun = time.monotonic_ns()
        try:
            raw = base.get(key, consistent=True)
        except Unavailable:
            return
        ended = time.monotonic_ns()
        first = grid.first_cell(day)
        counted = Sheet(day, raw or {}).counters
        cells = sum(1 << cell - first for cell, count in counted.items() if count)
        answer = cells if set(counted.values()) <= {0, 1} else -1
        look = Look(resource, number * grid.CELLS_PER_DAY, (number + 1) * grid.CELLS_PER_DAY)
        self._written.append(Operation("look", "", begun, ended, answer, look=look))

    def _choice(self) -> tuple[int, int]:
        return self._dice.randrange(GROUP.doctors), self._dice.randrange(GROUP.patients)

    def _start(self) -> int:
        day = self._part.first + timedelta(days=self._dice.randrange(DAYS))
        start = at(day, GROUP.first_hour) + timedelta(minutes=15 * self._dice.randrange(_STARTS))
        return grid.cell(start) - grid.first_cell(self._part.first)

    def _one(self) -> str:
        return self._dice.choice(self._part.made[-8:]) if self._part.made else "apt_none"


def _answer(work: Work) -> tuple[AppointmentItem | None, str | None]:
    """The appointment that was answered, or the refusal's code; neither when no answer came."""
    try:
        return work(), None
    except Unavailable:
        return None, None
    except CareSlotError as refusal:
        return None, refusal.code
