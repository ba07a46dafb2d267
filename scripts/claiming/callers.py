"""Callers of a busy day: they book, hold, confirm, move and cancel, and write down what they were told."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.scheduling import booking, cancelling, changing, holding, rescheduling, statuses
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from chalicelib.table.appointments import AppointmentItem
from scripts.claiming import naive
from scripts.claiming.crowd import Crowd, at, next_monday, stamp, wish

_PATIENCE = 8  # how often a caller asks again who got no answer
_RECENT = 8  # what was made last is changed most, often by several callers at once
_DAYS = 5
_STARTS = 31  # quarters of an hour from nine on, the last half hour ends at five
_CLAIMS = frozenset({"book", "hold", "move"})
_ACTS = {"book": 40, "hold": 12, "confirm": 10, "move": 20, "cancel": 18}


@dataclass(frozen=True)
class Clinic:
    """The ways to claim and release time: the application's, or others that are compared with it."""

    book: Callable[[Booking], AppointmentItem]
    confirm: Callable[[str, Stamp], AppointmentItem]
    move: Callable[[str, Asked, Stamp], AppointmentItem]
    cancel: Callable[[str, Stamp], AppointmentItem]


CARESLOT = Clinic(
    book=lambda wanted: booking.book(wanted).appointment,
    confirm=lambda one, by: holding.confirm(appointment_id=one, stamp=by, details={}),
    move=lambda one, asked, by: rescheduling.reschedule(appointment_id=one, asked=asked, stamp=by),
    cancel=lambda one, by: cancelling.cancel(appointment_id=one, stamp=by),
)
NAIVE = Clinic(book=naive.book, confirm=naive.confirm, move=naive.move, cancel=naive.cancel)


@dataclass
class Diary:
    """What the callers were told, all of them together.

    `told` has of each appointment the newest version that was acknowledged, with its start or "cancelled"; `doubtful`
    are the appointments of which a caller never learnt what became; `made` and `held` are for anyone to change.
    """

    told: dict[str, tuple[int, str]] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    refusals: Counter[str] = field(default_factory=Counter)
    made: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    winners: int = 0
    unanswered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, appointment: AppointmentItem) -> None:
        """An answer, or what a look has shown; of two that claim to be one version the first counts."""
        version = int(appointment.version)
        state = "cancelled" if appointment.status == statuses.CANCELLED else str(appointment.start)
        with self.lock:
            if version > self.told.get(appointment.id, (0, ""))[0]:
                self.told[appointment.id] = (version, state)

    def refuse(self, error: CareSlotError) -> None:
        """A refusal; what is no refusal but a fault of the application's own is raised."""
        if error.code == CareSlotError.code:
            raise error
        with self.lock:
            self.refusals[error.code] += 1

    def count(self, *, asked: str = "", winners: int = 0, unanswered: int = 0) -> None:
        """Something was asked, was won, or got no answer."""
        with self.lock:
            self.asked.update([asked] if asked else [])
            self.winners += winners
            self.unanswered += unanswered

    @property
    def claims(self) -> int:
        """How many claims were asked for."""
        return sum(self.asked[act] for act in _CLAIMS)

    @property
    def acknowledged(self) -> dict[str, str]:
        """Appointment → its start, or "cancelled", as the table audit compares it."""
        return {one: state for one, (_, state) in self.told.items()}


@dataclass
class Caller:
    """One of many; any may move or cancel what any has made."""

    crowd: Crowd
    clinic: Clinic
    diary: Diary
    seed: int
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311  # nosec B311 # the same wishes on every run

    def run(self, claims: int) -> None:
        """Go on until so many claims (bookings, holds and moves) were asked for."""
        acts = {"book": self._book, "hold": self._hold, "move": self._move}
        acts |= {"confirm": self._confirm, "cancel": self._cancel}
        while claims:
            (act,) = self.dice.choices(list(_ACTS), list(_ACTS.values()))
            self.diary.count(asked=act)
            acts[act]()
            claims -= act in _CLAIMS

    def _book(self) -> None:
        self._claim(self._wish(held=False), self.diary.made)

    def _hold(self) -> None:
        self._claim(self._wish(held=True), self.diary.held)

    def _claim(self, wanted: Booking, list_for: list[str]) -> None:
        """Ask, and again under the same key while no answer comes."""
        for _ in range(_PATIENCE):
            try:
                made = self.clinic.book(wanted)
            except Unavailable:
                self.diary.count(unanswered=1)
            except CareSlotError as refusal:
                return self.diary.refuse(refusal)
            else:
                self.diary.count(winners=1)
                list_for.append(made.id)
                return self.diary.note(made)
        self.diary.doubtful.add(str(wanted.appointment_id))
        return None

    def _confirm(self) -> None:
        one = self._one_of(self.diary.held)
        if self._change(one, lambda: self.clinic.confirm(one, stamp())):
            self.diary.made.append(one)

    def _move(self) -> None:
        one = self._one_of(self.diary.made)
        asked = Asked(doctor_id=self.dice.choice(self.crowd.doctors), when=When(instant=self._start()))
        if self._change(one, lambda: self.clinic.move(one, asked, stamp())):
            self.diary.count(winners=1)

    def _cancel(self) -> None:
        one = self._one_of(self.dice.choice([self.diary.made, self.diary.held]))
        self._change(one, lambda: self.clinic.cancel(one, stamp()))

    def _change(self, one: str, work: Callable[[], AppointmentItem]) -> bool:
        """Ask for a change; whoever gets no answer looks what became of it."""
        try:
            self.diary.note(work())
        except Unavailable:
            self.diary.count(unanswered=1)
            self._look(one)
        except CareSlotError as refusal:
            self.diary.refuse(refusal)
        else:
            return True
        return False

    def _look(self, one: str) -> None:
        for _ in range(_PATIENCE):
            try:
                return self.diary.note(changing.read(one, stamp().by))
            except Unavailable:
                continue
            except CareSlotError as refusal:
                return self.diary.refuse(refusal)
        self.diary.doubtful.add(one)
        return None

    def _one_of(self, ids: list[str]) -> str:
        return self.dice.choice(ids[-_RECENT:]) if ids else "apt_none"

    def _wish(self, *, held: bool) -> Booking:
        doctor, patient = self.dice.choice(self.crowd.doctors), self.dice.choice(self.crowd.patients)
        return wish(doctor, patient, self._start(), held=held, key=f"{self.seed}-{self.dice.random()}")

    def _start(self) -> datetime:
        day = next_monday() + timedelta(days=self.dice.randrange(_DAYS))
        return at(day, 9) + timedelta(minutes=15 * self.dice.randrange(_STARTS))
