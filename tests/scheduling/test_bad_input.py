"""Bad input: a 4xx that names the field, never a 500, and nothing written."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.testing import Engine
from tests.builders import Clinic, Data, clinic, make_doctor, make_location, make_patient, make_service
from tests.client import Answer, Client
from tests.scheduling.desk import DAY, EVERY_DAY, book, contents, open_clinic, read, utc, wish
from tests.scheduling.mornings import clock_changes

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
MISSING: Any = object()
ODD_IDS = ["Zoë", "a b", "a/b", "../x", "x" * 65, "x" * 200, "", "-x", "a#b", "😀", "a\tb", "%00", "a%2Fb"]


@pytest.fixture(scope="module")
def place(engine: Engine, token: Any) -> Clinic:  # noqa: ARG001 - a clinic needs a running engine
    """One clinic for all requests that change nothing."""
    return open_clinic(Client(token))


def refused(answer: Answer) -> tuple[int, list[str]]:
    """The status of a refusal and the fields that it names."""
    return answer.status, answer.fields


def changed(body: Data, fields: Data) -> Data:
    """The body with other fields, and without those that are MISSING."""
    return {name: value for name, value in (body | fields).items() if value is not MISSING}


# --- booking and holding ---

WRONG: list[tuple[str, Data, int, str]] = [
    ("a past time", {"scheduled_date": utc("10:00", YESTERDAY)}, 422, "scheduled_date"),
    ("a time long past", {"scheduled_date": "1950-01-01T10:00:00Z"}, 422, "scheduled_date"),
    ("a time before clinics", {"scheduled_date": "0001-01-01T00:00:00Z"}, 422, "scheduled_date"),
    ("a time without end", {"scheduled_date": "9999-12-31T23:59:00-14:00"}, 422, "scheduled_date"),
    ("a naive time", {"scheduled_date": f"{DAY}T10:00:00"}, 422, "scheduled_date"),
    ("a date only", {"scheduled_date": f"{DAY}"}, 422, "scheduled_date"),
    ("30 February", {"scheduled_date": "2027-02-30T10:00:00Z"}, 422, "scheduled_date"),
    ("hour 25", {"scheduled_date": f"{DAY}T25:00:00Z"}, 422, "scheduled_date"),
    ("a second", {"scheduled_date": f"{DAY}T10:00:01Z"}, 422, "scheduled_date"),
    ("an impossible offset", {"scheduled_date": f"{DAY}T10:00:00+99:00"}, 422, "scheduled_date"),
    ("a zone's name", {"scheduled_date": f"{DAY}T10:00:00[Europe/Berlin]"}, 422, "scheduled_date"),
    ("a week date", {"scheduled_date": "2027-W05-1T10:00:00Z"}, 422, "scheduled_date"),
    ("seconds since 1970", {"scheduled_date": 1_800_000_000}, 422, "scheduled_date"),
    ("a boolean as a time", {"scheduled_date": True}, 422, "scheduled_date"),
    ("no time", {"scheduled_date": MISSING}, 422, "scheduled_date"),
    ("null as a time", {"scheduled_date": None}, 422, "scheduled_date"),
    ("a list as a time", {"scheduled_date": [utc("10:00")]}, 422, "scheduled_date"),
    ("a date without a time", {"scheduled_date": MISSING, "date": f"{DAY}"}, 422, "time"),
    ("a time without a date", {"scheduled_date": MISSING, "time": "10:00"}, 422, "date"),
    ("30 February on the wall", {"scheduled_date": MISSING, "date": "2027-02-30", "time": "10:00"}, 422, "date"),
    ("25:00 on the wall", {"scheduled_date": MISSING, "date": f"{DAY}", "time": "25:00"}, 422, "time"),
    ("half past nine", {"scheduled_date": MISSING, "date": f"{DAY}", "time": "9:30 am"}, 422, "time"),
    ("a number as a date", {"scheduled_date": MISSING, "date": 20270101, "time": "10:00"}, 422, "date"),
    ("two times that differ", {"date": f"{DAY}", "time": "11:00"}, 422, "date"),
    ("a duration off the grid", {"duration_minutes": 7}, 422, "duration_minutes"),
    ("no duration at all", {"duration_minutes": 0}, 422, "duration_minutes"),
    ("a negative duration", {"duration_minutes": -30}, 422, "duration_minutes"),
    ("too long", {"duration_minutes": 365}, 422, "duration_minutes"),
    ("a duration in words", {"duration_minutes": "30"}, 422, "duration_minutes"),
    ("a boolean as a duration", {"duration_minutes": True}, 422, "duration_minutes"),
    ("a fraction of a minute", {"duration_minutes": 30.5}, 422, "duration_minutes"),
    ("a float as a duration", {"duration_minutes": 30.0}, 422, "duration_minutes"),
    ("a huge duration", {"duration_minutes": 10**60}, 422, "duration_minutes"),
    ("two durations", {"duration_minutes": 30, "duration": 60}, 422, "duration_minutes"),
    ("no doctor", {"doctor_id": MISSING}, 422, "doctor_id"),
    ("null as a doctor", {"doctor_id": None}, 422, "doctor_id"),
    ("an unknown doctor", {"doctor_id": "doc_none"}, 404, "doctor_id"),
    ("an unknown number as a doctor", {"doctor_id": 424_242}, 404, "doctor_id"),
    ("a negative number as a doctor", {"doctor_id": -1}, 422, "doctor_id"),
    ("a fraction as a doctor", {"doctor_id": 1.5}, 422, "doctor_id"),
    ("a huge number as a doctor", {"doctor_id": 10**80}, 422, "doctor_id"),
    ("a boolean as a doctor", {"doctor_id": True}, 422, "doctor_id"),
    ("an object as a doctor", {"doctor_id": {"id": 1}}, 422, "doctor_id"),
    ("an unknown patient", {"patient_id": "pat_none"}, 404, "patient_id"),
    ("no patient", {"patient_id": MISSING}, 422, "patient_id"),
    ("an unknown location", {"location_id": "loc_none"}, 422, "location_id"),
    ("an unknown service", {"service_id": "svc_none"}, 404, "service_id"),
    ("an unknown mode", {"mode": "phone"}, 422, "mode"),
    ("an unknown type", {"type": "phone"}, 422, "type"),
    ("a number as a type", {"type": 1}, 422, "type"),
    ("a list as a type", {"type": ["telehealth"]}, 422, "type"),
    ("two modes", {"mode": "in-person", "type": "telehealth"}, 422, "mode"),
    ("an unknown origin", {"origin": "fax"}, 422, "origin"),
    ("an unknown urgency", {"urgency_level": "extreme"}, 422, "urgency_level"),
    ("a priority in words", {"priority": "1"}, 422, "priority"),
    ("a negative priority", {"priority": -1}, 422, "priority"),
    ("a huge priority", {"priority": 10**12}, 422, "priority"),
    ("a number as a reason", {"reason_for_visit": 5}, 422, "reason_for_visit"),
    ("a reason like a book", {"reason_for_visit": "x" * 4001}, 422, "reason_for_visit"),
    ("two reasons", {"reason_for_visit": "A", "reason": "B"}, 422, "reason_for_visit"),
    ("a control character", {"reason_for_visit": "a\x00b"}, 422, "reason_for_visit"),
    ("a bell", {"notes": "\x07"}, 422, "notes"),
    ("half an emoji", {"notes": "\ud83d"}, 422, "notes"),
    ("an amount in words", {"payment_amount": "100.00"}, 422, "payment_amount"),
    ("a negative amount", {"payment_amount": -1}, 422, "payment_amount"),
    ("a fraction of a cent", {"payment_amount": 1.005}, 422, "payment_amount"),
    ("a boolean as an amount", {"payment_amount": True}, 422, "payment_amount"),
    ("a yes as a flag", {"can_reschedule": "yes"}, 422, "can_reschedule"),
    ("a one as a flag", {"can_reschedule": 1}, 422, "can_reschedule"),
    ("preferences in words", {"reminder_preferences": "sms"}, 422, "reminder_preferences"),
    ("an unknown preference", {"reminder_preferences": {"fax": True}}, 422, "reminder_preferences.fax"),
    ("an unknown timing", {"reminder_preferences": {"timing": "soon"}}, 422, "reminder_preferences.timing"),
    ("a timing of 61 days", {"reminder_preferences": {"timing": ["61d"]}}, 422, "reminder_preferences.timing"),
    ("no timing at all", {"reminder_preferences": {"timing": []}}, 422, "reminder_preferences.timing"),
    ("an unknown field", {"colour": "red"}, 422, "colour"),
    ("an internal field", {"wall": f"{DAY} 10:00"}, 422, "wall"),
    ("a stored field", {"patient_key": "PATIENT#x"}, 422, "patient_key"),
    ("details without a name", {"patient_details": {"phone": "+14155550123"}}, 422, "patient_details.first_name"),
    ("details as a list", {"patient_details": []}, 422, "patient_details"),
    (
        "details with a wrong phone",
        {"patient_details": {"first_name": "A", "last_name": "B", "phone": "0123"}},
        422,
        "patient_details.phone",
    ),
    ("details of no one", {"patient_details": {"first_name": "A", "last_name": "B"}}, 422, "patient_details"),
]


@pytest.mark.parametrize("case", WRONG, ids=[case[0] for case in WRONG])
@pytest.mark.parametrize("path", ["", "/book", "/hold"])
def test_a_wrong_booking_is_refused_by_name(api: Client, place: Clinic, path: str, case: Any) -> None:
    _, said, status, field = case

    answer = api.as_("receptionist").post(f"/api/appointments{path}", changed(wish(place), said))

    assert answer.status == status
    assert field in answer.fields
    assert set(answer.fields) <= {field, f"{field}.last_name", "patient_details.last_name"}


@pytest.mark.usefixtures("own_table")
def test_refused_bookings_write_nothing(api: Client, engine: Engine) -> None:
    place = open_clinic(api)
    before = contents(engine)

    answers = [api.as_("receptionist").post("/api/appointments", changed(wish(place), case[1])) for case in WRONG]

    assert {answer.status // 100 for answer in answers} == {4}
    assert contents(engine) == before


@pytest.mark.parametrize("field", ["doctor_id", "patient_id", "location_id", "service_id"])
@pytest.mark.parametrize("odd", ODD_IDS)
def test_what_cannot_be_an_id_is_refused(api: Client, place: Clinic, field: str, odd: str) -> None:
    answer = api.as_("receptionist").post("/api/appointments", wish(place) | {field: odd})

    assert refused(answer) == (422, [field])


def test_a_visit_longer_than_the_hours_is_not_offered(api: Client) -> None:
    hours = {"start": "09:00", "end": "10:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]}
    short = clinic(api, schedule={"hours": [hours]})

    answer = api.as_("receptionist").post("/api/appointments", wish(short, "09:00", duration_minutes=90))

    assert (answer.status, answer.error["code"]) == (409, "slot_not_offered")
    assert answer.error["details"][0]["field"] == "scheduled_date"


def test_a_start_between_two_slots_is_not_offered(api: Client, place: Clinic) -> None:
    answers = [api.as_("receptionist").post("/api/appointments", wish(place, time)) for time in ("10:05", "10:01")]

    assert {(answer.status, answer.error["details"][0]["reason"]) for answer in answers} == {(409, "not_on_grid")}


def test_a_location_where_the_doctor_does_not_work_is_refused(api: Client, place: Clinic) -> None:
    elsewhere = make_location(api)

    answer = api.as_("receptionist").post("/api/appointments", wish(place, location_id=elsewhere["id"]))

    assert refused(answer) == (422, ["location_id"])


def test_a_wall_time_of_a_doctor_in_several_zones_needs_a_location(api: Client) -> None:
    places = [make_location(api)["id"], make_location(api, zone="Asia/Tokyo")["id"]]
    hours = [EVERY_DAY | {"location_id": places[0]}]
    doctor = make_doctor(api, location_ids=places, schedule={"hours": hours})
    body = {"doctor_id": doctor["id"], "patient_id": make_patient(api)["id"], "scheduled_date": f"{DAY} 10:00:00"}

    without = api.as_("receptionist").post("/api/appointments", body)
    named = api.as_("receptionist").post("/api/appointments", body | {"location_id": places[0]})

    assert refused(without) == (422, ["location_id"])
    assert named.status == 201


@pytest.mark.parametrize("said", [{"scheduled_date": "{} 02:30:00"}, {"date": "{}", "time": "02:30"}])
def test_a_wall_time_that_the_clock_jumps_over_is_refused(api: Client, said: Data) -> None:
    place = open_clinic(api, {"horizon_days": 730}, zone="America/New_York")
    forward, _ = clock_changes()
    body = changed(
        wish(place), {"scheduled_date": MISSING} | {name: text.format(forward) for name, text in said.items()}
    )

    answer = api.as_("receptionist").post("/api/appointments", body)

    assert refused(answer) == (422, ["scheduled_date"])


@pytest.mark.parametrize(
    "body",
    [
        (b'{"notes": "\xff\xfe"}', "application/json", 400, "invalid_utf8"),
        (b'{"notes": "a", "notes": "b"}', "application/json", 400, "repeated_field"),
        (b'{"notes": ' + b"[" * 40 + b"]" * 40 + b"}", "application/json", 400, "too_deep"),
        (b'{"notes": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400, "too_deep"),
        (b'{"notes": "' + b"x" * 300_000 + b'"}', "application/json", 413, "payload_too_large"),
        (b'{"priority": ' + b"9" * 5_000 + b"}", "application/json", 400, "invalid_json"),
        (b'{"priority": NaN}', "application/json", 400, "invalid_json"),
        (b'{"notes": "a"', "application/json", 400, "invalid_json"),
        (b"[]", "application/json", 400, "invalid_json"),
        (b"null", "application/json", 400, "invalid_json"),
        (b'"text"', "application/json", 400, "invalid_json"),
        (b"7", "application/json", 400, "invalid_json"),
        (b"\x00", "application/json", 400, "invalid_json"),
        (b"notes=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"{}", "application/jsonp", 415, "unsupported_media_type"),
        (b"{}", "", 415, "unsupported_media_type"),
        (b"<x/>", "application/xml; charset=utf-8", 415, "unsupported_media_type"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("POST", "/book"),
        ("POST", "/hold"),
        ("POST", "/{id}/confirm"),
        ("PUT", "/{id}/reschedule"),
        ("PUT", "/{id}/status"),
        ("DELETE", "/{id}"),
    ],
)
def test_an_unreadable_body_is_refused(api: Client, method: str, path: str, body: Any) -> None:
    raw, content_type, status, code = body
    caller = api.as_("receptionist").with_(content_type=content_type)

    answer = caller.send(method, "/api/appointments" + path.format(id="apt_x"), raw)

    assert (answer.status, answer.error["code"]) == (status, code)


@pytest.mark.parametrize("path", ["", "/book", "/hold"])
def test_an_empty_body_names_what_is_missing(api: Client, path: str) -> None:
    answers = [api.as_("receptionist").post(f"/api/appointments{path}", raw) for raw in (b"", b"  ", {})]

    assert [refused(answer) for answer in answers] == [(422, ["doctor_id", "scheduled_date"])] * 3


@pytest.mark.parametrize("key", ["", "x" * 129, "Schlüssel", "a b", "\x7f"])
def test_a_key_that_cannot_be_one_is_refused(api: Client, place: Clinic, key: str) -> None:
    answer = api.as_("receptionist").with_(idempotency_key=key).post("/api/appointments", wish(place))

    assert refused(answer) == (400, ["Idempotency-Key"])


# --- another patient's ids ---


@pytest.mark.parametrize("path", ["", "/book", "/hold"])
def test_another_patients_id_looks_like_an_unknown_one(api: Client, place: Clinic, path: str) -> None:
    patient, others = api.as_("patient", place.patient["id"]), make_patient(api)["id"]

    answers = [patient.post(f"/api/appointments{path}", wish(place, patient_id=one)) for one in (others, "pat_none")]

    assert [refused(answer) for answer in answers] == [(404, ["patient_id"])] * 2
    assert answers[0].error["message"] == answers[1].error["message"]


# --- moving, cancelling, status ---

MOVES: list[tuple[str, Data, int, str]] = [
    ("nothing", {}, 422, "scheduled_date"),
    ("a past time", {"scheduled_date": utc("10:00", YESTERDAY)}, 422, "scheduled_date"),
    ("a naive time", {"scheduled_date": f"{DAY}T12:00:00"}, 422, "scheduled_date"),
    ("30 February", {"scheduled_date": "2027-02-30T12:00:00Z"}, 422, "scheduled_date"),
    ("30 February on the wall", {"newDate": "2027-02-30", "newTime": "12:00"}, 422, "date"),
    ("a date alone", {"newDate": f"{DAY}"}, 422, "time"),
    ("a time alone", {"newTime": "12:00"}, 422, "date"),
    ("a wrong time", {"newDate": f"{DAY}", "newTime": "noon"}, 422, "time"),
    ("null as a time", {"newDate": f"{DAY}", "newTime": None}, 422, "time"),
    ("two dates", {"newDate": f"{DAY}", "date": "2027-01-01", "newTime": "12:00"}, 422, "date"),
    ("two times", {"scheduled_date": utc("12:00"), "newDate": f"{DAY}", "newTime": "13:00"}, 422, "date"),
    ("an unknown doctor", {"scheduled_date": utc("12:00"), "doctor_id": "doc_none"}, 404, "doctor_id"),
    ("an unknown location", {"scheduled_date": utc("12:00"), "location_id": "loc_none"}, 422, "location_id"),
    ("a wrong duration", {"scheduled_date": utc("12:00"), "duration": 7}, 422, "duration_minutes"),
    ("a duration in words", {"scheduled_date": utc("12:00"), "duration_minutes": "30"}, 422, "duration_minutes"),
    ("a wrong mode", {"scheduled_date": utc("12:00"), "mode": "phone"}, 422, "mode"),
    ("another patient", {"scheduled_date": utc("12:00"), "patient_id": "pat_other"}, 422, "patient_id"),
    ("an unknown field", {"scheduled_date": utc("12:00"), "why": "x"}, 422, "why"),
    ("an internal field", {"scheduled_date": utc("12:00"), "wall": f"{DAY} 12:00"}, 422, "wall"),
    ("a long excuse", {"scheduled_date": utc("12:00"), "override_reason": "x" * 501}, 422, "override_reason"),
]


@pytest.mark.parametrize("case", MOVES, ids=[case[0] for case in MOVES])
@pytest.mark.usefixtures("own_table")
def test_a_wrong_move_is_refused_by_name(api: Client, engine: Engine, case: tuple[str, Data, int, str]) -> None:
    made = book(api, open_clinic(api))
    before = contents(engine)
    _, said, status, field = case

    answer = api.as_("receptionist").put(f"/api/appointments/{made['id']}/reschedule", said)

    assert refused(answer) == (status, [field])
    assert contents(engine) == before


@pytest.mark.parametrize(
    "case",
    [
        ("DELETE", "", {"reason": 5}, "reason"),
        ("DELETE", "", {"reason": "x" * 501}, "reason"),
        ("DELETE", "", {"reason": "a\x00b"}, "reason"),
        ("DELETE", "", {"reason_code": "none"}, "reason_code"),
        ("DELETE", "", {"colour": "red"}, "colour"),
        ("PUT", "/status", {}, "status"),
        ("PUT", "/status", {"status": None}, "status"),
        ("PUT", "/status", {"status": 1}, "status"),
        ("PUT", "/status", {"status": ["confirmed"]}, "status"),
        ("PUT", "/status", {"status": "x" * 200}, "status"),
        ("PUT", "/status", {"status": "confirmed", "notes": 5}, "notes"),
        ("PUT", "/status", {"status": "confirmed", "colour": "red"}, "colour"),
        ("POST", "/confirm", {"notes": 5}, "notes"),
        ("POST", "/confirm", {"scheduled_date": utc("12:00")}, "scheduled_date"),
        ("POST", "/confirm", {"payment_amount": "1"}, "payment_amount"),
    ],
)
def test_a_wrong_change_is_refused_by_name(api: Client, case: Any) -> None:
    method, verb, body, field = case
    made = book(api, open_clinic(api))

    answer = api.as_("receptionist").send(method, f"/api/appointments/{made['id']}{verb}", body)

    assert refused(answer) == (422, [field])
    assert read(api, made) == made


VERBS = [
    ("GET", ""),
    ("DELETE", ""),
    ("PUT", "/reschedule"),
    ("PUT", "/status"),
    ("POST", "/confirm"),
    ("POST", "/undo"),
]
BODIES = {"/reschedule": {"scheduled_date": utc("12:00")}, "/status": {"status": "confirmed"}}


@pytest.mark.parametrize(
    "odd", ["none", "a%20b", "%00", "a%23b", "Zo%C3%AB", "%F0%9F%98%80", "x" * 65, "x" * 200, "a%2Fb", "..%2Fx", "%FF"]
)
@pytest.mark.parametrize(("method", "verb"), VERBS, ids=[f"{method}{verb}" for method, verb in VERBS])
def test_an_appointment_that_cannot_be_is_not_found(api: Client, method: str, verb: str, odd: str) -> None:
    answer = api.as_("admin").send(method, f"/api/appointments/{odd}{verb}", BODIES.get(verb))

    assert answer.status == 404


# --- questions ---

QUESTIONS: list[tuple[str, int, str]] = [
    ("date=2027-02-30", 422, "date"),
    ("date=tomorrow", 422, "date"),
    ("date=", 422, "date"),
    ("date=20270101", 422, "date"),
    ("date=0001-01-01", 422, "date"),
    ("date=9999-12-31", 422, "date"),
    (f"date={DAY}&date={DAY}", 422, "date"),
    (f"from={DAY}&to={DAY - timedelta(days=1)}", 422, "to"),
    (f"from={DAY}&to={DAY + timedelta(days=90)}", 422, "to"),
    (f"date={DAY}&to={DAY}", 422, "to"),
    (f"date={DAY}&from={DAY}", 422, "from"),
    ("from_=2027-01-01", 422, "from_"),
    ("duration=7", 422, "duration"),
    ("duration=0", 422, "duration"),
    ("duration=-30", 422, "duration"),
    ("duration=365", 422, "duration"),
    ("duration=30.5", 422, "duration"),
    ("duration=half", 422, "duration"),
    ("duration=1e9", 422, "duration"),
    ("duration=" + "9" * 400, 422, "duration"),
    ("duration=30&duration_minutes=60", 422, "duration"),
    ("mode=phone", 422, "mode"),
    ("view=months", 422, "view"),
    ("only_available=perhaps", 422, "only_available"),
    ("zone=Mars/Olympus", 422, "zone"),
    ("zone=..%2F..%2Fetc%2Fpasswd", 422, "zone"),
    ("zone=europe/berlin", 422, "zone"),
    ("specialty=", 422, "specialty"),
    ("specialty=%00", 422, "specialty"),
    ("specialty=" + "x" * 121, 422, "specialty"),
    ("location_id=a%20b", 422, "location_id"),
    ("location_id=loc_none", 404, "location_id"),
    ("service_id=svc_none", 404, "service_id"),
    ("colour=red", 422, "colour"),
    ("time=25:00", 422, "time"),
]


@pytest.mark.parametrize("case", QUESTIONS, ids=[query[:40] for query, _, _ in QUESTIONS])
@pytest.mark.parametrize("path", ["/api/appointments/availability", "/api/doctors/{doctor}/availability"])
def test_a_wrong_question_is_refused_by_name(api: Client, place: Clinic, path: str, case: Any) -> None:
    query, status, field = case

    answer = api.as_("patient").get(f"{path.format(doctor=place.doctor['id'])}?{query}")

    assert refused(answer) == (status, [field])


@pytest.mark.parametrize(
    "case",
    [
        (None, "2027-02-30", "", 422, "date"),
        (None, "today", "", 422, "date"),
        (None, "0001-01-01", "", 422, "date"),
        (None, "9999-12-31", "", 422, "date"),
        (None, f"{DAY}", f"date={DAY}", 422, "date"),
        (None, f"{DAY}", f"from={DAY}", 422, "from"),
        (None, f"{DAY}", f"to={DAY}", 422, "to"),
        (None, f"{DAY}", "doctor_id=doc_x", 422, "doctor_id"),
        ("doc_none", f"{DAY}", "", 404, "doctor_id"),
        ("a%20b", f"{DAY}", "", 404, "doctor_id"),
        ("Zo%C3%AB", f"{DAY}", "", 404, "doctor_id"),
        ("x" * 200, f"{DAY}", "", 404, "doctor_id"),
    ],
)
def test_a_wrong_path_to_slots_is_refused_by_name(api: Client, place: Clinic, case: Any) -> None:
    doctor, day, query, status, field = case

    answer = api.as_("patient").get(f"/api/appointments/availability/{doctor or place.doctor['id']}/{day}?{query}")

    assert refused(answer) == (status, [field])


@pytest.mark.parametrize(
    "path", ["/api/doctors/doc_none/availability", "/api/appointments/availability?doctor_id=doc_none"]
)
def test_an_unknown_doctor_has_no_slots(api: Client, path: str) -> None:
    answer = api.as_("patient").get(path)

    assert refused(answer) == (404, ["doctor_id"])


def test_a_date_long_past_or_far_ahead_has_no_slots_and_harms_no_one(api: Client, place: Clinic) -> None:
    answers = [
        api.as_("patient").get(f"/api/appointments/availability/{place.doctor['id']}/{day}")
        for day in ("1900-01-01", f"{YESTERDAY}", "2199-12-31", "2200-12-31")
    ]

    assert [(answer.status, answer.data) for answer in answers] == [(200, [])] * 4


@pytest.mark.parametrize("header", ["if_match", "if_none_match"])
@pytest.mark.parametrize("tag", ["", '"', "W/", "é", ",,,", "x" * 400])
def test_an_odd_tag_is_no_match_and_no_accident(api: Client, header: str, tag: str) -> None:
    made = book(api, open_clinic(api))
    caller = api.as_("receptionist").with_(**{header: tag})

    got = caller.get(f"/api/appointments/{made['id']}")
    put = caller.put(f"/api/appointments/{made['id']}/status", {"status": "cancelled"})

    assert got.status == 200
    assert put.status == {"if_match": 412, "if_none_match": 200}[header]


def test_a_service_that_is_offered_no_more_is_not_booked(api: Client, place: Clinic) -> None:
    service = make_service(api)
    api.as_("admin").delete(f"/api/services/{service['id']}")

    answer = api.as_("receptionist").post("/api/appointments", wish(place, service_id=service["id"]))

    assert refused(answer) == (404, ["service_id"])


def test_a_doctor_who_has_left_is_not_booked(api: Client) -> None:
    place = open_clinic(api)
    api.as_("admin").delete(f"/api/doctors/{place.doctor['id']}")

    answer = api.as_("receptionist").post("/api/appointments", wish(place))

    assert refused(answer) == (404, ["doctor_id"])


def test_a_refusal_does_not_repeat_what_was_sent(api: Client, place: Clinic) -> None:
    said = {"reason_for_visit": "secret\x00", "urgency_level": "secret", "patient_details": {"first_name": "secret"}}

    answers = [
        api.as_("receptionist").post("/api/appointments", wish(place) | {name: value}) for name, value in said.items()
    ]

    assert [answer.status for answer in answers] == [422] * 3
    assert "secret" not in json.dumps([answer.json for answer in answers])


def test_names_and_reasons_with_diacritics_and_emoji_survive(api: Client) -> None:
    place = open_clinic(api)
    reason = "Žaludek bolí 🤢\n\tод вчера — «плохо»"

    made = book(api, place, reason_for_visit=reason)

    assert read(api, made)["reason_for_visit"] == reason
