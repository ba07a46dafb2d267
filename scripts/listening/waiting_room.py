"""The waiting room whose displays are told: some doctors who work at all hours, patients in line, and changes at a
steady rate."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from scripts.replaying.caller import Caller

_EVERY_DAY = {"start": "00:00", "end": "24:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}
_HANDS = 8


class Refused(Exception):
    """A request was not answered as it should be; nothing is measured then."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an entry: which version it made, when it was asked for and when the answer came (monotonic)."""

    entry_id: str
    version: int
    asked: float
    answered: float


@dataclass
class WaitingRoom:
    """A location with patients in line."""

    caller: Caller
    location_id: str
    entries: list[str] = field(default_factory=list)

    @classmethod
    def made(cls, caller: Caller, *, doctors: int, patients: int) -> "WaitingRoom":
        """The room through the API: every doctor has the same number of patients in line."""
        place = _made(caller, "/api/locations", {"name": "Bench", "zone": "UTC"})
        room = cls(caller, place["id"])
        ids = []
        for number in range(doctors):
            said: dict[str, Any] = {
                "name": f"Dr. Bench {number}",
                "specialty": "Cardiology",
                "location_ids": [room.location_id],
            }
            ids.append(_made(caller, "/api/doctors", said)["id"])
            _send(caller, "PUT", f"/api/doctors/{ids[-1]}/schedule", {"hours": [_EVERY_DAY], "daily_cap": 200})
        for number, doctor_id in zip(range(patients), itertools.cycle(ids), strict=False):
            details = {"first_name": f"Ann {number}", "last_name": f"Bench {number}", "phone": f"+1415555{number:04d}"}
            body = {"doctor_id": doctor_id, "location_id": room.location_id, "patient_details": details}
            room.entries.append(_made(caller, "/api/queue/join", body)["id"])
        return room

    @property
    def topic(self) -> str:
        """What the displays follow."""
        return f"location:{self.location_id}"

    def change(self, *, rate: float, seconds: float) -> list[Change]:
        """Park patients and take them back in turn, at a steady rate whatever an answer takes."""
        deeds = itertools.cycle(itertools.product(("hold", "resume"), self.entries))
        begun = time.monotonic()
        with ThreadPoolExecutor(_HANDS) as pool:
            made = []
            for number in range(int(rate * seconds)):
                time.sleep(max(0.0, begun + number / rate - time.monotonic()))
                deed, entry_id = next(deeds)
                made.append(pool.submit(self._act, entry_id, deed))
            return [one.result() for one in made]

    def head(self) -> int:
        """The topic's version now."""
        answer = self.caller.send("events", "GET", f"/api/events?topic={self.topic}")
        head: int = answer.json["meta"]["head"]
        return head

    def _act(self, entry_id: str, deed: str) -> Change:
        asked = time.monotonic()
        said = _send(self.caller, "POST", f"/api/queue/{entry_id}/{deed}", {})
        return Change(entry_id, said["version"], asked, time.monotonic())


def _made(caller: Caller, path: str, body: Any) -> Any:
    return _send(caller, "POST", path, body)


def _send(caller: Caller, method: str, path: str, body: Any) -> Any:
    answer = caller.send(path, method, path, body)
    if not answer.json["success"]:
        raise Refused(f"{method} {path} was answered with {answer.status}: {answer.json['error']['code']}")
    return answer.json["data"]
