"""Who reaches what: the matrix that the application has to fulfil, written down independently of it.

A new route with ids fails `test_objects.py` until each of its ids is placed in `PLACED`, as the kind of thing that is
asked for. The first id of a route is what the others stand in: they count only for who reaches that one.

Each kind says for each class of callers what becomes of the own thing and of another's: SEEN (it is answered, or the
clinic refuses for reasons of its own), 404 (exactly as if there were no such thing), or 403 (where it is no secret
that there is one). "Own" is of the caller's hospital and location, of the doctor, of the patient.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.kit.calls import Route
from tests.security.declared import named

SEEN = 200
Outcome = tuple[int, int]
ALL: Outcome = (SEEN, SEEN)
OWN: Outcome = (SEEN, 404)
NONE: Outcome = (404, 404)
NOT_ANOTHERS: Outcome = (SEEN, 403)
NOTHING_AT_ALL: Outcome = (403, 403)

SCOPES: dict[str, dict[str, Any]] = {
    "of the network": {"hospital": "*"},
    "of the hospital": {"hospital": "{hospital}"},
    "of all the hospital's locations": {"hospital": "{hospital}", "location": "*"},
    "of the hospital's location": {"hospital": "{hospital}", "location": "{location}"},
    "of the location": {"location": "{location}"},
    "of a location, whatever the hospital": {"hospital": "*", "location": "{location}"},
    "of nowhere": {"hospital_id": None},
}
"""What a desk's or a device's token names."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a role, whose id the subject is, and what the token names."""

    role: str
    sub: str = ""
    scope: str = ""

    @property
    def name(self) -> str:
        """How the caller is called in the names of tests."""
        return f"{self.role} {self.scope}".strip()

    @property
    def group(self) -> str:
        """The row of the matrix: desks of all roles reach the same."""
        desk = self.role in {"receptionist", "billing", "hospital_admin"}
        return f"{'desk' if desk else self.role} {self.scope}".strip()


CALLERS = [
    Caller("admin"),
    Caller("doctor", sub="{doctor}"),
    Caller("patient", sub="{patient}"),
    Caller("display", scope="of the location"),
    *(Caller(role, scope=scope) for role in ("receptionist", "hospital_admin", "kiosk") for scope in SCOPES),
    *(
        Caller("billing", scope=scope)
        for scope in ("of the network", "of the hospital", "of the location", "of nowhere")
    ),
]


def _by_scope(group: str, *, bounded: Outcome, location: Outcome, nowhere: Outcome) -> dict[str, Outcome]:
    """What desks or devices reach: the network, a hospital, one location, nothing."""
    narrow = ("of the hospital's location", "of the location", "of a location, whatever the hospital")
    hospital = ("of the hospital", "of all the hospital's locations")
    return {
        f"{group} of the network": ALL,
        **{f"{group} {scope}": bounded for scope in hospital},
        **{f"{group} {scope}": location for scope in narrow},
        f"{group} of nowhere": nowhere,
    }


def _places(nowhere: Outcome = NONE) -> dict[str, Outcome]:
    """What belongs to a location is reached by its desks and devices, and by the hospital's."""
    desks = _by_scope("desk", bounded=OWN, location=OWN, nowhere=nowhere)
    return desks | _by_scope("kiosk", bounded=OWN, location=OWN, nowhere=nowhere) | {"admin": ALL}


