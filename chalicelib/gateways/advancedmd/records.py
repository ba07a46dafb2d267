"""What AdvancedMD tells about its visits, patients and columns, without its ways of writing. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

MADE, ARRIVED, OTHER, SEEN, MOVED, CANCELLED, DELETED, NO_SHOW = 0, 1, 2, 3, 5, 10, 11, 12


@dataclass(frozen=True, slots=True)
class VisitData:
    """A visit; `start` is wall time of the office. Notes and reasons are neither asked for nor kept.

    `mark` is N, C or D in what has changed; a D may be a deletion or a posted charge, and tells nothing but the id.
    A pull names the column, the scheduler numbers column, profile and facility: what is unknown is None.
    """

    id: int
    start: datetime | None = None
    minutes: int | None = None
    status: int | None = None
    patient_id: int | None = None
    column: str | None = None
    column_id: int | None = None
    profile_id: int | None = None
    facility_id: int | None = None
    type_id: int | None = None
    charged: bool = False
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Visits with the server's time to be echoed; `only_ids` when there were too many to tell more."""

    visits: tuple[VisitData, ...]
    server_time: str
    only_ids: bool = False


@dataclass(frozen=True, slots=True)
class PatientData:
    """A patient as a look-up finds one; `name` is `DOE,JANE A`."""

    id: int
    name: str
    born: date | None = None
    chart: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """A profile or facility: a number, a code and a name."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ColumnData:
    """What can be booked: the hours of a profile at a facility."""

    id: int
    name: str
    profile_id: int | None
    facility_id: int | None


@dataclass(frozen=True, slots=True)
class Bookable:
    """A column with whom and where it is for, by AdvancedMD's numbers."""

    column_id: int
    profile_id: int
    facility_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewVisit:
    """An appointment to be made; `reference` is ours, by which it is found again when the answer was lost."""

    patient_id: int
    column_id: int
    profile_id: int
    type_id: int
    start: datetime
    minutes: int
    reference: str
    facility_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewPatient:
    """Who is to be added: the least that AdvancedMD needs to know, and nothing about health."""

    first_name: str
    last_name: str
    profile_id: int
    born: date | None = None
    sex: str = "U"
    phone: str = ""
    email: str = ""
