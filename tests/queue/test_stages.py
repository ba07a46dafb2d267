"""A visit of several stages: triage, laboratory, doctor, under one number."""

import pytest

from chalicelib.queue import closing
from tests.builders import Clinic, Data, make_doctor, make_location
from tests.client import Client
from tests.queue.test_day import night
from tests.queue.test_serving import booked, check_in
from tests.queue.waiting import act, ask_to_join, call_next, current, join, put, read, waiting_room
from tests.scheduling.desk import EVERY_DAY
from tests.scheduling.desk import read as read_appointment


def colleague(api: Client, place: Clinic) -> Data:
    """Another doctor of the same location, who is always there."""
    return make_doctor(api, location_ids=[place.location["id"]], schedule={"hours": [EVERY_DAY]})


def forward(api: Client, entry: Data, doctor: Data, **fields: object) -> Data:
    """The entry after it was sent on from the consultation."""
    put(api, entry, "in_consultation")
    answer = act(api, entry, "forward", {"doctor_id": doctor["id"], **fields})
    assert answer.status == 200, answer.body
    on: Data = answer.data
    return on


def test_a_patient_goes_on_to_the_next_doctor_with_number_and_age(api: Client) -> None:
    place = waiting_room(api)
    laboratory = colleague(api, place)
    entry = join(api, place)
    join(api, place, doctor_id=laboratory["id"])

    on = forward(api, entry, laboratory)

    assert (on["doctor_id"], on["current_status"], on["queue_position"]) == (laboratory["id"], "waiting", 1)
    assert (on["token_number"], on["check_in_time"]) == (entry["token_number"], entry["check_in_time"])
    assert [one["doctor_id"] for one in on["journey"]] == [place.doctor["id"]]
    assert current(api, place)["queue"] == []


def test_planned_stages_follow_each_other_as_each_is_done(api: Client) -> None:
    place = waiting_room(api)
    triage, laboratory = colleague(api, place), colleague(api, place)
    entry = join(api, place)
    then = [laboratory["id"], place.doctor["id"]]
    act(api, entry, "transfer", {"doctor_id": triage["id"], "next_doctor_ids": then})

    seen_by = []
    for _ in range(3):
        put(api, entry, "in_consultation")
        seen_by.append(read(api, entry)["doctor_id"])
        put(api, entry, "completed")

    over = read(api, entry)
    assert seen_by == [triage["id"], *then]
    assert over["current_status"] == "completed"
    assert [one["doctor_id"] for one in over["journey"]] == seen_by[:2]


def test_a_booked_visit_goes_on_until_its_last_stage_is_done(api: Client) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    entry = check_in(api, visit)
    forward(api, entry, colleague(api, place))

    between = read_appointment(api, visit)["status"]
    put(api, entry, "called")
    put(api, entry, "in_consultation")
    put(api, entry, "completed")

    assert between == "in_progress"
    assert read_appointment(api, visit)["status"] == "completed"


@pytest.mark.parametrize("end", ["left", "no_show", "night"])
def test_who_does_not_stay_for_the_next_stage_was_seen_all_the_same(api: Client, end: str) -> None:
    place = waiting_room(api)
    visit = booked(api, place)
    entry = check_in(api, visit)
    forward(api, entry, colleague(api, place))

    {
        "left": lambda: act(api, entry, "left"),
        "no_show": lambda: put(api, entry, "no_show"),
        "night": lambda: closing.close(night(place)),
    }[end]()

    assert read(api, entry)["current_status"] in {"cancelled", "no_show"}
    assert read_appointment(api, visit)["status"] == "completed"


def test_who_was_missed_at_a_later_stage_may_come_after_all(api: Client) -> None:
    place = waiting_room(api)
    entry = check_in(api, booked(api, place))
    forward(api, entry, colleague(api, place))
    put(api, entry, "no_show")

    back = act(api, entry, "resume")

    assert (back.status, back.data["current_status"]) == (200, "waiting")


def test_each_doctor_has_served_whom_they_saw_and_a_patient_came_once(api: Client) -> None:
    place = waiting_room(api)
    laboratory = colleague(api, place)
    entry = join(api, place)
    forward(api, entry, laboratory)
    put(api, entry, "in_consultation")
    put(api, entry, "completed")

    found = api.as_("receptionist").get("/api/queue/statistics", location_id=place.location["id"]).data

    served = {part["doctor_id"]: part["figures"]["total_completed"] for part in found["doctors"]}
    assert served == {place.doctor["id"]: 1, laboratory["id"]: 1}
    assert (found["total"]["total_completed"], sum(found["total"]["came_by_hour"].values())) == (1, 1)
    assert sum(found["total"]["served_by_hour"].values()) == 2


def test_a_device_is_not_told_where_a_patient_has_been(api: Client) -> None:
    place = waiting_room(api)
    laboratory = colleague(api, place)
    forward(api, join(api, place), laboratory, next_doctor_ids=[place.doctor["id"]])

    board = api.as_("display", location=place.location["id"]).get("/api/queue/current").data

    shown = next(one for line in board for one in line["queue"])
    assert (shown["journey"], shown["next_doctor_ids"]) == (None, None)


def test_a_patient_is_sent_on_from_a_consultation_only(api: Client) -> None:
    place = waiting_room(api)
    laboratory = colleague(api, place)
    entry = join(api, place)
    call_next(api, place)

    answer = act(api, entry, "forward", {"doctor_id": laboratory["id"]})

    assert (answer.status, answer.error["code"]) == (409, "status_not_allowed")
    assert read(api, entry)["doctor_id"] == place.doctor["id"]


def test_stages_are_with_doctors_who_see_patients_there(api: Client) -> None:
    place = waiting_room(api)
    elsewhere = make_location(api, hospital_id=place.hospital["id"])
    stranger = make_doctor(api, location_ids=[elsewhere["id"]], schedule={"hours": [EVERY_DAY]})
    entry = join(api, place)
    put(api, entry, "in_consultation")

    answers = [
        act(api, entry, "forward", {"doctor_id": stranger["id"]}),
        act(api, entry, "forward", {"doctor_id": colleague(api, place)["id"], "next_doctor_ids": [stranger["id"]]}),
        act(api, entry, "forward", {"doctor_id": place.doctor["id"]}),
    ]

    fields = [(answer.status, answer.error["details"][0]["field"]) for answer in answers]
    assert fields == [(422, "doctor_id"), (422, "next_doctor_ids"), (422, "doctor_id")]
    assert read(api, entry)["current_status"] == "in_consultation"


def test_who_stands_in_the_next_line_already_is_not_put_there_twice(api: Client) -> None:
    place = waiting_room(api)
    laboratory = colleague(api, place)
    entry = join(api, place, patient_id=place.patient["id"])
    ask_to_join(api, place, doctor_id=laboratory["id"])
    put(api, entry, "in_consultation")

    answer = act(api, entry, "forward", {"doctor_id": laboratory["id"]})

    assert (answer.status, answer.error["code"]) == (409, "already_in_queue")
    assert read(api, entry)["current_status"] == "in_consultation"
