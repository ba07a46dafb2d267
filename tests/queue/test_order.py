"""Who is next is thought over: urgency by staff, weights by the location, another doctor by transfer."""

import pytest

from tests.builders import Data, make_doctor, make_location
from tests.client import Answer, Client
from tests.queue.waiting import act, ask_to_join, call_next, current, join, put, read, tokens, waiting_room
from tests.scheduling.desk import EVERY_DAY


def prioritize(api: Client, entry: Data, **factors: object) -> Answer:
    """What the desk is told that thinks an entry's place over."""
    body = {"doctor_id": entry["doctor_id"], "queue_id": entry["id"], "priority_factors": factors}
    return api.as_("receptionist").post("/api/queue/prioritize", body)


def test_the_seeds_request_moves_a_patient_up_and_says_why(api: Client) -> None:
    place = waiting_room(api)
    join(api, place)
    second = join(api, place)

    answer = prioritize(api, second, medical_urgency="high", wait_time=30, patient_age=65)

    ranked = answer.data
    assert (answer.status, ranked["queue_position"], ranked["urgency_level"]) == (200, 1, "high")
    assert ranked["medical_urgency_score"] > second["medical_urgency_score"]
    assert (ranked["ai_priority_factors"]["asked_wait_time"], ranked["ai_priority_factors"]["asked_patient_age"]) == (
        30,
        65,
    )
    assert tokens(current(api, place)) == ["002", "001"]


def test_what_we_know_of_age_and_waiting_counts_before_what_is_said(api: Client) -> None:
    place = waiting_room(api)
    entry = join(api, place)

    ranked = prioritize(api, entry, wait_time=600, patient_age=99).data

    assert ranked["ai_priority_factors"]["patient_age"] == 0
    assert ranked["wait_time_score"] < 5


def test_an_entry_of_another_doctors_queue_is_not_found(api: Client) -> None:
    place = waiting_room(api)
    entry = join(api, place) | {"doctor_id": "doc_else"}

    answer = prioritize(api, entry, medical_urgency="high")

    assert (answer.status, answer.fields) == (404, ["queue_id"])


def test_who_was_called_is_not_ranked_any_more(api: Client) -> None:
    place = waiting_room(api)
    entry = join(api, place)
    call_next(api, place)

    answer = prioritize(api, entry, medical_urgency="high")

    assert (answer.status, answer.error["code"]) == (409, "status_not_allowed")


def test_a_location_says_what_counts(api: Client) -> None:
    place = waiting_room(api, location={"queue_weights": {"urgency": 0, "age": 0}})
    join(api, place, urgency_level="low")
    join(api, place, urgency_level="high")

    queue = current(api, place)

    assert tokens(queue) == ["001", "002"]
    assert place.location["queue_weights"] == {"urgency": 0, "age": 0}


@pytest.mark.parametrize("weights", [{"waiting_per_minute": 0}, {"urgency": -1}, {"luck": 5}, {"age": "old"}])
def test_weights_that_make_no_order_are_refused(api: Client, weights: Data) -> None:
    answer = api.as_("admin").post("/api/locations", {"name": "Main Street", "zone": "UTC", "queue_weights": weights})

    assert answer.status == 422


def test_a_patient_is_handed_over_with_number_and_age(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})
    entry = join(api, place)
    join(api, place, doctor_id=colleague["id"])
    call_next(api, place)

    moved = act(api, entry, "transfer", {"doctor_id": colleague["id"]}).data

    assert (moved["doctor_id"], moved["transferred_from"]) == (colleague["id"], place.doctor["id"])
    assert (moved["token_number"], moved["check_in_time"]) == (entry["token_number"], entry["check_in_time"])
    assert (moved["current_status"], moved["called_time"], moved["queue_position"]) == ("waiting", None, 1)
    assert current(api, place)["queue"] == []


def test_who_was_handed_over_may_join_the_first_queue_again(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})
    entry = join(api, place, patient_id=place.patient["id"])
    act(api, entry, "transfer", {"doctor_id": colleague["id"]})

    again = ask_to_join(api, place)
    back = act(api, entry, "transfer", {"doctor_id": place.doctor["id"]})

    assert again.status == 201
    assert (back.status, back.error["code"]) == (409, "already_in_queue")


def test_a_patient_is_handed_over_to_somebody_who_works_there(api: Client) -> None:
    place = waiting_room(api)
    elsewhere = make_location(api, hospital_id=place.hospital["id"])
    stranger = make_doctor(api, location_ids=[elsewhere["id"]], schedule={"hours": [EVERY_DAY]})
    entry = join(api, place)

    answers = [act(api, entry, "transfer", {"doctor_id": one}) for one in (stranger["id"], place.doctor["id"])]

    assert [(answer.status, answer.error["code"]) for answer in answers] == [
        (422, "invalid"),
        (409, "already_in_queue"),
    ]


def test_who_is_with_the_doctor_is_not_handed_over(api: Client) -> None:
    place = waiting_room(api)
    colleague = make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})
    entry = join(api, place)
    put(api, entry, "in_consultation")

    answer = act(api, entry, "transfer", {"doctor_id": colleague["id"]})

    assert (answer.status, read(api, entry)["doctor_id"]) == (409, place.doctor["id"])
