"""Joining: the next number of the day, once in a queue, where the doctor is."""

import pytest

from tests.builders import make_doctor, make_location, make_patient, person
from tests.client import Client
from tests.queue.waiting import ask_to_join, current, join, read, today, tokens, waiting_room
from tests.scheduling.desk import EVERY_DAY, registered

TOLD = {
    "reason_for_visit": "Emergency",
    "urgency_level": "high",
    "special_requirements": "Wheelchair access",
}
KEPT = ("id", "token_number", "patient_name", "check_in_time", "track", "version", *TOLD)


def test_the_first_patient_of_the_day_gets_the_first_number(api: Client) -> None:
    place = waiting_room(api)

    made = join(api, place, **TOLD)

    assert made["token_number"] == f"{today()}-001"
    assert (made["current_status"], made["queue_position"], made["origin"]) == ("waiting", 1, "walkin")
    assert {name: made[name] for name in TOLD} == TOLD
    assert made["medical_urgency_score"] > 0
    assert {name: read(api, made)[name] for name in KEPT} == {name: made[name] for name in KEPT}


def test_numbers_are_counted_by_the_location_for_all_its_doctors(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})

    made = [join(api, place), join(api, place, doctor_id=colleague["id"]), join(api, place)]

    assert [one["token_number"][-3:] for one in made] == ["001", "002", "003"]


def test_a_patient_stands_once_in_a_queue_and_is_told_where(api: Client) -> None:
    place = waiting_room(api)
    made = ask_to_join(api, place).data

    again = ask_to_join(api, place)

    assert (again.status, again.error["code"]) == (409, "already_in_queue")
    assert [again.error["details"][0][name] for name in ("id", "token_number")] == [made["id"], made["token_number"]]
    assert current(api, place)["total_waiting"] == 1


def test_a_refused_join_uses_up_no_number(api: Client) -> None:
    place = waiting_room(api)
    ask_to_join(api, place)
    ask_to_join(api, place)

    made = join(api, place)

    assert made["token_number"].endswith("-002")


def test_a_patient_may_stand_in_two_doctors_queues(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})

    answers = [ask_to_join(api, place), ask_to_join(api, place, doctor_id=colleague["id"])]

    assert [answer.status for answer in answers] == [201, 201]


def test_a_patient_without_a_record_gets_one_on_the_way(api: Client) -> None:
    place = waiting_room(api)
    details = person()

    made = join(api, place, patient_id=None, patient_details=details)

    (record,) = registered(api, **{name: details[name] for name in ("first_name", "last_name", "phone")})
    assert made["patient_id"] == record["id"]
    assert made["patient_name"] == f"{details['first_name']} {details['last_name']}"


def test_a_repeat_under_one_key_takes_one_number(api: Client) -> None:
    place = waiting_room(api)
    desk = api.as_("receptionist").with_(idempotency_key="ticket-1")
    body = {"doctor_id": place.doctor["id"], "patient_id": place.patient["id"]}

    first, again = (desk.post("/api/queue/join", body) for _ in range(2))

    assert (first.status, again.status) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert first.data["id"] == again.data["id"]
    assert current(api, place)["total_waiting"] == 1


def test_one_key_for_two_requests_is_refused(api: Client) -> None:
    place = waiting_room(api)
    desk = api.as_("receptionist").with_(idempotency_key="ticket-2")
    desk.post("/api/queue/join", {"doctor_id": place.doctor["id"], "patient_id": place.patient["id"]})

    other = desk.post("/api/queue/join", {"doctor_id": place.doctor["id"], "patient_id": make_patient(api)["id"]})

    assert (other.status, other.error["code"]) == (409, "idempotency_key_reused")


CLOSED = {"hours": [], "horizon_days": 730}


def test_patients_and_kiosks_join_only_where_the_doctor_is_now(api: Client) -> None:
    place = waiting_room(api)
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}/schedule", CLOSED)
    body = {"doctor_id": place.doctor["id"], "location_id": place.location["id"]}

    patient = api.as_("patient", place.patient["id"]).post("/api/queue/join", body)
    kiosk = api.as_("kiosk", location=place.location["id"]).post(
        "/api/queue/join", body | {"patient_id": place.patient["id"]}
    )
    desk = ask_to_join(api, place, location_id=place.location["id"])

    assert [(one.status, one.error["code"]) for one in (patient, kiosk)] == [(409, "doctor_not_here")] * 2
    assert desk.status == 201


def test_without_a_location_it_is_where_the_doctor_is_and_otherwise_it_has_to_be_said(api: Client) -> None:
    place = waiting_room(api)
    other = make_location(api, hospital_id=place.hospital["id"], zone=place.location["zone"])
    places = [place.location["id"], other["id"]]
    here = {"hours": [{**EVERY_DAY, "location_id": other["id"]}]}
    doctors = [make_doctor(api, location_ids=places, schedule=schedule) for schedule in (here, CLOSED)]

    answers = [ask_to_join(api, place, doctor_id=doctor["id"]) for doctor in doctors]

    assert answers[0].data["location_id"] == other["id"]
    assert (answers[1].status, answers[1].fields) == (422, ["location_id"])


def test_a_location_where_the_doctor_does_not_work_is_refused(api: Client) -> None:
    place = waiting_room(api)
    other = make_location(api, hospital_id=place.hospital["id"])

    answer = ask_to_join(api, place, location_id=other["id"])

    assert (answer.status, answer.fields) == (422, ["location_id"])


def test_a_patient_joins_for_nobody_else(api: Client) -> None:
    place = waiting_room(api)
    mine = api.as_("patient", place.patient["id"])

    own = mine.post("/api/queue/join", {"doctor_id": place.doctor["id"]})
    others = mine.post("/api/queue/join", {"doctor_id": place.doctor["id"], "patient_id": make_patient(api)["id"]})

    assert (own.status, own.data["patient_id"]) == (201, place.patient["id"])
    assert others.status == 404


@pytest.mark.parametrize(("role", "status"), [("patient", 422), ("kiosk", 422), ("receptionist", 201)])
def test_an_emergency_is_for_the_desk_to_say(api: Client, role: str, status: int) -> None:
    place = waiting_room(api)
    caller = api.as_(role, place.patient["id"])
    body = {"doctor_id": place.doctor["id"], "patient_id": place.patient["id"], "urgency_level": "emergency"}

    answer = caller.post("/api/queue/join", body)

    assert answer.status == status


def test_the_line_is_in_the_order_of_the_rule(api: Client) -> None:
    place = waiting_room(api)
    for urgency in ("low", "high", "emergency", "medium"):
        join(api, place, urgency_level=urgency)

    queue = current(api, place)

    assert tokens(queue) == ["003", "002", "004", "001"]
    assert [one["queue_position"] for one in queue["queue"]] == [1, 2, 3, 4]
    waits = [one["estimated_wait_time_minutes"] for one in queue["queue"]]
    assert waits == sorted(waits)
    assert len(set(waits)) == 4
    assert all(one["estimated_wait_time_minutes"] <= one["estimated_wait_p90_minutes"] for one in queue["queue"])
