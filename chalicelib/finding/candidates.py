"""Recommending doctors: gathers what is known of each active doctor and has it ranked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chalicelib.finding import complaints, recommending, search
from chalicelib.finding.complaints import Suggestion
from chalicelib.finding.recommending import Candidate, Point, Ranked
from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.people import access, directory
from chalicelib.scheduling import offers, searching, statuses
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.offers import Offered
from chalicelib.table import appointments, base, keys
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.doctors import DoctorItem, specialty_key

_MOST = 100  # so many doctors' sheets are read; the others are behind already by what costs nothing to know
_WEEK = 7
_REMEMBERED = timedelta(days=3 * 365)
_MEETINGS = (statuses.OPEN | {statuses.COMPLETED}) - {statuses.HELD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """For whom and what a doctor is looked for; all of it may be left out."""

    specialty: str | None = None
    reason: str | None = None
    patient_id: str | None = None
    location_id: str | None = None
    mode: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Recommended:
    """A doctor, the place in the ranking, and the next free start from the date asked for."""

    doctor: DoctorItem
    ranked: Ranked
    next_available: datetime | None


def recommend(request: Request, *, limit: int, by: Claims, now: datetime) -> list[Recommended]:
    """The doctors who suit best, best first.

    A specialty that is named leaves only its doctors; one that is inferred from the reason only counts for them.
    Raises NotFound (location; a patient who is not the caller's to see), Invalid (a date in the past).
    """
    if request.location_id:
        directory.location(request.location_id)
    past = _past(_patient_id(request.patient_id, by), now)
    doctors = {doctor.id: doctor for doctor in searching.doctors_for(specialty=request.specialty, mode=request.mode)}
    today = searching.today(doctors.values(), now)
    if request.day and request.day < today:
        raise Invalid.field("date", "is in the past")
    drafts = _drafts(request, list(doctors.values()), past)
    leading = [one.doctor_id for one in recommending.rank(list(drafts.values()))[:_MOST]]
    need = Need(mode=request.mode)
    soonest = _Soonest.of([doctors[doctor_id] for doctor_id in leading], request.day or today, need, now)
    known = [
        replace(drafts[doctor_id], wait=soonest.wait(doctor_id), share_free=soonest.share_free.get(doctor_id))
        for doctor_id in leading
    ]
    return [
        Recommended(doctors[one.doctor_id], one, soonest.starts.get(one.doctor_id))
        for one in recommending.rank(known)[:limit]
    ]


def _patient_id(patient_id: str | None, by: Claims) -> str | None:
    """The patient meant: the one named, who must be the caller's to see, or the patient who asks."""
    if patient_id is None:
        return by.sub if by.role == "patient" else None
    access.check_patient(by, patient_id, field="patient_id")
    if by.role != "patient" and base.get(keys.patient(patient_id)) is None:
        raise NotFound("patient", "patient_id")
    return patient_id


def _past(patient_id: str | None, now: datetime) -> list[AppointmentItem] | None:
    """The patient's appointments of three years and to come, less those that did not happen; None without a patient."""
    if patient_id is None:
        return None
    found = appointments.of_patient(patient_id, first=now - _REMEMBERED)
    return [appointment for appointment in found if appointment.status in _MEETINGS]


def _drafts(
    request: Request, doctors: Sequence[DoctorItem], past: Sequence[AppointmentItem] | None
) -> Mapping[str, Candidate]:
    """What is known of each doctor without reading any sheet."""
    suggestions = complaints.suggested(request.reason) if request.reason and not request.specialty else []
    visits = Counter(appointment.doctor_id for appointment in past or ())
    usual = Counter(appointment.location_id for appointment in past or ()).most_common(1)
    origin = request.location_id or (usual[0][0] if usual else None)
    drafts = {}
    for doctor in doctors:
        suits, because = _suits(doctor, request.specialty, suggestions)
        drafts[doctor.id] = Candidate(
            doctor_id=doctor.id,
            name=doctor.name,
            suits=suits,
            suits_because=because,
            visits=None if past is None else visits[doctor.id],
            kilometres=_kilometres(origin, doctor) if origin else None,
        )
    return drafts


def _suits(doctor: DoctorItem, specialty: str | None, suggestions: Sequence[Suggestion]) -> tuple[bool | None, str]:
    if specialty:
        return specialty_key(doctor.specialty) == specialty_key(specialty), f"{doctor.specialty} was asked for"
    if not suggestions:
        return None, recommending.NOT_ASKED
    for one in suggestions:
        if one.suits(doctor.specialty):
            return True, f"“{one.word}” suggests {one.field}"
    return False, f"“{suggestions[0].word}” suggests {suggestions[0].field}, not {doctor.specialty}"


def _kilometres(origin: str, doctor: DoctorItem) -> float | None:
    """From the origin to the nearest of the doctor's locations, as far as coordinates are known."""
    if origin in doctor.location_ids:
        return 0.0
    here, there = _point(origin), [_point(place) for place in doctor.location_ids]
    return min((recommending.distance(here, point) for point in there if here and point), default=None)


def _point(location_id: str) -> Point | None:
    place = directory.location(location_id)
    if place.latitude is None or place.longitude is None:
        return None
    return float(place.latitude), float(place.longitude)


@dataclass(frozen=True, slots=True)
class _Soonest:
    """When doctors are first free from a date on, and how free the week from that date is."""

    since: datetime
    first_day: date
    starts: Mapping[str, datetime]
    share_free: Mapping[str, float]

    @classmethod
    def of(cls, doctors: Sequence[DoctorItem], first: date, need: Need, now: datetime) -> "_Soonest":
        week = offers.for_doctors(doctors, first, first + timedelta(days=_WEEK - 1), need, now)
        starts = {one.doctor.id: start for one in week if (start := search.first_start(one)) is not None}
        full = [doctor for doctor in doctors if doctor.id not in starts]
        later = search.next_free(full, first, need, now, after=_WEEK)
        shares = {one.doctor.id: share for one in week if (share := _share_free(one)) is not None}
        return cls(now, first, {**starts, **later}, shares)

    def wait(self, doctor_id: str) -> timedelta | None:
        """From now, or from the beginning of a later first day, to the doctor's first free start."""
        start = self.starts.get(doctor_id)
        if start is None:
            return None
        begin = datetime.combine(self.first_day, time(), tzinfo=start.tzinfo)
        return max(start - max(begin, self.since), timedelta())


def _share_free(offered: Offered) -> float | None:
    free = sum(offer.starts.bit_count() for offer in offered.offers)
    taken = sum(offer.taken.bit_count() for offer in offered.offers)
    return free / (free + taken) if free + taken else None