# A hospital's own things are managed by desks of the hospital; a desk of one location that names no hospital, or the
# whole network's, manages none but those of its location.
_HOSPITAL = _by_scope("desk", bounded=OWN, location=NONE, nowhere=NONE) | {
    "admin": ALL,
    "desk of the hospital's location": OWN,
    "desk of a location, whatever the hospital": ALL,
}
_EVERY_PATIENT = {
    **_by_scope("desk", bounded=ALL, location=ALL, nowhere=NONE),
    **_by_scope("kiosk", bounded=ALL, location=ALL, nowhere=NONE),
    "admin": ALL,
    "doctor": OWN,
    "patient": OWN,
}
# Whoever names all hospitals may ask for any doctor's list, of which only the own location's entries are shown.
_LISTS_ANYWHERE = {f"{group} of a location, whatever the hospital": ALL for group in ("desk", "kiosk")}
_BOOKING_DESKS = _places(nowhere=NOTHING_AT_ALL)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of asking for a thing: what the thing is, and what each class of callers gets; the rest gets nothing.

    Of what is no `secret`, because everyone may look it up, a refusal may tell that it is there.
    """

    thing: str
    reach: dict[str, Outcome]
    otherwise: Outcome = NONE
    secret: bool = True


KINDS = {
    # what anyone with a token may look at, and refer to
    "doctor in the catalogue": Kind("doctor", {}, ALL),
    "hospital in the catalogue": Kind("hospital", {}, ALL),
    "location in the catalogue": Kind("location", {}, ALL),
    "room in the catalogue": Kind("room", {}, ALL),
    "service in the catalogue": Kind("service", {}, ALL),
    # patients and their appointments
    "appointment": Kind("appointment", {**_places(), "doctor": OWN, "patient": OWN}),
    "appointment in the audit trail": Kind("appointment", {"admin": ALL}),
    "reminder": Kind("reminder", {**_places(), "doctor": OWN, "patient": OWN}),
    "patient": Kind("patient", _EVERY_PATIENT),
    # where appointments are made and moved to
    "doctor to book with": Kind("doctor", {**_BOOKING_DESKS, "doctor": OWN, "patient": ALL}, secret=False),
    "location to book at": Kind("location", {**_BOOKING_DESKS, "doctor": ALL, "patient": ALL}, secret=False),
    "doctor to move to": Kind("doctor", {**_places(), "doctor": NOT_ANOTHERS, "patient": ALL}, secret=False),
    "location to move to": Kind("location", {**_places(), "doctor": ALL, "patient": ALL}, secret=False),
    # the waiting room
    "board": Kind("location", {**_places(), "display of the location": OWN, "doctor": ALL, "patient": ALL}),
    "visit to check in": Kind("appointment", {**_places(), "doctor": OWN}),
    "location of a visit": Kind("location", {**_places(), "doctor": ALL}),
    "entry": Kind("entry", {**_places(), "doctor": OWN, "patient": OWN}),
    "entry of the line": Kind("entry", {**_places(), "admin": OWN, "desk of the network": OWN, "doctor": OWN}),
    "doctor of the line": Kind("doctor", {"doctor": OWN}, otherwise=ALL),
    "doctor of the entry": Kind("doctor", {}, otherwise=OWN),
    "room to call to": Kind("room", {}, otherwise=OWN),
    # what is managed
    "doctor's list": Kind("doctor", {**_places(), **_LISTS_ANYWHERE, "doctor": OWN}),
    "doctor to manage": Kind("doctor", {**_HOSPITAL, "doctor": OWN}),
    "hospital to manage": Kind("hospital", {"admin": ALL}),
    "hospital to belong to": Kind("hospital", _HOSPITAL),
    "hospital to move to": Kind("hospital", {**_HOSPITAL, "desk of the location": OWN, "doctor": NOT_ANOTHERS}),
    "location to manage": Kind("location", _places()),
    "location to work at": Kind("location", {**_places(), "doctor": NOT_ANOTHERS}),
    "location of the list": Kind("location", _places()),
    "room to manage": Kind("room", _places()),
    "usual room": Kind("room", {"doctor": NOT_ANOTHERS}, otherwise=ALL),
    "service to manage": Kind("service", {"admin": ALL}),
    # what only doctors and administrators may do, to anyone and with anything
    "patient in an emergency": Kind("patient", {"doctor": ALL}),
    "location of the office": Kind("location", {"admin": ALL}),
    "doctor of the office": Kind("doctor", {"admin": ALL}),
    "hospital of a key": Kind("hospital", {"admin": ALL}),
    "location of a key": Kind("location", {"admin": ALL}),
    "key": Kind("key", {"admin": ALL}),
    "display": Kind("display", _places()),
    "device of one's own": Kind("device", {"patient": OWN}, otherwise=NONE),
    # telehealth
    "visit by video": Kind("visit", {**_places(), "doctor": OWN, "patient": OWN}),
    "visit to enter": Kind("visit", {"doctor": OWN, "patient": OWN}),
    "visit to host": Kind("visit", {"doctor": OWN}),
    "patient to talk to": Kind("patient", {"doctor": OWN}),
    "guest": Kind("guest", {"doctor": OWN}),
}

CHOSEN = "an id that the caller would choose"
TWICE = "an id that stands in the path already, and is refused"
WHOEVER = "an id that tokens may name, whether or not anybody has it"
PAGE = "an id that the page reads, which is the same page for everybody"
SIGNED = "an id in an address that counts only with the signature of who was given it"
NO_OBJECT = {CHOSEN, TWICE, WHOEVER, SIGNED, PAGE}
"""Places where an id asks for nothing; what may be chosen by whom is in `test_properties.py`."""

_BOOKING = {
    "body.doctor_id": "doctor to book with",
    "body.location_id": "location to book at",
    "body.service_id": "service in the catalogue",
    "body.patient_id": "patient",
}
_FREE_TIMES = {
    "query.doctor_id": "doctor in the catalogue",
    "query.location_id": "location in the catalogue",
    "query.service_id": "service in the catalogue",
}
_LISTED = {"query.doctor_id": "doctor in the catalogue"}  # only narrows what is seen anyway: see test_lists.py

PLACED: dict[str, dict[str, str]] = {
    "GET /api/advancedmd/appointments/{id}/sync-status": {"path.id": "appointment"},
    "POST /api/advancedmd/appointments/{id}/sync": {"path.id": "appointment"},
    "GET /api/advancedmd/patients/{id}/sync-logs": {"path.id": "patient"},
    "POST /api/advancedmd/conflicts/{id}/resolve": {"path.id": "appointment"},
    "PUT /api/advancedmd/doctors/{id}/link": {"path.id": "doctor of the office"},
    "DELETE /api/advancedmd/doctors/{id}/link": {"path.id": "doctor of the office"},
    "GET /api/advancedmd/patients/{id}/sync-status": {"path.id": "patient"},
    "POST /api/advancedmd/patients/{id}/sync": {"path.id": "patient"},
    "PUT /api/advancedmd/patients/{id}/link": {"path.id": "patient"},
    "DELETE /api/advancedmd/patients/{id}/link": {"path.id": "patient"},
    "PUT /api/advancedmd/settings": {"body.locations[].location_id": "location of the office"},
    "GET /api/appointments": {"query.location_id": "location of the list", **_LISTED},
    "POST /api/appointments": _BOOKING,
    "GET /api/appointments/availability": _FREE_TIMES,
    "GET /api/appointments/availability/{doctor_id}/{date}": {
        "path.doctor_id": "doctor in the catalogue",
        **_FREE_TIMES,
        "query.doctor_id": TWICE,
    },
    "POST /api/appointments/book": _BOOKING,
    "GET /api/appointments/doctor/{doctor_id}": {"path.doctor_id": "doctor's list", **_LISTED},
    "POST /api/appointments/hold": _BOOKING,
    "POST /api/appointments/no-shows": {"body.appointment_ids[]": "appointment"},
    "GET /api/appointments/patient/{patient_id}": {"path.patient_id": "patient", **_LISTED},
    "DELETE /api/appointments/{id}": {"path.id": "appointment"},
    "GET /api/appointments/{id}": {"path.id": "appointment"},
    "POST /api/appointments/{id}/confirm": {"path.id": "appointment"},
    "PUT /api/appointments/{id}/reschedule": {
        "path.id": "appointment",
        "body.doctor_id": "doctor to move to",
        "body.location_id": "location to move to",
    },
    "PUT /api/appointments/{id}/status": {"path.id": "appointment"},
    "POST /api/appointments/{id}/undo": {"path.id": "appointment"},
    "GET /api/audit/{kind}/{id}": {"path.id": "appointment in the audit trail"},
    "GET /api/displays": {"query.location_id": "location of the list"},
    "POST /api/displays": {
        "body.location_id": "location to manage",
        "body.doctor_ids[]": "doctor in the catalogue",
    },
    "DELETE /api/displays/{id}": {"path.id": "display"},
    "GET /api/doctors": {
        "query.location_id": "location in the catalogue",
        "query.hospital_id": "hospital in the catalogue",
    },
    "POST /api/doctors": {
        "body.hospital_id": "hospital to belong to",
        "body.location_ids[]": "location to work at",
        "body.usual_room_id": "usual room",
        "body.id": CHOSEN,
    },
    "GET /api/doctors/recommendations": {
        "query.location_id": "location in the catalogue",
        "query.patient_id": "patient",
    },
    "DELETE /api/doctors/{id}": {"path.id": "doctor to manage"},
    "GET /api/doctors/{id}": {"path.id": "doctor in the catalogue"},
    "PUT /api/doctors/{id}": {
        "path.id": "doctor to manage",
        "body.hospital_id": "hospital to move to",
        "body.location_ids[]": "location to work at",
        "body.usual_room_id": "usual room",
    },
    "POST /api/doctors/{id}/activate": {"path.id": "doctor to manage"},
    "GET /api/doctors/{id}/appointments": {"path.id": "doctor's list", **_LISTED},
    "GET /api/doctors/{id}/availability": {"path.id": "doctor in the catalogue", **_FREE_TIMES},
    "GET /api/doctors/{id}/schedule": {"path.id": "doctor in the catalogue"},
    "PUT /api/doctors/{id}/schedule": {
        "path.id": "doctor to manage",
        "body.location_id": "location to work at",
        "body.hours[].location_id": "location to work at",
        "body.breaks[].location_id": "location in the catalogue",
        "body.overrides[].location_id": "location to work at",
    },
    "POST /api/hospitals": {"body.id": CHOSEN},
    "GET /api/hospitals/{id}": {"path.id": "hospital in the catalogue"},
    "PUT /api/hospitals/{id}": {"path.id": "hospital to manage"},
    "POST /api/keys": {"body.hospital_id": "hospital of a key", "body.location_id": "location of a key"},
    "DELETE /api/keys/{id}": {"path.id": "key"},
    "GET /api/keys/{id}": {"path.id": "key"},
    "GET /api/locations": {"query.hospital_id": "hospital in the catalogue"},
    "POST /api/locations": {"body.hospital_id": "hospital to belong to", "body.id": CHOSEN},
    "GET /api/locations/{id}": {"path.id": "location in the catalogue"},
    "PUT /api/locations/{id}": {"path.id": "location to manage", "body.hospital_id": "hospital to move to"},
    "GET /api/locations/{id}/rooms": {"path.id": "location in the catalogue"},
    "POST /api/locations/{id}/rooms": {
        "path.id": "location to manage",
        "body.id": CHOSEN,
        "body.services[]": "service in the catalogue",
    },
    "POST /api/patients": {"body.id": CHOSEN},
    "GET /api/patients/{id}": {"path.id": "patient"},
    "PUT /api/patients/{id}": {"path.id": "patient"},
    "POST /api/patients/{id}/break-glass": {"path.id": "patient in an emergency"},
    "POST /api/queue/call-next": {
        "body.location_id": "location of a visit",
        "body.doctor_id": "doctor of the line",
        "body.room_id": "room to call to",
    },
    "POST /api/queue/check-in": {
        "body.appointment_id": "visit to check in",
        "body.code": "visit to check in",
        "body.location_id": "location of a visit",
    },
    "GET /api/queue/current": {"query.location_id": "board", "query.doctor_id": "doctor in the catalogue"},
    "POST /api/queue/join": {
        "body.doctor_id": "doctor to book with",
        "body.location_id": "location to book at",
        "body.patient_id": "patient",
        "body.id": CHOSEN,
    },
    "POST /api/queue/prioritize": {"body.queue_id": "entry of the line", "body.doctor_id": "doctor of the entry"},
    "GET /api/queue/statistics": {"query.location_id": "board", "query.doctor_id": "doctor in the catalogue"},
    "GET /api/reminders/appointment/{id}": {"path.id": "appointment"},
    "POST /api/reminders/schedule": {"body.appointment_id": "appointment"},
    "POST /api/reminders/bulk": {"body.doctor_id": "doctor's list", "body.location_id": "location of the list"},
    "POST /api/reminders/preview": {"body.appointment_id": "appointment"},
    "POST /api/reminders/{id}/replay": {"path.id": "reminder"},
    "PUT /api/reminders/{id}": {"path.id": "reminder"},
    "DELETE /api/reminders/{id}": {"path.id": "reminder"},
    "GET /api/queue/{id}": {"path.id": "entry"},
    "POST /api/queue/{id}/call": {"path.id": "entry", "body.room_id": "room to call to"},
    "POST /api/queue/{id}/hold": {"path.id": "entry"},
    "POST /api/queue/{id}/left": {"path.id": "entry"},
    "POST /api/queue/{id}/recall": {"path.id": "entry"},
    "POST /api/queue/{id}/resume": {"path.id": "entry"},
    "PUT /api/queue/{id}/status": {"path.id": "entry", "body.room_id": "room to call to"},
    "POST /api/queue/{id}/forward": {
        "path.id": "entry",
        "body.doctor_id": "doctor in the catalogue",
        "body.next_doctor_ids[]": "doctor in the catalogue",
    },
    "POST /api/queue/{id}/transfer": {
        "path.id": "entry",
        "body.doctor_id": "doctor in the catalogue",
        "body.next_doctor_ids[]": "doctor in the catalogue",
    },
    "POST /api/queue/{id}/undo": {"path.id": "entry"},
    "DELETE /api/rooms/{id}": {"path.id": "room to manage"},
    "GET /api/rooms/{id}": {"path.id": "room in the catalogue"},
    "PUT /api/rooms/{id}": {"path.id": "room to manage", "body.services[]": "service in the catalogue"},
    "POST /api/services": {"body.id": CHOSEN},
    "DELETE /api/services/{id}": {"path.id": "service to manage"},
    "GET /api/services/{id}": {"path.id": "service in the catalogue"},
    "PUT /api/services/{id}": {"path.id": "service to manage"},
    "POST /api/sessions/revoke": {"body.id": WHOEVER},
    "GET /portal/visit/{id}": {"path.id": PAGE},
    "DELETE /api/push/subscriptions/{id}": {"path.id": "device of one's own"},
    "POST /api/webhooks/twilio/status": {"query.reminder": SIGNED},
    "POST /api/telehealth/generate-url/{id}": {"path.id": "appointment"},
    "GET /api/telehealth/room/{id}": {"path.id": "visit by video"},
    "POST /api/telehealth/room/{id}/admit": {"path.id": "visit to host"},
    "POST /api/telehealth/room/{id}/consent": {"path.id": "visit to enter"},
    "POST /api/telehealth/room/{id}/recording": {"path.id": "visit to host"},
    "POST /api/telehealth/room/{id}/decline": {"path.id": "visit to host"},
    "POST /api/telehealth/room/{id}/enter": {"path.id": "visit to enter"},
    "POST /api/telehealth/room/{id}/guests": {"path.id": "visit to host"},
    "DELETE /api/telehealth/room/{id}/guests/{guest_id}": {"path.id": "visit to host", "path.guest_id": "guest"},
    "POST /api/telehealth/room/{id}/leave": {"path.id": "visit to enter"},
    "POST /api/telehealth/rooms": {"body.patient_id": "patient to talk to"},
}


def expected(route: Route, parameter: str, caller: Caller) -> Outcome:
    """What becomes of the own and of another's thing: nothing of either for who does not reach what it stands in."""
    kinds = PLACED[named(route)]
    around, asked = KINDS[next(iter(kinds.values()))], KINDS[kinds[parameter]]
    own = around.reach.get(caller.group, around.otherwise)[0]
    return (own, own) if own != SEEN else asked.reach.get(caller.group, asked.otherwise)
