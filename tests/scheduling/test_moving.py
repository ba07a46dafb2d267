"""Moving and cancelling: atomic, within policy, with the history kept."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kit import clock
from chalicelib.scheduling import cancelling, rescheduling
from chalicelib.scheduling.refusals import SlotTaken, TooLate
from chalicelib.scheduling.visits import Asked
from chalicelib.table import base
from infra.local.testing import Engine
from infra.table_audit import Violation, audit
from tests.builders import Data, clinic, make_doctor, make_location, make_patient, make_room
from tests.client import Answer, Client
from tests.scheduling.desk import (
    DAY,
    EVERY_DAY,
    NEXT_DAY,
    ask,
    book,
    contents,
    free,
    later,
    open_clinic,
    read,
    utc,
)


def move(api: Client, appointment: Data, time: str = "12:00", **fields: object) -> Answer:
    """What the desk is told when it moves the appointment."""
    body = {"scheduled_date": utc(time)} | fields
    return api.as_("receptionist").put(f"/api/appointments/{appointment['id']}/reschedule", body)


def cancel(api: Client, appointment: Data, **body: object) -> Answer:
    return api.as_("receptionist").delete(f"/api/appointments/{appointment['id']}", body or None)


def violations(engine: Engine) -> list[Violation]:
    """What is wrong in the table."""
    return audit(engine.client("dynamodb"), base.table_name(), clock.now()).violations


# --- moving ---


@pytest.mark.parametrize(
    "said",
    [
        {"scheduled_date": f"{DAY}T12:00:00Z"},
        {"scheduled_date": f"{DAY}T14:00:00+02:00"},
        {"scheduled_date": f"{DAY} 12:00:00"},
        {"scheduledDate": f"{DAY}T12:00:00Z"},
        {"newDate": f"{DAY}", "newTime": "12:00"},
        {"new_date": f"{DAY}", "new_time": "12:00:00"},
        {"date": f"{DAY}", "time": "12:00"},
        {"date": f"{DAY}", "time": "12:00", "scheduled_date": f"{DAY}T12:00:00Z"},
    ],
)
def test_every_way_to_name_the_new_time_is_understood(api: Client, said: Data) -> None:
    made = book(api, open_clinic(api))

    moved = api.as_("receptionist").put(f"/api/appointments/{made['id']}/reschedule", said)

    assert (moved.status, moved.data["date"], moved.data["time"]) == (200, str(DAY), "12:00")


def test_a_wall_time_is_the_locations(api: Client) -> None:
    place = open_clinic(api, zone="Asia/Tokyo")
    made = book(api, place, scheduled_date=f"{DAY} 09:00:00")

    moved = api.as_("receptionist").put(
        f"/api/appointments/{made['id']}/reschedule", {"newDate": f"{NEXT_DAY}", "newTime": "08:30"}
    )

    assert moved.data["scheduled_date"] == f"{NEXT_DAY}T08:30:00+09:00"


def test_a_move_keeps_the_id_and_the_history(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place, reason_for_visit="Cough")

    move(api, made, "12:00")
    moved = move(api, made, "15:30", scheduled_date=utc("15:30", NEXT_DAY))

    there = read(api, made)
    first, second = there["moves"]
    assert moved.data == there
    assert moved.headers["etag"] == '"3"'
    kept = ("id", "appointment_number", "patient_id", "doctor_id", "reason_for_visit", "duration_minutes", "created_at")
    assert {name: there[name] for name in kept} == {name: made[name] for name in kept}
    assert (there["status"], there["date"], there["time"]) == ("rescheduled", str(NEXT_DAY), "15:30")
    assert (first["from"], first["to"]) == (utc("10:00"), utc("12:00"))
    assert (second["from"], second["to"], second["by"]) == (
        utc("12:00"),
        utc("15:30", NEXT_DAY),
        "receptionist:test-receptionist",
    )


def test_the_old_time_is_free_and_the_new_one_taken(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    move(api, made, "12:00")

    times = free(api, place.doctor)
    assert ("10:00" in times, "12:00" in times) == (True, False)
    assert ask(api, place, "10:00").status == 201
    assert ask(api, place, "12:00", patient_id=make_patient(api)["id"]).status == 409


@pytest.mark.parametrize("time", ["10:15", "09:45", "10:30"])
@pytest.mark.usefixtures("own_table")
def test_a_move_may_overlap_the_time_that_it_leaves(api: Client, engine: Engine, time: str) -> None:
    place = open_clinic(api, {"grid_minutes": 15, "buffer_before": 5, "buffer_after": 10})
    made = book(api, place)

    moved = move(api, made, time)

    assert (moved.status, moved.data["time"], moved.data["room_id"]) == (200, time, made["room_id"])
    assert violations(engine) == []


@pytest.mark.parametrize("minutes", [15, 60])
@pytest.mark.usefixtures("own_table")
def test_a_move_may_change_how_long_it_takes(api: Client, engine: Engine, minutes: int) -> None:
    place = open_clinic(api, {"grid_minutes": 15})
    made = book(api, place)

    moved = move(api, made, "10:15", duration_minutes=minutes)

    assert (moved.data["duration_minutes"], moved.data["time"]) == (minutes, "10:15")
    assert violations(engine) == []


@pytest.mark.usefixtures("own_table")
def test_a_move_crosses_days_and_midnights(api: Client, engine: Engine) -> None:
    place = open_clinic(api, {"daily_cap": 1}, location={"patient_daily_cap": 1})
    made = book(api, place, "23:30", duration_minutes=60)

    moved = move(api, made, scheduled_date=utc("23:30", NEXT_DAY))
    same_day = move(api, made, scheduled_date=utc("08:00", NEXT_DAY))

    assert (moved.status, same_day.status) == (200, 200)
    assert ask(api, place, "10:00").status == 201
    assert violations(engine) == []


def test_a_move_keeps_its_room_while_that_is_free(api: Client) -> None:
    place = open_clinic(api, rooms=3)
    patients = [make_patient(api)["id"] for _ in range(3)]
    doctors = [make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]]) for _ in range(3)]
    made = [
        book(api, place, doctor_id=doctor["id"], patient_id=patient)
        for doctor, patient in zip(doctors, patients, strict=True)
    ]

    rooms = [move(api, one, "12:00").data["room_id"] for one in made]

    assert rooms == [one["room_id"] for one in made]
    assert len(set(rooms)) == 3


@pytest.mark.usefixtures("own_table")
def test_a_move_leads_to_another_doctor(api: Client, engine: Engine) -> None:
    place = open_clinic(api)
    colleague = make_doctor(
        api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]], specialty="Neurology"
    )
    made = book(api, place)

    moved = move(api, made, "12:00", doctor_id=colleague["id"]).data

    assert (moved["doctor_id"], moved["doctor_name"], moved["specialty"]) == (
        colleague["id"],
        colleague["name"],
        "Neurology",
    )
    assert moved["moves"][0]["from_doctor"] == place.doctor["id"]
    assert ("10:00" in free(api, place.doctor), "12:00" in free(api, colleague)) == (True, False)
    lists = [
        [one["id"] for one in api.as_("admin").get(f"/api/appointments/doctor/{doctor['id']}").data]
        for doctor in (place.doctor, colleague)
    ]
    assert lists == [[], [made["id"]]]
    assert violations(engine) == []


def test_the_same_time_with_another_doctor_is_a_move(api: Client) -> None:
    place = open_clinic(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    made = book(api, place)

    moved = move(api, made, "10:00", doctor_id=colleague["id"])

    assert (moved.status, moved.data["doctor_id"], moved.data["room_id"]) == (200, colleague["id"], made["room_id"])


@pytest.mark.usefixtures("own_table")
def test_a_move_leads_to_another_location_of_the_doctor(api: Client, engine: Engine) -> None:
    here, there = make_location(api), make_location(api, zone="Asia/Kolkata")
    room, other_room = make_room(api, here["id"]), make_room(api, there["id"])
    week = {"weekdays": [0, 1, 2, 3, 4, 5, 6]}
    hours = [
        {"location_id": here["id"], "start": "08:00", "end": "12:00"} | week,
        {"location_id": there["id"], "start": "18:30", "end": "22:30"} | week,
    ]
    place = clinic(
        api, doctor={"hospital_id": None, "location_ids": [here["id"], there["id"]]}, schedule={"hours": hours}
    )
    made = book(api, place)

    moved = move(api, made, scheduled_date=f"{DAY} 19:00:00", location_id=there["id"]).data

    assert (made["location_id"], made["room_id"]) == (here["id"], room["id"])
    assert (moved["location_id"], moved["room_id"], moved["time"]) == (there["id"], other_room["id"], "19:00")
    at_each = [
        [one["id"] for one in api.as_("admin").get("/api/appointments", **{"location_id": at["id"], "from": DAY}).data]
        for at in (here, there)
    ]
    assert at_each == [[], [made["id"]]]
    assert violations(engine) == []


def test_the_mode_may_change_with_the_time(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    moved = move(api, made, "12:00", mode="telehealth").data

    assert (moved["mode"], moved["room_id"]) == ("telehealth", None)


def test_the_time_that_it_has_already_is_no_move(api: Client) -> None:
    made = book(api, open_clinic(api))

    answer = move(api, made, "10:00")

    assert (answer.status, answer.fields) == (422, ["scheduled_date"])
    assert read(api, made) == made


@pytest.mark.parametrize(
    ("time", "code"), [("11:00", "slot_taken"), ("12:00", "patient_busy"), ("10:05", "slot_not_offered")]
)
@pytest.mark.usefixtures("own_table")
def test_a_refused_move_leaves_everything_as_it_was(api: Client, engine: Engine, time: str, code: str) -> None:
    place = open_clinic(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    made = book(api, place)
    book(api, place, "11:00", patient_id=make_patient(api)["id"])
    book(api, place, "12:00", doctor_id=colleague["id"])
    before = contents(engine)

    answer = move(api, made, time)

    assert (answer.status, answer.error["code"]) == (409, code)
    assert contents(engine) == before


@pytest.mark.parametrize("status", ["checked_in", "in_progress", "completed", "no_show", "cancelled"])
def test_what_has_begun_or_ended_is_not_moved(api: Client, status: str) -> None:
    made = book(api, open_clinic(api))
    desk = api.as_("receptionist")
    steps = {"in_progress": ["in_progress"], "completed": ["in_progress", "completed"]}.get(status, [status])
    answers = [desk.put(f"/api/appointments/{made['id']}/status", {"status": step}) for step in steps]

    answer = move(api, made)

    assert {one.status for one in answers} == {200}
    assert (answer.status, answer.error["code"]) == (409, "status_not_allowed")
    assert answer.error["details"] == [{"field": "status", "problem": f"is {status}"}]


@pytest.mark.parametrize(("role", "status"), [("patient", 403), ("kiosk", 403), ("receptionist", 200), ("doctor", 200)])
def test_what_the_clinic_keeps_only_the_clinic_moves(api: Client, role: str, status: int) -> None:
    place = open_clinic(api)
    made = book(api, place, can_reschedule=False)
    subs = {"patient": place.patient["id"], "doctor": place.doctor["id"]}

    answer = api.as_(role, subs.get(role, "")).put(
        f"/api/appointments/{made['id']}/reschedule", {"scheduled_date": utc("12:00")}
    )

    assert answer.status == status


def test_a_doctor_moves_nothing_to_a_colleague(api: Client) -> None:
    place = open_clinic(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    made = book(api, place)

    answer = api.as_("doctor", place.doctor["id"]).put(
        f"/api/appointments/{made['id']}/reschedule", {"scheduled_date": utc("12:00"), "doctor_id": colleague["id"]}
    )

    assert (answer.status, read(api, made)["doctor_id"]) == (403, place.doctor["id"])


def test_a_desk_moves_nothing_beyond_its_reach(api: Client) -> None:
    here, there = open_clinic(api), open_clinic(api)
    made = book(api, here)
    desk = api.as_("receptionist", hospital=here.hospital["id"])

    answer = desk.put(
        f"/api/appointments/{made['id']}/reschedule",
        {"scheduled_date": utc("12:00"), "doctor_id": there.doctor["id"]},
    )

    assert (answer.status, answer.fields) == (404, ["location_id"])
    assert read(api, made) == made


def test_a_stale_move_or_cancellation_is_refused(api: Client) -> None:
    made = book(api, open_clinic(api))
    move(api, made)
    stale, path = api.as_("receptionist").with_(if_match='"1"'), f"/api/appointments/{made['id']}"

    moved = stale.put(f"{path}/reschedule", {"scheduled_date": utc("15:00")})
    cancelled = stale.delete(path)
    current = api.as_("receptionist").with_(if_match='"2"').delete(path)

    assert (moved.status, moved.error["code"], moved.headers["etag"]) == (412, "stale_version", '"2"')
    assert (cancelled.status, cancelled.fields) == (412, ["If-Match"])
    assert current.status == 200


def test_of_two_who_move_to_one_time_one_stays_where_it_was(api: Client) -> None:
    place = open_clinic(api)
    one, two = book(api, place, "10:00"), book(api, place, "11:00", patient_id=make_patient(api)["id"])
    there = Asked(doctor_id="", when=rescheduling.When(instant=datetime(DAY.year, DAY.month, DAY.day, 15, tzinfo=UTC)))

    won = rescheduling.reschedule(appointment_id=one["id"], asked=there, stamp=later())
    with pytest.raises(SlotTaken) as lost:
        rescheduling.reschedule(appointment_id=two["id"], asked=there, stamp=later())

    assert won.start == utc("15:00")
    assert read(api, two) == two
    assert "15:00" not in [slot["time"] for slot in lost.value.details]


# --- the cut-off ---


def close_to(made: Data) -> timedelta:
    """How much later it is half an hour before the appointment."""
    start = datetime.fromisoformat(made["scheduled_date"])
    return start - timedelta(minutes=30) - later().now


@pytest.mark.parametrize("path", ["reschedule", "cancel"])
def test_patients_change_nothing_after_the_cut_off_and_staff_with_a_reason(api: Client, path: str) -> None:
    place = open_clinic(api, location={"cutoff_minutes": 43_200})
    soon = (datetime.now(UTC) + timedelta(days=2)).date()
    made = book(api, place, scheduled_date=utc("10:00", soon))
    target, body = f"/api/appointments/{made['id']}", {"scheduled_date": utc("12:00", soon)}
    verb, where, said = ("PUT", f"{target}/reschedule", body) if path == "reschedule" else ("DELETE", target, {})

    patient = api.as_("patient", place.patient["id"]).send(verb, where, said)
    desk = api.as_("receptionist").send(verb, where, said)
    overridden = api.as_("receptionist").send(verb, where, said | {"override_reason": "The doctor is ill"})

    assert [(one.status, one.error["code"]) for one in (patient, desk)] == [(409, "past_cutoff")] * 2
    assert patient.fields == ["override_reason"]
    assert (overridden.status, overridden.data["override_reason"]) == (200, "The doctor is ill")


def test_before_the_cut_off_patients_change_what_they_like(api: Client) -> None:
    place = open_clinic(api, location={"cutoff_minutes": 60})
    made = book(api, place)
    patient, path = api.as_("patient", place.patient["id"]), f"/api/appointments/{made['id']}"

    moved = patient.put(f"{path}/reschedule", {"scheduled_date": utc("12:00")})
    cancelled = patient.delete(path, {"reason": "Better"})

    assert (moved.status, cancelled.status) == (200, 200)


def test_the_cut_off_is_the_one_of_the_time_of_booking(api: Client) -> None:
    place = open_clinic(api, location={"cutoff_minutes": 60})
    made = book(api, place)
    api.as_("admin").put(f"/api/locations/{place.location['id']}", {"cutoff_minutes": 0})
    close = later(seconds=close_to(made).total_seconds())

    with pytest.raises(TooLate):
        cancelling.cancel(appointment_id=made["id"], stamp=close)

    assert read(api, made)["status"] == "scheduled"


def test_patients_do_not_override(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    answer = api.as_("patient", place.patient["id"]).delete(
        f"/api/appointments/{made['id']}", {"override_reason": "I want to"}
    )

    assert (answer.status, answer.fields) == (422, ["override_reason"])


# --- cancelling ---


@pytest.mark.usefixtures("own_table")
def test_cancelling_frees_doctor_room_and_patient_at_once(api: Client, engine: Engine) -> None:
    place = open_clinic(api, {"daily_cap": 1, "buffer_after": 10}, location={"patient_daily_cap": 1})
    made = book(api, place, "23:30")

    cancelled = cancel(api, made)

    assert (cancelled.status, cancelled.data["status"]) == (200, "cancelled")
    assert violations(engine) == []
    assert ask(api, place, "23:30").status == 201


def test_a_cancellation_says_who_and_why(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    answer = api.as_("patient", place.patient["id"]).delete(
        f"/api/appointments/{made['id']}", {"reason": "Feeling better", "reason_code": "patient_request"}
    )

    said = read(api, made)["cancellation"]
    assert answer.data["cancellation"] == said
    assert said["at"] >= made["created_at"]
    assert (said["reason"], said["reason_code"], said["by"]) == (
        "Feeling better",
        "patient_request",
        f"patient:{place.patient['id']}",
    )


def test_cancelling_needs_no_body(api: Client) -> None:
    made = book(api, open_clinic(api))

    answer = cancel(api, made)

    assert (answer.status, answer.data["cancellation"]["reason"]) == (200, None)


def test_cancelling_twice_keeps_the_first_reason(api: Client) -> None:
    made = book(api, open_clinic(api))

    first, second = cancel(api, made, reason="First"), cancel(api, made, reason="Second")

    assert (first.status, second.status) == (200, 200)
    assert second.data == first.data


def test_a_cancelled_appointment_frees_its_time_only_once(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)
    cancel(api, made)
    again = book(api, place, patient_id=make_patient(api)["id"])

    cancel(api, made)

    assert read(api, again)["status"] == "scheduled"
    assert "10:00" not in free(api, place.doctor)


@pytest.mark.parametrize("status", ["in_progress", "completed", "no_show"])
def test_what_has_begun_or_ended_is_not_cancelled(api: Client, status: str) -> None:
    made = book(api, open_clinic(api))
    desk = api.as_("receptionist")
    steps = {"completed": ["in_progress", "completed"]}.get(status, [status])
    answers = [desk.put(f"/api/appointments/{made['id']}/status", {"status": step}) for step in steps]

    answer = cancel(api, made)

    assert {one.status for one in answers} == {200}
    assert (answer.status, answer.error["code"]) == (409, "status_not_allowed")


def test_an_unknown_reason_code_is_refused(api: Client) -> None:
    made = book(api, open_clinic(api))

    answer = cancel(api, made, reason_code="boredom")

    assert (answer.status, answer.fields) == (422, ["reason_code"])
    assert read(api, made)["status"] == "scheduled"
