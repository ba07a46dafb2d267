"""One office: its people, columns and appointments, and every change with its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

MADE, ARRIVED, OTHER, SEEN, MOVED, CANCELLED, DELETED, NO_SHOW = 0, 1, 2, 3, 5, 10, 11, 12
OCCUPIES_BELOW = 10
FIRST_APPOINTMENT = 9_000_000
FIRST_PATIENT = 5_000


@dataclass(slots=True)
class Patient:
    """A patient as stored: text in capitals, the street in `address2`."""

    id: int
    name: str
    dob: date | None = None
    sex: str = "U"
    chart: str = ""
    ssn: str = ""
    phone: str = ""
    email: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Whom a column works for; close to a billing provider."""

    id: int
    code: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Facility:
    """A place."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """What can be booked: hours of a profile at a facility; `workweek` runs from Monday, 0 per slot is no bound."""

    id: int
    name: str
    profile_id: int
    facility_id: int
    start: str = "08:00"
    end: str = "17:00"
    interval: int = 15
    workweek: str = "1111100"
    max_per_slot: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of appointment."""

    id: int
    name: str
    duration: int = 30
    color: str = "GRAY"


@dataclass(frozen=True, slots=True)
class Block:
    """Time of a column that nobody may book; wall time of the office."""

    id: int
    column_id: int
    start: datetime
    end: datetime
    note: str = ""


@dataclass(slots=True)
class Appointment:
    """An appointment: `start` is the wall time of the office, stamps of changes are UTC instants."""

    id: int
    patient_id: int
    column_id: int
    start: datetime
    duration: int
    profile_id: int
    facility_id: int
    created_at: datetime
    modified_at: datetime
    status: int = MADE
    type_ids: list[int] = field(default_factory=list)
    color: str = "GRAY"
    comments: str = ""
    reference_id: str | None = None
    created_by: str = ""
    modified_by: str = ""
    deleted_at: datetime | None = None
    charged_at: datetime | None = None
    confirmed_at: datetime | None = None
    arrived_at: datetime | None = None
    seen_at: datetime | None = None

    @property
    def occupies(self) -> bool:
        """Whether it takes its time."""
        return self.status < OCCUPIES_BELOW


@dataclass(slots=True)
class Office:
    """All that one office key opens."""

    key: str
    zone: str
    users: dict[str, str]
    apps: set[str]
    host: str = "api-101"
    columns: dict[int, Column] = field(default_factory=dict)
    profiles: dict[int, Profile] = field(default_factory=dict)
    facilities: dict[int, Facility] = field(default_factory=dict)
    kinds: dict[int, Kind] = field(default_factory=dict)
    patients: dict[int, Patient] = field(default_factory=dict)
    appointments: dict[int, Appointment] = field(default_factory=dict)
    blocks: dict[int, Block] = field(default_factory=dict)

    def next_appointment(self) -> int:
        """The number of the next appointment."""
        return max(self.appointments, default=FIRST_APPOINTMENT) + 1

    def next_patient(self) -> int:
        """The number of the next patient."""
        return max(self.patients, default=FIRST_PATIENT) + 1
