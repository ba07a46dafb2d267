"""Holds: a slot kept for some minutes, then confirmed, given up, or ended by time itself."""

from dataclasses import replace

import pytest

from chalicelib.kit import clock, ids
from chalicelib.kit.types import When
from chalicelib.scheduling import booking, cancelling, expiry, holding, offers, rescheduling
from chalicelib.scheduling.booking import Booking
from chalicelib.scheduling.needs import Need
from chalicelib.scheduling.refusals import HoldEnded, PatientBusy, SlotTaken, TooManyHolds
from chalicelib.scheduling.visits import Asked
from chalicelib.table import base, keys
from infra.local.testing import Engine
from infra.table_audit import audit
from tests.builders import Clinic, Data, make_doctor, make_patient, make_service
from tests.client import Client
from tests.concurrency import clinics
from tests.scheduling.desk import DAY, EVERY_DAY, ask, book, free, later, open_clinic, read, wish


def hold(api: Client, place: Clinic, time: str = "10:00", **fields: object) -> Data:
    return book(api, place, time, "/hold", **fields)


def wanted(place: Clinic, hour: int = 10, *, patient_id: str | None = None, **after: float) -> Booking:
    """A booking that is asked for after a while."""
    asked = clinics.wish(place.doctor["id"], patient_id or place.patient["id"], clinics.at(DAY, hour))
    return replace(asked, stamp=later(**after))


def offered(place: Clinic, **after: float) -> list[str]:
    """The free times of the day as they are after a while."""
    found = offers.for_doctor(place.doctor["id"], DAY, DAY, Need(), later(**after).now)
    return [slot["time"] for slot in found.slots()]


def test_a_hold_keeps_the_slot_from_others_for_the_minutes_of_the_location(api: Client) -> None:
    place = open_clinic(api, location={"hold_minutes": 15})

    held = hold(api, place)

    other = ask(api, place, patient_id=make_patient(api)["id"])
    expires = clock.parse(held["hold_expires_at"]) - clock.parse(held["created_at"])
    assert (held["status"], expires.total_seconds()) == ("held", 15 * 60)
    assert (other.status, other.error["code"]) == (409, "slot_taken")
    assert "10:00" not in free(api, place.doctor)


def test_a_confirmed_hold_is_an_appointment_for_good(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place, reason_for_visit="Cough")

    confirmed = api.as_("patient", place.patient["id"]).post(
        f"/api/appointments/{held['id']}/confirm", {"notes": "Since May", "payment_method": "card"}
    )

    made = confirmed.data
    assert (made["id"], made["status"], made["hold_expires_at"]) == (held["id"], "scheduled", None)
    assert (made["reason_for_visit"], made["notes"], made["payment_method"]) == ("Cough", "Since May", "card")
    assert made["stamps"][0] | {"at": ""} == {
        "at": "",
        "by": f"patient:{place.patient['id']}",
        "from": "held",
        "to": "scheduled",
        "moved": True,
    }
    assert confirmed.headers["etag"] == '"2"'
    assert "10:00" not in offered(place, hours=2)


def test_confirming_twice_changes_nothing_more(api: Client) -> None:
    place = open_clinic(api)
    path = f"/api/appointments/{hold(api, place)['id']}/confirm"

    first, second = (api.as_("receptionist").post(path, {}) for _ in range(2))

    assert (first.status, second.status) == (200, 200)
    assert first.data == second.data


def test_a_status_move_confirms_a_hold_as_thoroughly(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place)

    moved = api.as_("receptionist").put(f"/api/appointments/{held['id']}/status", {"status": "scheduled"})

    assert (moved.data["status"], moved.data["hold_expires_at"]) == ("scheduled", None)
    assert "10:00" not in offered(place, hours=2)
    assert expiry.release([held["id"]], later(hours=2).now) == 0


def test_a_hold_ends_on_time_though_no_sweep_runs(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place)

    before, after = offered(place, minutes=9), offered(place, minutes=11)

    assert ("10:00" in before, "10:00" in after) == (False, True)
    with pytest.raises(HoldEnded):
        holding.confirm(appointment_id=held["id"], stamp=later(minutes=11), details={})


