"""What a clinic may answer: tiny histories of one doctor's morning, true ones and lies.

Cells are five minutes. A visit of six cells blocks its doctor for one more, and the room for two more.
"""

import random
from typing import Any

import pytest

from scripts.claiming import forgeries
from scripts.claiming.linearizability import judge
from scripts.claiming.sequential import Look, Operation, Promise, Visit

TEN = Visit(version=1, doctor=0, patient=0, start=120, length=6)
OTHER_PATIENT = TEN._replace(patient=1)
ELEVEN = TEN._replace(start=132)
MOVED = ELEVEN._replace(version=2)
CANCELLED = TEN._replace(version=2, active=False)
DOCTORS_SHEET = Look(("doctor", 0), 0, 288)
PATIENTS_SHEET = Look(("patient", 0), 0, 288)
NOTHING = 0


def cells(start: int, length: int) -> int:
    return ((1 << length) - 1) << start


class Diary:
    """Operations one after the other, unless `until` makes one last beyond the next; None: never answered."""

    def __init__(self) -> None:
        self.history: list[Operation] = []
        self._now = 0

    def add(self, kind: str, subject: str, answer: Any, *, until: int | None = 0, **more: Any) -> "Diary":
        begin, self._now = self._now, self._now + 10
        end = begin + 5 if until == 0 else until
        self.history.append(Operation(kind, subject, begin, end, answer, **more))
        return self

    def book(self, subject: str, answer: Any, wanted: Visit = TEN, until: int | None = 0) -> "Diary":
        return self.add("book", subject, answer, wanted=wanted, until=until)

    def move(self, subject: str, answer: Any, wanted: Visit = ELEVEN, until: int | None = 0) -> "Diary":
        return self.add("move", subject, answer, wanted=wanted, until=until)

    def cancel(self, subject: str, answer: Any, until: int | None = 0) -> "Diary":
        return self.add("cancel", subject, answer, until=until)

    def read(self, subject: str, answer: Any) -> "Diary":
        return self.add("read", subject, answer)

    def look(self, answer: int, at: Look = DOCTORS_SHEET) -> "Diary":
        return self.add("look", "", answer, look=at)


def is_kept(history: list[Operation]) -> bool:
    subjects = [one.subject for one in history]
    promise = Promise(subjects, doctors=2, patients=2, buffer=1, turnover=2)
    return judge(history, promise.initial, promise.apply).linearizable


