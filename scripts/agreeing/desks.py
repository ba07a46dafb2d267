"""The people at both desks: they book, move, receive and cancel, and all that they did is in the journal.

What their own side refuses does not happen. A request of the clinic's desk is about the version that was looked at.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.stamps import Stamp
from chalicelib.kit.types import When
from chalicelib.scheduling import booking, cancelling, rescheduling, status
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.visits import Asked
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem
from infra.simulators.advancedmd import front_desk
from infra.simulators.advancedmd.demo import OFFICE_KEY
from infra.simulators.advancedmd.office import Appointment
from scripts.agreeing.ground import ZONE, Ground
from scripts.agreeing.journal import Journal, State

_DESK = Claims(sub="desk", role="receptionist", hospital_id="*")
STAGES_HERE = {
    **dict.fromkeys(("scheduled", "rescheduled", "confirmed"), "expected"),
    **dict.fromkeys(("checked_in", "in_progress"), "arrived"),
    "completed": "done",
    "cancelled": "cancelled",
    "no_show": "missed",
}
STAGES_THERE = {0: "expected", 1: "arrived", 2: "arrived", 3: "done", 5: "expected", 10: "cancelled", 11: "cancelled"}
STAGES_THERE[12] = "missed"
_DAYS, _FIRST_HOUR, _QUARTERS = 14, 7, 44
_LENGTHS = (30, 30, 30, 45, 15)
_DOINGS_HERE = ("move", "move", "move", "checked_in", "cancelled", "no_show", "confirmed", "completed")
_DOINGS_THERE = ("move", "move", "move", "checkin", "cancel", "noshow", "delete", "charge", "checkout")


def state_here(item: AppointmentItem) -> State:
    """An appointment of the clinic's as its desk sees it."""
    start = datetime.fromisoformat(item.start).astimezone(UTC).isoformat()
    return State((start, int(item.duration_minutes), item.doctor_id), STAGES_HERE[item.status])