def test_a_confirmation_that_comes_too_late_is_a_409(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place)
    expiry.release([held["id"]], later(minutes=11).now)

    answer = api.as_("receptionist").post(f"/api/appointments/{held['id']}/confirm", {})

    assert (answer.status, answer.error["code"]) == (409, "hold_ended")
    assert read(api, held)["cancellation"]["reason_code"] == "hold_expired"


def test_who_meets_an_expired_hold_clears_it_away_and_books(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)
    held = hold(api, place)

    made = booking.book(wanted(place, patient_id=other["id"], minutes=11)).appointment

    assert made.status == "scheduled"
    assert made.room_id == held["room_id"]
    assert read(api, held)["status"] == "cancelled"


def test_who_comes_a_minute_too_early_does_not(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)
    held = hold(api, place)

    with pytest.raises(SlotTaken):
        booking.book(wanted(place, patient_id=other["id"], minutes=9))

    assert read(api, held)["status"] == "held"


def test_an_expired_hold_of_the_patient_or_of_the_room_stands_in_no_ones_way(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    for time in ("10:00", "11:00"):
        hold(api, place, time)
    same_patient = wanted(place, 10, minutes=11)
    same_room = wanted(place, 11, patient_id=other["id"], minutes=11)

    mine = booking.book(replace(same_patient, asked=replace(same_patient.asked, doctor_id=colleague["id"])))
    rooms = booking.book(replace(same_room, asked=replace(same_room.asked, doctor_id=colleague["id"])))

    assert mine.appointment.room_id == rooms.appointment.room_id == place.rooms[0]["id"]


def test_an_expired_hold_does_not_fill_the_day(api: Client) -> None:
    place = open_clinic(api, {"daily_cap": 1}, location={"patient_daily_cap": 1})
    hold(api, place, "10:00")

    with pytest.raises((SlotTaken, PatientBusy)):
        booking.book(wanted(place, 12, minutes=9))
    made = booking.book(wanted(place, 12, minutes=11)).appointment

    assert made.status == "scheduled"


def test_a_move_meets_an_expired_hold_the_same_way(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)
    made = book(api, place, "08:00", patient_id=other["id"])
    held = hold(api, place, "10:00")
    there = Asked(doctor_id="", when=When(instant=clinics.at(DAY, 10)))

    moved = rescheduling.reschedule(appointment_id=made["id"], asked=there, stamp=later(minutes=11))

    assert moved.start == f"{DAY}T10:00:00Z"
    assert read(api, held)["status"] == "cancelled"


@pytest.mark.usefixtures("own_table")  # other tests' holds come due, too
def test_the_sweep_ends_what_is_due_and_nothing_else(api: Client) -> None:
    place = open_clinic(api)
    short, kept = hold(api, place, "10:00"), hold(api, place, "11:00")
    api.as_("receptionist").post(f"/api/appointments/{kept['id']}/confirm", {})

    early = expiry.sweep(later(minutes=5).now)
    ended = expiry.sweep(later(minutes=11).now)
    again = expiry.release([short["id"], kept["id"]], later(minutes=11).now)

    assert (early, ended, again) == (0, 1, 0)
    assert (read(api, short)["status"], read(api, kept)["status"]) == ("cancelled", "scheduled")
    assert [time for time in ("10:00", "11:00") if time in free(api, place.doctor)] == ["10:00"]


def test_a_patient_holds_three_slots_at_most(api: Client) -> None:
    place, elsewhere = open_clinic(api), open_clinic(api)
    held = [hold(api, place, time) for time in ("08:00", "09:00", "10:00")]

    fourth = ask(api, elsewhere, "12:00", "/hold", patient_id=place.patient["id"])
    booked = ask(api, elsewhere, "12:00", patient_id=place.patient["id"])
    api.as_("receptionist").delete(f"/api/appointments/{held[0]['id']}")
    after = ask(api, elsewhere, "13:00", "/hold", patient_id=place.patient["id"])

    assert (fourth.status, fourth.error["code"], fourth.fields) == (409, "too_many_holds", ["patient_id"])
    assert (booked.status, after.status) == (201, 201)


def test_expired_and_confirmed_holds_do_not_count(api: Client) -> None:
    place = open_clinic(api)
    first = hold(api, place, "08:00")
    api.as_("receptionist").post(f"/api/appointments/{first['id']}/confirm", {})
    for time in ("09:00", "10:00", "11:00"):
        hold(api, place, time)

    with pytest.raises(TooManyHolds):
        booking.book(replace(wanted(place, 12, minutes=9), held=True))
    made = booking.book(replace(wanted(place, 12, minutes=11), held=True)).appointment

    assert made.status == "held"


def test_a_hold_that_is_given_up_frees_everything_at_once(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place)

    given_up = api.as_("patient", place.patient["id"]).delete(f"/api/appointments/{held['id']}")

    assert (given_up.status, given_up.data["status"]) == (200, "cancelled")
    assert ask(api, place).status == 201


def test_a_hold_that_is_over_can_still_be_given_up(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place)

    given_up = cancelling.cancel(appointment_id=held["id"], stamp=later(minutes=30))

    assert given_up.status == "cancelled"
    assert ask(api, place).status == 201


def test_a_hold_cannot_be_moved_but_confirmed_it_can(api: Client) -> None:
    place = open_clinic(api)
    path, elsewhere = f"/api/appointments/{hold(api, place)['id']}", {"scheduled_date": f"{DAY}T12:00:00Z"}
    desk = api.as_("receptionist")

    held = desk.put(f"{path}/reschedule", elsewhere)
    desk.post(f"{path}/confirm", {})
    confirmed = desk.put(f"{path}/reschedule", elsewhere)

    assert (held.status, held.error["code"]) == (409, "status_not_allowed")
    assert (confirmed.status, confirmed.data["time"]) == (200, "12:00")


def test_a_hold_for_a_time_that_is_closed_meanwhile_is_not_confirmed(api: Client) -> None:
    place = open_clinic(api)
    held = hold(api, place)
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}/schedule", {"hours": [EVERY_DAY], "holidays": [f"{DAY}"]})

    answer = api.as_("receptionist").post(f"/api/appointments/{held['id']}/confirm", {})

    assert (answer.status, answer.error["code"]) == (409, "slot_not_offered")
    assert answer.error["details"][0]["reason"] == "holiday"


