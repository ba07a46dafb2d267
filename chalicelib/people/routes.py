"""People and places over HTTP."""
# ruff: noqa: A002 - a handler's parameter has the name that the path variable has on the wire

from collections.abc import Sequence
from typing import Any

from chalicelib.kit.auth import STAFF, Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply, created, fresh, tagged
from chalicelib.kit.models import Page
from chalicelib.people import access, doctors, patients, places
from chalicelib.people.offer_schemas import ChangeRoom, ChangeService, CreateRoom, CreateService, RoomView, ServiceView
from chalicelib.people.place_schemas import (
    ChangeHospital,
    ChangeLocation,
    CreateHospital,
    CreateLocation,
    HospitalView,
    ItemView,
    ListLocations,
    ListThings,
    LocationView,
)
from chalicelib.people.refusals import ADDING, CHANGING, REGISTERING, SEARCHING
from chalicelib.people.schemas import (
    ChangeDoctor,
    ChangePatient,
    CreateDoctor,
    DoctorView,
    FindPatients,
    PatientView,
    RegisterPatient,
)

api = Api(__name__)
ADMIN: frozenset[Role] = frozenset({"admin"})
MANAGERS: frozenset[Role] = frozenset({"admin", "hospital_admin"})
REGISTRARS: frozenset[Role] = STAFF | {"patient", "kiosk"}
RECORD_READERS: frozenset[Role] = STAFF | {"patient", "doctor", "kiosk"}
RECORD_WRITERS: frozenset[Role] = STAFF | {"patient", "doctor"}


@api.post("/api/hospitals", roles=ADMIN, body=CreateHospital, view=HospitalView, status=201, refuses=ADDING)
def create_hospital(call: Call[CreateHospital, Any]) -> Reply:
    """Add a hospital."""
    made = places.create_hospital(call.body.given(), stamp=call.stamp)
    return _made(HospitalView.of(made.item), "/api/hospitals", made.replayed)


@api.get("/api/hospitals", roles=ANYONE, query=ListThings, view=list[HospitalView], meta=Page)
def list_hospitals(call: Call[Any, ListThings]) -> Reply:
    """The hospitals of the network, in order of name."""
    found, cursor = places.hospitals(limit=call.query.limit, cursor=call.query.cursor)
    return _page([HospitalView.of(item) for item in found], cursor)


@api.get("/api/hospitals/{id}", roles=ANYONE, view=HospitalView)
def read_hospital(call: Call[Any, Any], id: str) -> Reply:
    """One hospital."""
    return _one(call, HospitalView.of(places.hospital(id)))


@api.put("/api/hospitals/{id}", roles=ADMIN, body=ChangeHospital, view=HospitalView, refuses=CHANGING)
def change_hospital(call: Call[ChangeHospital, Any], id: str) -> Reply:
    """Change a hospital's name, address or phone."""
    return _changed(HospitalView.of(places.change_hospital(id, call.body.given(), stamp=call.stamp)))


@api.post("/api/locations", roles=MANAGERS, body=CreateLocation, view=LocationView, status=201, refuses=ADDING)
def create_location(call: Call[CreateLocation, Any]) -> Reply:
    """Open a location of a hospital."""
    made = places.create_location(call.body.given(), stamp=call.stamp)
    return _made(LocationView.of(made.item), "/api/locations", made.replayed)


@api.get("/api/locations", roles=ANYONE, query=ListLocations, view=list[LocationView], meta=Page)
def list_locations(call: Call[Any, ListLocations]) -> Reply:
    """The locations, in order of name; of one hospital with `hospital_id`."""
    asked = call.query
    found, cursor = places.locations(hospital_id=asked.hospital_id, limit=asked.limit, cursor=asked.cursor)
    return _page([LocationView.of(item) for item in found], cursor)


@api.get("/api/locations/{id}", roles=ANYONE, view=LocationView)
def read_location(call: Call[Any, Any], id: str) -> Reply:
    """One location with its zone, opening hours and policies."""
    return _one(call, LocationView.of(places.location(id)))