@dataclass
class Desks:
    """Both desks; the same deeds for the same seed, as far as the sides allow them."""

    ground: Ground
    first: datetime
    seed: int
    journal: Journal = field(default_factory=Journal)
    made: list[str] = field(default_factory=list)
    refused: int = 0
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311  # nosec B311 # the same day for the same seed

    def anything(self) -> None:
        """Somebody, somewhere, changes an appointment, or two people the same one at once."""
        drawn = self.dice.random()
        if not self.made or drawn < 0.5:  # noqa: PLR2004 - half of them here
            self.change_here()
        elif drawn < 0.9:  # noqa: PLR2004 - and almost half there
            self.change_there()
        else:
            both = self.dice.choice(list(self.ground.office.appointments.values()) or [None])
            if both is not None:
                self.change_there(both)
                self.change_here(both.reference_id)

    def book_here(self) -> None:
        """A new appointment of the clinic's."""
        doctor, patient = self.dice.choice(list(self.ground.columns)), self.dice.choice(list(self.ground.numbers))
        when = When(instant=self._instant())
        asked = Asked(doctor_id=doctor, when=when, duration=self.dice.choice(_LENGTHS), mode="in-person")
        wish = Booking(asked=asked, stamp=_stamp(), patient_id=patient, details={"origin": "online"})
        made = self._tried(lambda: booking.book(wish).appointment)
        if made is not None:
            self.made.append(made.id)
            self.journal.note("here", made.id, None, state_here(made))

    def book_there(self) -> None:
        """A new visit of the office's, of a patient who is linked."""
        doctor = self.dice.choice(list(self.ground.columns))
        patient = self.dice.choice(list(self.ground.numbers.values())[1::2])
        column = self.ground.office.columns[self.ground.columns[doctor]]
        wanted: dict[str, Any] = {"patientid": patient, "columnid": column.id, "profileid": column.profile_id}
        wanted |= {"duration": self.dice.choice(_LENGTHS), "startdatetime": self._wall()}
        with self.ground.running.whole.lock:
            made = self._done_there("book", wanted)
            if made is not None:
                one = self.ground.office.appointments[made["id"]]
                self.journal.note("there", str(one.id), None, self.state_there(one))

    def change_here(self, appointment_id: str | None = None) -> None:
        """An appointment is moved, or its patient comes, cancels or does not come."""
        chosen = appointment_id or (self.dice.choice(self.made) if self.made else None)
        item = AppointmentItem.find(chosen) if chosen else None
        if item is None:
            return
        before, stamp = state_here(item), _stamp(str(int(item.version)))
        doing = self.dice.choice(_DOINGS_HERE)
        changed = self._tried(lambda: self._do_here(item, doing, stamp))
        if changed is not None:
            self.journal.note("here", item.id, before, state_here(changed))

    def change_there(self, visit: Appointment | None = None) -> None:
        """The same in AdvancedMD's own windows."""
        with self.ground.running.whole.lock:
            open_ones = [one for one in self.ground.office.appointments.values() if one.occupies]
            one = visit or (self.dice.choice(open_ones) if open_ones else None)
            if one is None or not one.occupies:
                return
            before, doing = self.state_there(one), self.dice.choice(_DOINGS_THERE)
            column = self.dice.choice([one.column_id, one.column_id, *self.ground.columns.values()])
            place = {"columnid": column, "startdatetime": self._wall()} if doing == "move" else {}
            if self._done_there(doing, {"id": one.id, **place}) is not None:
                agreed = self._stage_here(one) == before.stage
                self.journal.note("there", str(one.id), before, self.state_there(one), agreed=agreed)

    def _stage_here(self, one: Appointment) -> str | None:
        """How far the appointment of a visit has come; None while nobody knows that it is its visit."""
        appointment_id = officelinks.whose(OFFICE_KEY, one.id)
        item = AppointmentItem.find(appointment_id) if appointment_id else None
        return STAGES_HERE[item.status] if item else None

    def state_there(self, one: Appointment) -> State:
        """A visit as the office's desk sees it; an hour that there is not is told as it stands."""
        doctors = {column: doctor for doctor, column in self.ground.columns.items()}
        start = one.start.replace(tzinfo=ZONE).astimezone(UTC)
        return State((start.isoformat(), one.duration, doctors[one.column_id]), STAGES_THERE[one.status])

    def _do_here(self, item: AppointmentItem, doing: str, stamp: Stamp) -> AppointmentItem:
        if doing == "move":
            doctor = self.dice.choice(["", "", *self.ground.columns])
            asked = Asked(doctor_id=doctor, when=When(instant=self._instant()), duration=self._length())
            return rescheduling.reschedule(appointment_id=item.id, asked=asked, stamp=stamp)
        if doing == "cancelled":
            return cancelling.cancel(appointment_id=item.id, stamp=stamp)
        return status.set_status(appointment_id=item.id, status=doing, stamp=stamp)

    def _tried(self, work: Callable[[], AppointmentItem]) -> AppointmentItem | None:
        try:
            return work()
        except CareSlotError:
            self.refused += 1
            return None

    def _done_there(self, kind: str, wanted: dict[str, Any]) -> dict[str, Any] | None:
        desk = self.ground.running.whole.desk(self.ground.office)
        try:
            return front_desk.do(desk, {"kind": kind, **wanted})
        except front_desk.NotDone:
            self.refused += 1
            return None

    def _length(self) -> int | None:
        return self.dice.choice([None, None, None, *_LENGTHS])

    def _instant(self) -> datetime:
        return datetime.fromisoformat(self._wall()).replace(tzinfo=ZONE).astimezone(UTC)

    def _wall(self) -> str:
        """A quarter of an hour of the coming days, as the wall in Denver shows it."""
        day = self.first.astimezone(ZONE).date() + timedelta(days=1 + self.dice.randrange(_DAYS))
        minutes = _FIRST_HOUR * 60 + 15 * self.dice.randrange(_QUARTERS)
        if self.dice.random() < 0.01:  # noqa: PLR2004 - seldom in an hour which one of these days does not have
            minutes = 2 * 60 + 15 * self.dice.randrange(4)
        return (datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)).isoformat()


def _stamp(if_match: str | None = None) -> Stamp:
    return Stamp(by=_DESK, now=clock.now(), request_id=uuid.uuid4().hex, if_match=if_match)
