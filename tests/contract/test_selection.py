"""`fields`: whoever asks for some fields of a view gets these and no others, and nothing else changes."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from chalicelib.kit import clock, selection
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from chalicelib.kit.openapi_replies import is_tagged
from chalicelib.reminders.push_schemas import DeviceKeys
from chalicelib.table import officeinbox, officelog, officeruns
from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.offices import OFFICE, reachable
from tests.audit.auditing import handle, stream
from tests.builders import Clinic, Data, make_key, make_patient, make_service
from tests.client import Answer, Client
from tests.contract.test_description import operation, parameters, problems, untrue
from tests.queue.waiting import join
from tests.scheduling.desk import DAY, book, open_clinic
from tests.security.declared import named
from tests.tables import fresh_table

SELECTING = [route for route in ROUTES if route.selects]
TAGGED = [route for route in SELECTING if is_tagged(route)]
WHOLE, PART = "application/json", selection.MEDIA_TYPE
UNKNOWN = ["nonsense", "", "success", "data", "id.x", "ID", "*", "\x00", "subject"]
Asked = tuple[str, Data]
Made = TypeVar("Made")


@pytest.fixture(scope="module")
def place(token: Callable[..., str], engine: Engine) -> Iterator[Clinic]:
    """A clinic with an appointment in it, and a trail of all that; it has an office at AdvancedMD."""
    with fresh_table(engine), Running() as running, reachable(engine, running):
        api = Client(token)
        made = open_clinic(api)
        book(api, made)
        handle(stream(engine))
        yield made


def once(make: Callable[[Client, Clinic], Made]) -> Callable[[Client, Clinic], Made]:
    """What there is one of in a clinic, made when it is first asked for."""
    there: dict[str, Made] = {}

    def found(api: Client, place: Clinic) -> Made:
        if place.hospital["id"] not in there:
            there[place.hospital["id"]] = make(api, place)
        return there[place.hospital["id"]]

    return found


@once
def at_office(api: Client, place: Clinic) -> Data:
    """Nothing to ask for, once something was told to the office, and one of its visits waits for people."""
    assert api.as_("admin").put("/api/advancedmd/settings", {"zone": "UTC"}).status == 200
    patient = place.patient["id"]
    row = {"operation": "push", "thing": "patient", "thing_id": patient, "patient_id": patient, "status": "synced"}
    now = clock.iso(clock.now())
    officelog.note(OFFICE, at=now, expires_at=4_000_000_000, **row)
    officeinbox.put(OFFICE, iter([(9, dict[str, Any]())]), mark="told", now=now)
    days = {"first": "2026-01-15", "last": "2026-01-15", "now": now, "seconds": 4_000_000_000, "by": "me"}
    for purpose in (officeruns.TELL, officeruns.ENROL, officeruns.IMPORT):
        officeruns.begin(OFFICE, thing_ids=[], purpose=purpose, **days)
    swept = officeruns.begin(OFFICE, thing_ids=["2026-01-15"], purpose=officeruns.SWEEP, **days)
    row = {"what": "unknown", "visit_id": 9, "appointment_id": None, "patient_id": None, "differences": []}
    officeruns.go_on(swept, ended_at=now, done=1, found=1, drift=[row])
    [told] = officeinbox.due(now, most=1)
    officeinbox.wait(told, conflict={"problem": "The patient is not linked."}, since=now)
    return {}


def appointment_of(api: Client, place: Clinic) -> Data:
    found: Data = api.as_("admin").get(f"/api/appointments/patient/{place.patient['id']}").data[0]
    return found


@once
def waiting(api: Client, place: Clinic) -> Data:
    return join(api, place, location_id=place.location["id"])


@once
def reminded(api: Client, place: Clinic) -> Data:
    wish = {"appointment_id": book(api, place, "17:00")["id"], "email": True, "timing": "3h"}
    [made] = api.as_("admin").post("/api/reminders/schedule", wish).data
    found: Data = made
    return found


@once
def by_video(api: Client, place: Clinic) -> str:
    visit = book(api, place, "18:00", mode="telehealth")
    room_id: str = api.as_("admin").post(f"/api/telehealth/generate-url/{visit['id']}").data["room_id"]
    return room_id


@once
def hung_up(api: Client, place: Clinic) -> Data:
    made: Data = api.as_("admin").post("/api/displays", {"name": "Lobby", "location_id": place.location["id"]}).data
    return made


def pushing(api: Client) -> Data:
    """Nothing to ask for, once the administrator has a device."""
    device = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": DeviceKeys.example}
    assert api.as_("admin").post("/api/push/subscriptions", device).status == 201
    return {}


WHERE: dict[str, Callable[[Client, Clinic], Asked]] = {
    "/api/health": lambda *_: ("/api/health", {}),
    "/api/advancedmd/appointments/bulk-sync": lambda api, place: (
        "/api/advancedmd/appointments/bulk-sync",
        at_office(api, place),
    ),
    "/api/advancedmd/appointments/import": lambda api, place: (
        "/api/advancedmd/appointments/import",
        at_office(api, place),
    ),
    "/api/advancedmd/patients/bulk-sync": lambda api, place: (
        "/api/advancedmd/patients/bulk-sync",
        at_office(api, place),
    ),
    "/api/advancedmd/drift": lambda api, place: ("/api/advancedmd/drift", at_office(api, place)),
    "/api/advancedmd/conflicts": lambda api, place: ("/api/advancedmd/conflicts", at_office(api, place)),
    "/api/advancedmd/sync/dashboard": lambda *_: ("/api/advancedmd/sync/dashboard", {}),
    "/api/advancedmd/sync/logs": lambda api, place: ("/api/advancedmd/sync/logs", at_office(api, place)),
    "/api/advancedmd/sync/stats": lambda *_: ("/api/advancedmd/sync/stats", {}),
    "/api/advancedmd/patients/{id}/sync-logs": lambda api, place: (
        f"/api/advancedmd/patients/{place.patient['id']}/sync-logs",
        at_office(api, place),
    ),
    "/api/advancedmd/office": lambda api, place: ("/api/advancedmd/office", at_office(api, place)),
    "/api/advancedmd/settings": lambda *_: ("/api/advancedmd/settings", {}),
    "/api/advancedmd/appointments/{id}/sync-status": lambda api, place: (
        f"/api/advancedmd/appointments/{appointment_of(api, place)['id']}/sync-status",
        {},
    ),
    "/api/advancedmd/patients/{id}/sync-status": lambda _, place: (
        f"/api/advancedmd/patients/{place.patient['id']}/sync-status",
        {},
    ),
    "/api/audit/{kind}/{id}": lambda _, place: (f"/api/audit/patient/{place.patient['id']}", {}),
    "/api/audit/verify": lambda *_: ("/api/audit/verify", {}),
    "/api/keys": lambda api, _: ("/api/keys", {"limit": len([make_key(api)])}),
    "/api/keys/{id}": lambda api, _: (f"/api/keys/{make_key(api)['id']}", {}),
    "/api/queue/current": lambda api, place: ("/api/queue/current", {"doctor_id": waiting(api, place)["doctor_id"]}),
    "/api/queue/statistics": lambda _, place: ("/api/queue/statistics", {"location_id": place.location["id"]}),
    "/api/queue/track/{secret}": lambda api, place: (f"/api/queue/track/{waiting(api, place)['track']}", {}),
    "/api/queue/{id}": lambda api, place: (f"/api/queue/{waiting(api, place)['id']}", {}),
    "/api/reminders/appointment/{id}": lambda api, place: (
        f"/api/reminders/appointment/{reminded(api, place)['appointment_id']}",
        {},
    ),
    "/api/push/key": lambda *_: ("/api/push/key", {}),
    "/api/push/subscriptions": lambda api, _: ("/api/push/subscriptions", {**pushing(api)}),
    "/api/displays": lambda api, place: ("/api/displays", {"limit": len([hung_up(api, place)])}),
    "/api/events": lambda api, place: ("/api/events", {"topic": f"location:{waiting(api, place)['location_id']}"}),
    "/api/doctors": lambda _, place: ("/api/doctors", {"location_id": place.location["id"]}),
    "/api/doctors/recommendations": lambda _, place: (
        "/api/doctors/recommendations",
        {"specialty": "Cardiology", "location_id": place.location["id"]},
    ),
    "/api/hospitals": lambda *_: ("/api/hospitals", {"limit": 3}),
    "/api/hospitals/{id}": lambda _, place: (f"/api/hospitals/{place.hospital['id']}", {}),
    "/api/locations": lambda _, place: ("/api/locations", {"hospital_id": place.hospital["id"]}),
    "/api/locations/{id}": lambda _, place: (f"/api/locations/{place.location['id']}", {}),
    "/api/locations/{id}/rooms": lambda _, place: (f"/api/locations/{place.location['id']}/rooms", {}),
    "/api/rooms/{id}": lambda _, place: (f"/api/rooms/{place.rooms[0]['id']}", {}),
    "/api/services": lambda api, _: ("/api/services", {"limit": len([make_service(api)])}),
    "/api/services/{id}": lambda api, _: (f"/api/services/{make_service(api)['id']}", {}),
    "/api/doctors/{id}": lambda _, place: (f"/api/doctors/{place.doctor['id']}", {}),
    "/api/patients/{id}": lambda _, place: (f"/api/patients/{place.patient['id']}", {}),
    "/api/doctors/{id}/schedule": lambda _, place: (f"/api/doctors/{place.doctor['id']}/schedule", {}),
    "/api/appointments/availability/{doctor_id}/{date}": lambda _, place: (
        f"/api/appointments/availability/{place.doctor['id']}/{DAY}",
        {"only_available": "false"},
    ),
    "/api/doctors/{id}/availability": lambda _, place: (
        f"/api/doctors/{place.doctor['id']}/availability",
        {"date": DAY, "view": "days"},
    ),
    "/api/appointments/availability": lambda _, place: (
        "/api/appointments/availability",
        {"doctor_id": place.doctor["id"], "date": DAY},
    ),
    "/api/appointments/patient/{patient_id}": lambda _, place: (f"/api/appointments/patient/{place.patient['id']}", {}),
    "/api/appointments/doctor/{doctor_id}": lambda _, place: (f"/api/appointments/doctor/{place.doctor['id']}", {}),
    "/api/doctors/{id}/appointments": lambda _, place: (f"/api/doctors/{place.doctor['id']}/appointments", {}),
    "/api/appointments": lambda _, place: (
        "/api/appointments",
        {"location_id": place.location["id"], "from": DAY, "to": DAY},
    ),
    "/api/telehealth/room/{id}": lambda api, place: (f"/api/telehealth/room/{by_video(api, place)}", {}),
    "/api/appointments/{id}": lambda api, place: (f"/api/appointments/{appointment_of(api, place)['id']}", {}),
}


def part(whole: Any, names: list[str]) -> Any:
    """What is left of a thing, or of each in a list."""
    if isinstance(whole, list):
        return [part(one, names) for one in whole]
    return {name: whole[name] for name in names if name in whole}


def shown(answer: Answer) -> list[str]:
    """The names in the first thing that a reply shows."""
    first = answer.data[0] if isinstance(answer.data, list) else answer.data
    return list(first)


@pytest.mark.parametrize("route", SELECTING, ids=named)
def test_only_what_was_asked_for_is_sent(api: Client, place: Clinic, route: Route) -> None:
    at, query = WHERE[route.path](api, place)
    whole = api.as_("admin").get(at, **query)
    wanted = shown(whole)[:1] + shown(whole)[-1:]

    some = api.as_("admin").get(at, **query, fields=",".join(wanted))
    after = api.as_("admin").get(at, **query)  # what tells of seconds may go on in between

    assert (whole.headers["content-type"], some.headers["content-type"]) == (WHOLE, PART)
    assert some.data in (part(whole.data, wanted), part(after.data, wanted))
    assert some.json.get("meta") in (whole.json.get("meta"), after.json.get("meta"))
    assert untrue(whole, route.method, route.path) == untrue(some, route.method, route.path) == []


@pytest.mark.parametrize("route", SELECTING, ids=named)
def test_every_name_that_is_known_can_be_asked_for(api: Client, place: Clinic, route: Route) -> None:
    at, query = WHERE[route.path](api, place)
    known = parameters("GET", route.path)["query fields"]["schema"]["items"]["enum"]

    whole, all_of_it, after = (api.as_("admin").get(at, **query, **more) for more in ({}, {"fields": known}, {}))

    assert set(shown(whole)) <= set(known)
    assert all_of_it.data in (whole.data, after.data)  # what tells of seconds may go on in between


@pytest.mark.parametrize("route", SELECTING, ids=named)
def test_an_unknown_name_is_refused_with_those_that_are_known(api: Client, route: Route) -> None:
    known = parameters("GET", route.path)["query fields"]["schema"]["items"]["enum"]
    at = route.path.replace("{date}", str(DAY)).replace("{", "").replace("}", "")
    needed = {"topic": "location:loc_x"} if route.path == "/api/events" else {"location_id": "loc_x"}
    unknown = [name for name in UNKNOWN if name not in known]

    answers = [api.as_("admin").get(at, **needed, fields=[known[0], f"{known[-1]},{name}"]) for name in unknown]

    problem = f"must be among {', '.join(known)}"
    assert {answer.status for answer in answers} == {422}
    assert {(*one.values(),) for answer in answers for one in answer.error["details"]} == {("fields", problem)}


@pytest.mark.parametrize(
    "said",
    [
        ["id,scheduled_date,patient_id"],
        ["id", "scheduled_date", "patient_id"],
        ["id,scheduledDate", "patientId"],
        [" patient_id , id,id ", "scheduled_date"],
    ],
    ids=str,
)
def test_names_are_told_apart_by_commas_or_repeated_in_either_spelling(
    api: Client, place: Clinic, said: list[str]
) -> None:
    answer = api.as_("admin").get(f"/api/appointments/patient/{place.patient['id']}", fields=said)

    assert {tuple(one) for one in answer.data} == {("id", "patient_id", "scheduled_date")}


def test_names_without_end_are_refused(api: Client) -> None:
    answer = api.as_("admin").get("/api/hospitals", fields=",".join(["id"] * (selection.MOST + 1)))

    assert (answer.status, answer.fields) == (422, ["fields"])


@pytest.mark.parametrize("route", SELECTING, ids=named)
def test_the_bound_leaves_room_for_every_name(route: Route) -> None:
    assert 0 < len(selection.names(route.view)) <= selection.MOST


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs"])
def test_what_has_no_view_has_no_fields(api: Client, path: str) -> None:
    answer = api.get(path, fields="openapi")

    assert (answer.status, answer.fields) == (422, ["fields"])


def test_other_parameters_are_still_given_once(api: Client) -> None:
    answer = api.as_("admin").get("/api/hospitals", fields=["id", "name"], limit=[1, 2])

    assert (answer.status, answer.fields) == (422, ["limit"])


def test_no_query_has_a_parameter_of_that_name_with_another_meaning() -> None:
    assert [route.path for route in ROUTES if route.query and selection.PARAMETER in route.query.model_fields] == []


# --- what a caller may not see ---


def test_what_is_hidden_stays_hidden(api: Client, place: Clinic) -> None:
    someone, at = api.as_("patient"), f"/api/doctors/{place.doctor['id']}"

    answer = someone.get(at, fields="id,email,phone")

    assert answer.data == {"id": place.doctor["id"], "email": None, "phone": None}


def test_a_record_that_is_not_the_callers_is_absent_in_part_too(api: Client) -> None:
    patient = make_patient(api)

    answer = api.as_("patient", "somebody-else").get(f"/api/patients/{patient['id']}", fields="id")

    assert answer.status == 404


def test_a_form_without_the_field_is_shown_without_it(api: Client, place: Clinic) -> None:
    answer = api.as_("admin").get(
        f"/api/doctors/{place.doctor['id']}/availability", date=DAY, view="days", fields="start_time,available"
    )

    assert {frozenset(day) for day in answer.data} == {frozenset({"available"})}


# --- a part is a representation of its own ---


@pytest.mark.parametrize("route", TAGGED, ids=named)
def test_a_copy_of_one_selection_is_not_taken_for_another(api: Client, place: Clinic, route: Route) -> None:
    at, query = WHERE[route.path](api, place)
    first, *_, last = selection.names(route.view)
    ways: list[Data] = [{}, {"fields": first}, {"fields": last}, {"fields": f"{first},{last}"}]
    tags = [api.as_("admin").get(at, **query, **way).headers["etag"] for way in ways]

    statuses = [
        [api.as_("admin").with_(if_none_match=tag).get(at, **query, **way).status for way in ways] for tag in tags
    ]

    assert statuses == [[304 if one is other else 200 for other in ways] for one in ways]


def test_every_selecting_route_is_walked_and_the_tagged_are_many() -> None:
    assert {route.path for route in SELECTING} == set(WHERE)
    assert len(TAGGED) >= 8


def test_the_order_and_the_spelling_of_names_make_no_other_copy(api: Client, place: Clinic) -> None:
    at = f"/api/doctors/{place.doctor['id']}"

    tags = {
        api.as_("admin").get(at, fields=said).headers["etag"]
        for said in ("location_ids,name", "name,location_ids", ["locationIds", "name"], "name,name,location_ids")
    }

    assert len(tags) == 1


def test_whoever_read_a_part_may_change_what_they_read(api: Client, place: Clinic) -> None:
    desk, at = api.as_("receptionist"), f"/api/patients/{place.patient['id']}"
    tag = desk.get(at, fields="address").headers["etag"]

    first, second = (desk.with_(if_match=tag).put(at, {"address": where}) for where in ("Here", "There"))

    assert (first.status, second.status) == (200, 412)


# --- the description ---


@pytest.mark.parametrize("route", SELECTING, ids=named)
def test_a_whole_reply_that_lacks_a_field_is_off_the_description(api: Client, place: Clinic, route: Route) -> None:
    at, query = WHERE[route.path](api, place)
    some = api.as_("admin").get(at, **query, fields=shown(api.as_("admin").get(at, **query))[0])

    content = operation("GET", route.path)["responses"]["200"]["content"]

    assert problems(content[WHOLE]["schema"], some.json) != []


def test_a_selection_that_has_more_than_fields_of_its_view_is_off_the_description() -> None:
    schema = operation("GET", "/api/hospitals/{id}")["responses"]["200"]["content"][PART]["schema"]

    found = problems(schema, {"success": True, "data": {"id": "hos_1", "patients": 3}})

    assert len(found) == 1


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.selects], ids=named)
def test_other_routes_describe_no_selection(route: Route) -> None:
    described = operation(route.method, route.path)

    assert PART not in str(described["responses"])
    assert "query fields" not in parameters(route.method, route.path)
