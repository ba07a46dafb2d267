"""Books one row as a desk would: look up the first free time of the day, book it, and take the next when it is gone."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from scripts.replaying.caller import Answer, NoAnswer, Sender
from scripts.replaying.plan import Wish

_TRIES = 12
_TIME_GONE = frozenset({"slot_taken", "slot_not_offered", "no_room_free"})
_PATIENT_ELSEWHERE = "patient_busy"


@dataclass(slots=True)
class Outcome:
    """What became of a row: an appointment, or the reason of its refusal; and how many times were lost on the way."""

    appointment_id: str = ""
    start: str = ""
    refusal: str = ""
    lost: int = 0


def book(caller: Sender, wish: Wish, run: str) -> Outcome:
    """Book the first time of the wished day that is free for the patient, with another doctor when one is full."""
    outcome = Outcome(refusal="day_is_full")
    if wish.too_late:
        outcome.refusal = "visit_before_booking"
        return outcome
    for doctor_id in wish.doctor_ids:
        free, passed = _free(caller, doctor_id, wish.visit), set[str]()
        while (start := next((time for time in free if time not in passed), None)) and outcome.lost < _TRIES:
            answer = _ask(caller, wish, doctor_id, start, f"{run}-{wish.number}-{outcome.lost}")
            if answer.status == HTTPStatus.CREATED:
                made = answer.json["data"]
                return Outcome(made["id"], made["scheduled_date"], lost=outcome.lost)
            outcome.lost += 1
            outcome.refusal = answer.code
            passed.add(start)
            if answer.code in _TIME_GONE:
                free = _alternatives(answer, wish.visit) or _free(caller, doctor_id, wish.visit)
            elif answer.code != _PATIENT_ELSEWHERE:
                return outcome
    return outcome


def _free(caller: Sender, doctor_id: str, day: date) -> list[str]:
    answer = caller.send("availability", "GET", f"/api/appointments/availability/{doctor_id}/{day}")
    if answer.status != HTTPStatus.OK:
        raise NoAnswer(f"the free times of {doctor_id} on {day} were refused: {answer.json}")
    return [slot["start_time"] for slot in answer.json["data"]]


def _ask(caller: Sender, wish: Wish, doctor_id: str, start: str, key: str) -> Answer:
    body = {"doctor_id": doctor_id, "patient_id": wish.patient_id, "scheduled_date": start}
    return caller.send("booking", "POST", "/api/appointments", body, key=key)


def _alternatives(answer: Answer, day: date) -> list[str]:
    """The times of the same day that the refusal names, earliest first."""
    slots = [slot for slot in answer.json["error"]["details"] if slot.get("date") == day.isoformat()]
    return sorted(slot["start_time"] for slot in slots)