@api.put("/api/locations/{id}", roles=MANAGERS, body=ChangeLocation, view=LocationView, refuses=CHANGING)
def change_location(call: Call[ChangeLocation, Any], id: str) -> Reply:
    """Change what is sent of a location."""
    return _changed(LocationView.of(places.change_location(id, call.body.given(), stamp=call.stamp)))


@api.post("/api/locations/{id}/rooms", roles=MANAGERS, body=CreateRoom, view=RoomView, status=201, refuses=ADDING)
def create_room(call: Call[CreateRoom, Any], id: str) -> Reply:
    """Add a room to a location."""
    made = places.create_room(id, call.body.given(), stamp=call.stamp)
    return _made(RoomView.of(made.item), "/api/rooms", made.replayed)


@api.get("/api/locations/{id}/rooms", roles=ANYONE, query=ListThings, view=list[RoomView], meta=Page)
def list_rooms(call: Call[Any, ListThings], id: str) -> Reply:
    """The rooms of a location that are in use, in order of name; all with `include_inactive`."""
    asked = call.query
    found, cursor = places.rooms(id, include_inactive=asked.include_inactive, limit=asked.limit, cursor=asked.cursor)
    return _page([RoomView.of(item) for item in found], cursor)


@api.get("/api/rooms/{id}", roles=ANYONE, view=RoomView)
def read_room(call: Call[Any, Any], id: str) -> Reply:
    """One room."""
    return _one(call, RoomView.of(places.room(id)))


@api.put("/api/rooms/{id}", roles=MANAGERS, body=ChangeRoom, view=RoomView, refuses=CHANGING)
def change_room(call: Call[ChangeRoom, Any], id: str) -> Reply:
    """Change what is sent of a room."""
    return _changed(RoomView.of(places.change_room(id, call.body.given(), stamp=call.stamp)))


@api.delete("/api/rooms/{id}", roles=MANAGERS, view=RoomView, refuses=CHANGING)
def deactivate_room(call: Call[Any, Any], id: str) -> Reply:
    """Take a room out of use; appointments that have it keep it."""
    return _changed(RoomView.of(places.change_room(id, {"active": False}, stamp=call.stamp)))


@api.post("/api/services", roles=ADMIN, body=CreateService, view=ServiceView, status=201, refuses=ADDING)
def create_service(call: Call[CreateService, Any]) -> Reply:
    """Add a service to the network's catalogue."""
    made = places.create_service(call.body.given(), stamp=call.stamp)
    return _made(ServiceView.of(made.item), "/api/services", made.replayed)


@api.get("/api/services", roles=ANYONE, query=ListThings, view=list[ServiceView], meta=Page)
def list_services(call: Call[Any, ListThings]) -> Reply:
    """The services that are offered, in order of name; all with `include_inactive`."""
    asked = call.query
    found, cursor = places.services(include_inactive=asked.include_inactive, limit=asked.limit, cursor=asked.cursor)
    return _page([ServiceView.of(item) for item in found], cursor)


@api.get("/api/services/{id}", roles=ANYONE, view=ServiceView)
def read_service(call: Call[Any, Any], id: str) -> Reply:
    """One service."""
    return _one(call, ServiceView.of(places.service(id)))


@api.put("/api/services/{id}", roles=ADMIN, body=ChangeService, view=ServiceView, refuses=CHANGING)
def change_service(call: Call[ChangeService, Any], id: str) -> Reply:
    """Change what is sent of a service."""
    return _changed(ServiceView.of(places.change_service(id, call.body.given(), stamp=call.stamp)))


@api.delete("/api/services/{id}", roles=ADMIN, view=ServiceView, refuses=CHANGING)
def deactivate_service(call: Call[Any, Any], id: str) -> Reply:
    """Take a service out of the catalogue; appointments that have it keep it."""
    return _changed(ServiceView.of(places.change_service(id, {"active": False}, stamp=call.stamp)))