TRUE = {
    "a booking is read": Diary().book("a", TEN).read("a", TEN),
    "what was never booked is not there": Diary().read("a", "not_found").cancel("a", "not_found"),
    "the second is refused, another doctor's patient waits for the room": Diary()
    .book("a", TEN)
    .book("b", "slot_taken", OTHER_PATIENT)
    .book("c", "no_room_free", OTHER_PATIENT._replace(doctor=1, start=127))
    .book("d", "patient_busy", TEN._replace(doctor=1)),
    "time is free again right after the buffers": Diary()
    .book("a", TEN)
    .book("b", TEN._replace(start=128), TEN._replace(start=128)),
    "a repeated booking answers what is there by now": Diary().book("a", TEN).move("a", MOVED).book("a", MOVED),
    "a moved appointment frees its old time": Diary()
    .book("a", TEN)
    .move("a", MOVED)
    .book("b", OTHER_PATIENT, OTHER_PATIENT),
    "a cancelled one too, and it is cancelled once": Diary()
    .book("a", TEN)
    .cancel("a", CANCELLED)
    .cancel("a", CANCELLED)
    .move("a", "status_not_allowed")
    .book("b", TEN),
    "an appointment is not moved to where it is": Diary().book("a", TEN).move("a", "invalid", TEN),
    "sheets show what is taken": Diary()
    .look(NOTHING)
    .book("a", TEN)
    .look(cells(120, 7))
    .look(cells(120, 6), PATIENTS_SHEET)
    .cancel("a", CANCELLED)
    .look(NOTHING),
    "an unanswered booking blocks": Diary().book("a", None, until=None).book("b", "slot_taken", OTHER_PATIENT),
    "an unanswered booking never arrived": Diary().book("a", None, until=None).book("b", TEN),
    "an unanswered cancellation freed the time": Diary().book("a", TEN).cancel("a", None, until=None).book("b", TEN),
    "an unanswered move is found out by a repeat": Diary()
    .book("a", TEN)
    .move("a", None, until=None)
    .move("a", "invalid")
    .read("a", MOVED),
    "of two bookings at once the later asked wins": Diary()
    .book("a", "slot_taken", until=25)
    .book("b", OTHER_PATIENT, OTHER_PATIENT),
    "a race may end without a change": Diary().book("a", TEN).move("a", "changed_meanwhile").read("a", TEN),
}
LIES = {
    "a double booking": Diary().book("a", TEN).book("b", OTHER_PATIENT, OTHER_PATIENT),
    "a double booking of the room": Diary()
    .book("a", TEN)
    .book("b", OTHER_PATIENT._replace(doctor=1), OTHER_PATIENT._replace(doctor=1)),
    "a double booking of the patient": Diary().book("a", TEN).book("b", TEN._replace(doctor=1), TEN._replace(doctor=1)),
    "a booking in the doctor's buffer": Diary()
    .book("a", TEN)
    .book("b", OTHER_PATIENT._replace(start=126), OTHER_PATIENT._replace(start=126)),
    "a lost booking": Diary().book("a", TEN).read("a", "not_found"),
    "a lost move": Diary().book("a", TEN).move("a", MOVED).read("a", TEN._replace(version=3)),
    "a lost cancellation": Diary().book("a", TEN).cancel("a", CANCELLED).move("a", MOVED._replace(version=3)),
    "a stale read": Diary().book("a", TEN).move("a", MOVED).read("a", TEN),
    "a stale sheet": Diary().book("a", TEN).look(NOTHING),
    "a ghost": Diary().book("a", "slot_taken").read("a", TEN),
    "a ghost on the sheet": Diary().look(cells(120, 7)),
    "an orphaned cell": Diary().book("a", TEN).cancel("a", CANCELLED).look(cells(126, 1)),
    "a cell that is counted twice": Diary().book("a", TEN).look(-1),
    "an old time that stays taken after a move": Diary()
    .book("a", TEN)
    .move("a", MOVED)
    .book("b", "slot_taken", OTHER_PATIENT),
    "a refusal where all is free": Diary().book("a", "slot_taken"),
    "a refusal of the room where only the doctor is taken": Diary()
    .book("a", TEN)
    .book("b", "patient_busy", OTHER_PATIENT),
    "an unanswered booking seen and lost": Diary().book("a", None, until=None).read("a", TEN).read("a", "not_found"),
    "an unanswered move that happens twice": Diary()
    .book("a", TEN)
    .move("a", None, until=None)
    .read("a", MOVED)
    .read("a", MOVED._replace(version=3)),
    "one request answered with two appointments": Diary().book("a", TEN).book("a", ELEVEN, ELEVEN),
    "a refusal without a name that is known": Diary().book("a", TEN).book("b", "invalid", OTHER_PATIENT),
}


@pytest.mark.parametrize("diary", TRUE.values(), ids=TRUE)
def test_a_true_history_is_accepted(diary: Diary) -> None:
    assert is_kept(diary.history)


@pytest.mark.parametrize("diary", LIES.values(), ids=LIES)
def test_a_lie_is_rejected(diary: Diary) -> None:
    assert not is_kept(diary.history)


@pytest.mark.parametrize("forge", forgeries.KINDS.values(), ids=forgeries.KINDS)
def test_every_kind_of_forgery_turns_a_true_history_into_a_lie(forge: Any) -> None:
    diary = Diary().book("a", TEN).look(cells(120, 7)).book("b", "slot_taken", OTHER_PATIENT).move("a", MOVED)

    forged = forge(diary.history, random.Random(1))

    assert is_kept(diary.history)
    assert not is_kept(forged)


@pytest.mark.parametrize("forge", forgeries.KINDS.values(), ids=forgeries.KINDS)
def test_nothing_is_forged_where_an_unanswered_change_could_explain_it(forge: Any) -> None:
    diary = Diary().book("a", TEN, until=100).move("a", None, until=None).cancel("a", None, until=None)

    forged = forge(diary.history, random.Random(1))

    assert forged is None
