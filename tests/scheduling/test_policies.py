"""Policies of locations and doctors: how many appointments to come, who sets what, who follows whom."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib import changes
from chalicelib.scheduling import booking
from chalicelib.scheduling.refusals import TooManyOpen
from chalicelib.table import base, keys
from tests.builders import make_patient, make_service
from tests.client import Client
from tests.concurrency.clinics import all_at_once, at
from tests.concurrency.clinics import wish as wanted
from tests.scheduling.desk import DAY, NEXT_DAY, ask, book, open_clinic, read, utc


def stream_record(pk: str, sk: str, *, old: dict[str, Any]) -> dict[str, Any]:
    """The change of an item from `old` fields to what is stored now, as the stream tells it."""
    new = base.get(keys.Key(pk, sk), consistent=True) or {}
    images = {"Keys": base.primary(keys.Key(pk, sk)), "NewImage": new, "OldImage": new | old, "SequenceNumber": "1"}
    images["ApproximateCreationDateTime"] = int(datetime.now(UTC).timestamp())
    return {"Records": [{"eventID": "e1", "eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": images}]}


def test_a_patient_has_no_more_appointments_to_come_than_the_location_allows(api: Client) -> None:
    place = open_clinic(api, location={"patient_open_cap": 2})
    first, _ = book(api, place, "10:00"), book(api, place, "11:00")

    refused = ask(api, place, "12:00")
    api.as_("receptionist").delete(f"/api/appointments/{first['id']}")
    after_a_cancellation = ask(api, place, "12:00")

    assert (refused.status, refused.error["code"], refused.fields) == (409, "too_many_open", ["patient_id"])
    assert after_a_cancellation.status == 201


def test_the_limit_holds_however_many_ask_at_once(api: Client) -> None:
    place = open_clinic(api, location={"patient_open_cap": 3, "patient_daily_cap": 50})
    doctor, patient = place.doctor["id"], place.patient["id"]

    results = all_at_once(booking.book, [wanted(doctor, patient, at(DAY, hour)) for hour in range(8, 20)], workers=12)

    assert sum(isinstance(one, TooManyOpen) for one in results) == 9
    assert sum(not isinstance(one, Exception) for one in results) == 3


def test_a_moved_appointment_stays_counted_and_a_taken_back_cancellation_counts_again(api: Client) -> None:
    place = open_clinic(api, location={"patient_open_cap": 1})
    made = book(api, place, "10:00")
    desk, path = api.as_("receptionist"), f"/api/appointments/{made['id']}"

    desk.put(f"{path}/reschedule", {"scheduled_date": utc("09:00", NEXT_DAY)})
    while_moved = ask(api, place, "12:00")
    desk.delete(path)
    desk.post(f"{path}/undo")
    while_taken_back = ask(api, place, "12:00")

    assert (while_moved.status, while_taken_back.status) == (409, 409)


@pytest.mark.parametrize("said", [{"priority": 5}, {"can_reschedule": False}])
def test_what_ranks_or_binds_a_visit_is_not_the_patients_to_say(api: Client, said: dict[str, Any]) -> None:
    place = open_clinic(api)
    body = {"doctor_id": place.doctor["id"], "scheduled_date": utc("10:00")} | said

    by_patient = api.as_("patient", place.patient["id"]).post("/api/appointments", body)
    by_desk = ask(api, place, "10:00", **said)

    assert (by_patient.status, by_patient.fields) == (422, list(said))
    assert by_desk.status == 201


def test_an_amount_is_believed_only_where_the_clinic_has_no_price(api: Client) -> None:
    without, with_fee = open_clinic(api), open_clinic(api, doctor={"fee": 80})

    believed = book(api, without, payment_amount=100.5)
    overruled = book(api, with_fee, payment_amount=1)

    assert (believed["payment_amount"], overruled["payment_amount"]) == (100.5, 80.0)


def test_a_visit_may_change_its_mode_and_keep_its_time(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place, "10:00")

    body = {"scheduled_date": utc("10:00"), "mode": "telehealth"}
    moved = api.as_("receptionist").put(f"/api/appointments/{made['id']}/reschedule", body)

    assert (moved.data["mode"], moved.data["room_id"], moved.data["time"]) == ("telehealth", None, "10:00")


def test_a_desk_of_one_location_lists_a_doctor_who_works_there(api: Client) -> None:
    place, elsewhere = open_clinic(api), open_clinic(api)
    made = book(api, place)
    path = f"/api/appointments/doctor/{place.doctor['id']}"

    here = api.as_("receptionist", location=place.location["id"]).get(path)
    there = api.as_("receptionist", location=elsewhere.location["id"]).get(path)

    assert [one["id"] for one in here.data] == [made["id"]]
    assert there.status == 404


def test_a_location_stays_a_doctors_as_long_as_the_schedule_has_hours_there(api: Client) -> None:
    place = open_clinic(api)

    refused = api.as_("admin").put(f"/api/doctors/{place.doctor['id']}", {"location_ids": []})

    assert (refused.status, refused.fields) == (422, ["location_ids"])


def test_a_doctor_brought_back_takes_appointments_again_and_the_old_ones_lose_their_mark(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place, "10:00")
    admin = api.as_("admin")

    admin.delete(f"/api/doctors/{place.doctor['id']}")
    marked = read(api, made)["needs_rebooking"]
    admin.post(f"/api/doctors/{place.doctor['id']}/activate")

    assert marked == "doctor_inactive"
    assert read(api, made)["needs_rebooking"] is None
    assert ask(api, place, "11:00", patient_id=place.patient["id"]).status == 201


def test_when_a_location_changes_its_hours_those_who_are_left_outside_are_marked(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place, "10:00")
    opening = {day: [{"start": "12:00", "end": "20:00"}] for day in ("monday", "tuesday", "wednesday", "thursday")}
    weekend = {day: [{"start": "12:00", "end": "20:00"}] for day in ("friday", "saturday", "sunday")}
    api.as_("admin").put(f"/api/locations/{place.location['id']}", {"opening": opening | weekend})

    event = stream_record(f"LOCATION#{place.location['id']}", "PROFILE", old={"opening": {"S": "null"}})
    failed = changes.handle(event, None)

    assert failed == {"batchItemFailures": []}
    assert read(api, made)["needs_rebooking"] == "location_closed"
    assert ask(api, place, "09:00").error["code"] == "slot_not_offered"


def test_an_edit_that_was_cut_short_before_marking_is_finished_by_the_fence_in_the_stream(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place, "10:00")
    admin, path = api.as_("admin"), f"/api/doctors/{place.doctor['id']}/schedule"
    admin.put(path, {"hours": []})
    key = keys.appointment(made["id"])
    forget = {"Key": base.primary(key), "UpdateExpression": "REMOVE needs_rebooking ADD version :one"}
    base.call("UpdateItem", forget | {"ExpressionAttributeValues": {":one": {"N": "1"}}})

    event = stream_record(f"DOCTOR#{place.doctor['id']}", "FENCE", old={"version": {"N": "1"}})
    changes.handle(event, None)

    assert read(api, made)["needs_rebooking"] == "outside_hours"


def test_where_no_room_seats_a_group_each_patient_gets_a_room_of_their_own(api: Client) -> None:
    place = open_clinic(api, {"capacity": 3}, rooms=2)
    others = [make_patient(api)["id"] for _ in range(3)]

    answers = [ask(api, place, "10:00", patient_id=patient) for patient in others]

    assert [answer.status for answer in answers] == [201, 201, 409]
    assert len({answer.data["room_id"] for answer in answers[:2]}) == 2
    assert answers[2].error["code"] == "no_room_free"


def test_many_are_marked_as_missed_at_once_each_for_itself(api: Client) -> None:
    place = open_clinic(api)
    first, second = book(api, place, "10:00"), book(api, place, "11:00")
    desk = api.as_("receptionist")
    desk.delete(f"/api/appointments/{second['id']}")
    body = {"appointment_ids": [first["id"], second["id"], "apt_unknown"]}

    answer = desk.post("/api/appointments/no-shows", body)
    again = desk.post("/api/appointments/no-shows", body)
    taken_back = desk.post(f"/api/appointments/{first['id']}/undo")

    assert [(one["status"], (one["error"] or {}).get("code")) for one in answer.data] == [
        ("no_show", None),
        (None, "status_not_allowed"),
        (None, "not_found"),
    ]
    assert (answer.json["meta"], again.data) == ({"marked": 1}, answer.data)
    assert taken_back.data["status"] == "scheduled"


def test_a_kiosk_cancels_nothing(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)
    kiosk = api.as_("kiosk", location=place.location["id"])

    deleted = kiosk.delete(f"/api/appointments/{made['id']}")
    set_so = kiosk.put(f"/api/appointments/{made['id']}/status", {"status": "cancelled"})

    unknown = kiosk.delete("/api/appointments/apt_none")

    assert (deleted.status, set_so.status, unknown.status) == (403, 403, 403)
    assert read(api, made) == made


def test_a_service_that_is_offered_remotely_only_is_booked_so_without_saying(api: Client) -> None:
    place = open_clinic(api)
    service = make_service(api, modes=["telehealth"], duration_minutes=20)

    made = book(api, place, service_id=service["id"])

    assert (made["mode"], made["room_id"], made["duration_minutes"]) == ("telehealth", None, 20)