@api.post("/api/doctors", roles=MANAGERS, body=CreateDoctor, view=DoctorView, status=201, refuses=ADDING)
def create_doctor(call: Call[CreateDoctor, Any]) -> Reply:
    """Add a doctor; the schedule is given separately."""
    made = doctors.create(call.body.given(), stamp=call.stamp)
    return _made(DoctorView.of(made.item), "/api/doctors", made.replayed)


@api.get("/api/doctors/{id}", roles=ANYONE, view=DoctorView)
def read_doctor(call: Call[Any, Any], id: str) -> Reply:
    """One doctor; e-mail and phone only for desks and the doctor."""
    view = DoctorView.of(doctors.find(id))
    return _one(call, view if access.sees_contact_of_doctor(call.claims, id) else view.without_contact())


@api.put("/api/doctors/{id}", roles=MANAGERS | {"doctor"}, body=ChangeDoctor, view=DoctorView, refuses=CHANGING)
def change_doctor(call: Call[ChangeDoctor, Any], id: str) -> Reply:
    """Change what is sent of a doctor; doctors themselves change their contact data and languages."""
    return _changed(DoctorView.of(doctors.change(id, call.body.given(), stamp=call.stamp)))


@api.post("/api/patients", roles=REGISTRARS, body=RegisterPatient, view=PatientView, status=201, refuses=REGISTERING)
def register_patient(call: Call[RegisterPatient, Any]) -> Reply:
    """Register a patient; a desk that meets a likely duplicate is told, and overrules with `allow_duplicate`."""
    made = patients.register(call.body.given(), stamp=call.stamp)
    return _made(_record(call, made.item), "/api/patients", made.replayed)


@api.post(
    "/api/patients/search",
    roles=STAFF,
    body=FindPatients,
    view=list[PatientView],
    meta=Page,
    costly=True,
    refuses=SEARCHING,
)
def find_patients(call: Call[FindPatients, Any]) -> Reply:
    """The patients with a name (`name`, or `first_name` and `last_name`) and a `phone`, `email` or `date_of_birth`."""
    # A POST, because names and phones have no place in URLs, which are logged on the way.
    access.check_scope(call.claims)
    asked = call.body
    found = patients.search(asked.full_name, phone=asked.phone, email=asked.email, date_of_birth=asked.date_of_birth)
    return _page([_record(call, patient) for patient in found], None)


@api.get("/api/patients/{id}", roles=RECORD_READERS, view=PatientView)
def read_patient(call: Call[Any, Any], id: str) -> Reply:
    """One patient's record, with what the caller's role may see of it."""
    view = _record(call, patients.find(id, by=call.claims))
    # What stands beside the record changes without it, so it is part of the tag; If-Match reads only the version.
    return Reply(view, etag=fresh(call, f"{view.version}.{view.mark()}"))


@api.put("/api/patients/{id}", roles=RECORD_WRITERS, body=ChangePatient, view=PatientView, refuses=CHANGING)
def change_patient(call: Call[ChangePatient, Any], id: str) -> Reply:
    """Change what is sent of a patient's record; the medical history is changed by doctors."""
    return _changed(_record(call, patients.change(id, call.body.given(), stamp=call.stamp)))


def _record(call: Call[Any, Any], patient: Any) -> PatientView:
    view = PatientView.of(patient)
    unseen = patients.hidden(call.claims, list(PatientView.model_fields))
    found = patients.beside(patient, by=call.claims)
    return view.model_copy(update=dict.fromkeys(unseen)).beside(found.alike, found.link)


def _one(call: Call[Any, Any], view: ItemView) -> Reply:
    return Reply(view, etag=fresh(call, str(view.version)))


def _made(view: ItemView, at: str, replayed: bool) -> Reply:
    return created(view, view.version, at=f"{at}/{view.id}", replayed=replayed)


def _changed(view: ItemView) -> Reply:
    return tagged(view, view.version)


def _page(views: Sequence[ItemView], cursor: str | None) -> Reply:
    return Reply(views, meta={"next_cursor": cursor})
