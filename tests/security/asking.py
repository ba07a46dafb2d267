"""Right requests of every route that has ids, and the same with another id in one place."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.kit.calls import Route
from tests.builders import Data, make_patient, person, unique
from tests.client import Answer
from tests.scheduling.desk import EVERY_DAY
from tests.security.clinics import Clinics, moment
from tests.security.declared import address, named
from tests.security.matrix import CALLERS, KINDS, PLACED, SCOPES, Caller, Kind
from tests.telehealth.visiting import ALL_WELL, TAB

_MIDDLE_SCOPES = set(SCOPES) - {"of the location", "of nowhere"}


@dataclass(frozen=True, slots=True)
class Question:
    """A caller puts an id in one place of a route: `path.id`, `query.doctor_id`, `body.hours[].location_id`."""

    who: Caller
    route: Route
    parameter: str

    @property
    def name(self) -> str:
        """How the question is called in the names of tests."""
        return f"{named(self.route)} {self.parameter} by {self.who.name}"

    @property
    def kind(self) -> Kind:
        """What the id is of, and how it is asked for."""
        return KINDS[PLACED[named(self.route)][self.parameter]]


def questions(route: Route, parameter: str) -> list[Question]:
    """The question of everyone whose role may call the route; what is open to all is not asked by every scope."""
    found = [Question(who, route, parameter) for who in CALLERS if who.role in route.roles]
    return [one for one in found if one.kind.reach or one.who.scope not in _MIDDLE_SCOPES]


def ask(clinics: Clinics, question: Question, value: str, **more: Any) -> Answer:
    """What the caller is answered who sends a right request but for the value in that place, and more in the body."""
    form = _Form(clinics, question, value)
    make = _RIGHT.get(named(question.route), _Form.nothing)
    body, query = make(form)
    path = {name: form.in_path(name) for name in re.findall(r"{(\w+)}", question.route.path)}
    _put({"path": path, "query": query, "body": body}, question.parameter, value)
    sender = clinics.caller(question.who)
    return sender.send(question.route.method, address(question.route, **path), {**body, **more}, query)


def _put(request: Data, parameter: str, value: str) -> None:
    *steps, last = parameter.removesuffix("[]").split(".")
    target: Any = request
    for step in steps:
        target = target[step.removesuffix("[]")]
        target = target[0] if step.endswith("[]") else target
    target[last] = [value] if parameter.endswith("[]") else value


@dataclass(frozen=True)
class _Form:
    """Writes the requests of one question."""

    clinics: Clinics
    question: Question
    value: str
    own: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "own", self.clinics.own.ids)

    def in_path(self, name: str) -> str:
        """An own thing for the path."""
        if name in {"kind", "date"}:
            return {"kind": "appointment", "date": moment()[:10]}[name]
        if self.question.parameter == f"path.{name}":
            return self.value
        kind = KINDS[PLACED[named(self.question.route)][f"path.{name}"]].thing
        moves = kind == "appointment" and self.question.parameter == "body.location_id"
        return self.clinics.own.booked(self.doctor) if moves else self.clinics.own.thing(kind)

    @property
    def doctor(self) -> str:
        """With whom: where the place is in question, with the doctor who works at both, unless a doctor asks."""
        both = self.question.parameter == "body.location_id" and self.question.who.role != "doctor"
        return self.clinics.commuter if both else self.own["doctor"]

    @property
    def when(self) -> str:
        """When: in the morning, but at the other place in the afternoon."""
        return moment(13 if self.value == self.clinics.other.ids["location"] else 9)

    def nothing(self) -> tuple[Data, Data]:
        return {}, {}

    def booking(self) -> tuple[Data, Data]:
        wish = {"doctor_id": self.doctor, "patient_id": self.own["patient"], "scheduled_date": self.when}
        return wish, {}

    def move(self) -> tuple[Data, Data]:
        return {"scheduled_date": self.when}, {}

    def status(self) -> tuple[Data, Data]:
        return {"status": "checked_in" if self.question.who.role == "kiosk" else "confirmed"}, {}

    def schedule(self) -> tuple[Data, Data]:
        body = {
            "hours": [{**EVERY_DAY}],
            "breaks": [{"start": "12:00", "end": "12:30", "weekdays": [0]}],
            "overrides": [{"date": moment()[:10], "ranges": [{"start": "08:00", "end": "12:00"}]}],
            "location_id": self.own["location"],
        }
        return body, {"dry_run": "true"}

    def joining(self) -> tuple[Data, Data]:
        known = self.question.who.role in {"doctor", "patient"}
        patient = self.own["patient"] if known else make_patient(self.clinics.api)["id"]
        place = {} if self.question.parameter == "body.doctor_id" else {"location_id": self.own["location"]}
        return {"doctor_id": self.doctor, "patient_id": patient, **place}, {}

    def calling(self) -> tuple[Data, Data]:
        return {"doctor_id": self.own["doctor"], "location_id": self.own["location"]}, {}

    def check_in(self) -> tuple[Data, Data]:
        coded = self.question.parameter == "body.code"
        return ({} if coded else {"appointment_id": self.clinics.own.thing("appointment")}), {}

    def ranking(self) -> tuple[Data, Data]:
        entry = {} if self.question.parameter == "body.queue_id" else {"queue_id": self.clinics.own.thing("entry")}
        return {"doctor_id": self.own["doctor"], "priority_factors": {"medical_urgency": "low"}, **entry}, {}

    def listing(self) -> tuple[Data, Data]:
        return {}, {"location_id": self.own["location"]}

    def doctor_record(self) -> tuple[Data, Data]:
        places = {"hospital_id": self.own["hospital"], "location_ids": [self.own["location"]]}
        return {"name": unique("Dr. New"), "specialty": "Neurology", **places}, {}

    def display(self) -> tuple[Data, Data]:
        return {"name": "Lobby", "location_id": self.own["location"]}, {}

    def location_record(self) -> tuple[Data, Data]:
        return {"name": unique("New Street"), "zone": "UTC", "hospital_id": self.own["hospital"]}, {}


def _changing(**fields: Any) -> Callable[[_Form], tuple[Data, Data]]:
    """The body that changes these fields."""
    return lambda _: ({**fields}, {})


_RIGHT: dict[str, Callable[[_Form], tuple[Data, Data]]] = {
    "POST /api/advancedmd/conflicts/{id}/resolve": _changing(keep="ours"),
    "PUT /api/advancedmd/doctors/{id}/link": _changing(advancedmd_provider_id=3),
    "PUT /api/advancedmd/patients/{id}/link": _changing(advancedmd_patient_id=148),
    "PUT /api/advancedmd/settings": lambda form: ({"locations": [{"location_id": form.own["location"]}]}, {}),
    "GET /api/appointments": _Form.listing,
    "POST /api/appointments": _Form.booking,
    "POST /api/appointments/book": _Form.booking,
    "POST /api/appointments/hold": _Form.booking,
    "PUT /api/appointments/{id}/reschedule": _Form.move,
    "PUT /api/appointments/{id}/status": _Form.status,
    "POST /api/displays": _Form.display,
    "POST /api/doctors": _Form.doctor_record,
    "DELETE /api/doctors/{id}": lambda _: ({}, {"dry_run": "true"}),
    "PUT /api/doctors/{id}": _changing(),
    "PUT /api/doctors/{id}/schedule": _Form.schedule,
    "PUT /api/hospitals/{id}": _changing(phone="+14155550100"),
    "POST /api/hospitals": _changing(name="Hospital"),
    "POST /api/patients": lambda _: (person(), {}),
    "POST /api/services": _changing(name="Check-up", duration_minutes=30),
    "POST /api/locations": _Form.location_record,
    "PUT /api/locations/{id}": _changing(hold_minutes=15),
    "POST /api/locations/{id}/rooms": _changing(name="Room"),
    "POST /api/keys": _changing(name="Laboratory", role="kiosk", hospital_id="*", location_id="*"),
    "POST /api/queue/call-next": _Form.calling,
    "POST /api/queue/check-in": _Form.check_in,
    "GET /api/queue/current": _Form.listing,
    "POST /api/queue/join": _Form.joining,
    "POST /api/queue/prioritize": _Form.ranking,
    "GET /api/queue/statistics": _Form.listing,
    "PUT /api/queue/{id}/status": _changing(status="called"),
    "POST /api/queue/{id}/forward": lambda form: ({"doctor_id": form.own["doctor"]}, {}),
    "POST /api/queue/{id}/transfer": lambda form: ({"doctor_id": form.own["doctor"]}, {}),
    "POST /api/reminders/schedule": _changing(email=True, timing="45m"),
    "POST /api/reminders/bulk": _changing(action="cancel", date="2026-01-15"),
    "PUT /api/reminders/{id}": _changing(custom_message="Bring your files"),
    "POST /api/patients/{id}/break-glass": _changing(reason="Unconscious in the emergency room"),
    "PUT /api/patients/{id}": _changing(address=person()["last_name"]),
    "PUT /api/rooms/{id}": _changing(equipment=["Lamp"]),
    "POST /api/telehealth/room/{id}/admit": _changing(person="patient"),
    "POST /api/telehealth/room/{id}/consent": _changing(agreed=True),
    "POST /api/telehealth/room/{id}/decline": _changing(person="patient"),
    "POST /api/telehealth/room/{id}/enter": _changing(tab=TAB, requirements=ALL_WELL),
    "POST /api/telehealth/room/{id}/guests": _changing(name="Ama, interpreter"),
    "POST /api/telehealth/rooms": lambda form: ({"patient_id": form.own["patient"]}, {}),
    "PUT /api/services/{id}": _changing(description="Changed"),
}
"""Body and query of each route that needs any."""