def test_a_hold_survives_an_edit_of_the_schedule_that_does_not_touch_it(api: Client) -> None:
    place = open_clinic(api)
    service = make_service(api, duration_minutes=45)
    held = hold(api, place, service_id=service["id"])
    api.as_("admin").put(f"/api/doctors/{place.doctor['id']}/schedule", {"hours": [EVERY_DAY], "buffer_after": 5})

    answer = api.as_("receptionist").post(f"/api/appointments/{held['id']}/confirm", {})

    assert (answer.status, answer.data["status"], answer.data["duration_minutes"]) == (200, "scheduled", 45)


def test_a_stale_confirmation_is_refused(api: Client) -> None:
    held = hold(api, open_clinic(api))

    answer = api.as_("receptionist").with_(if_match='"7"').post(f"/api/appointments/{held['id']}/confirm", {})

    assert (answer.status, answer.headers["etag"]) == (412, '"1"')
    assert read(api, held)["status"] == "held"


@pytest.mark.usefixtures("own_table")
def test_whatever_becomes_of_holds_the_sheets_stay_right(api: Client, engine: Engine) -> None:
    place = open_clinic(api, {"buffer_before": 5, "buffer_after": 10})
    paths = [f"/api/appointments/{hold(api, place, time)['id']}" for time in ("10:00", "12:00", "23:30")]
    desk = api.as_("receptionist")

    desk.post(f"{paths[0]}/confirm", {})
    desk.delete(paths[1])
    expiry.release([paths[2].rpartition("/")[2]], later(minutes=11).now)

    left = base.get(keys.doctor_day(place.doctor["id"], DAY)) or {}
    assert audit(engine.client("dynamodb"), base.table_name(), clock.now()).violations == []
    assert [name for name in left if name.startswith("h_")] == []
    assert left["n"] == {"N": "1"}


def test_a_hold_with_a_key_is_made_once(api: Client) -> None:
    place = open_clinic(api)
    desk = api.as_("receptionist").with_(idempotency_key=ids.new("key"))

    first, again = (desk.post("/api/appointments/hold", wish(place)) for _ in range(2))

    assert first.data == again.data
    assert again.headers["idempotency-replayed"] == "true"
