"""Status moves: one table, every spelling, a stamp for each, and a short while to take one back."""

import pytest

from chalicelib.scheduling import status, statuses
from chalicelib.scheduling.refusals import NotAllowedNow
from tests.builders import Clinic, Data, make_doctor, make_patient
from tests.client import Answer, Client
from tests.scheduling.desk import EVERY_DAY, ask, book, free, later, open_clinic, read, utc

WAYS = {
    "scheduled": [],
    "confirmed": ["confirmed"],
    "checked_in": ["checked_in"],
    "in_progress": ["in_progress"],
    "completed": ["in_progress", "completed"],
    "cancelled": ["cancelled"],
    "no_show": ["no_show"],
}
STATUSES = (*WAYS, "held", "rescheduled")
MOVES = [(old, new) for old in STATUSES for new in STATUSES if new not in {old, "held"}]


def put(api: Client, appointment: Data, to: str, role: str = "receptionist", sub: str = "") -> Answer:
    """What the caller is told who moves the appointment to a status."""
    return api.as_(role, sub).put(f"/api/appointments/{appointment['id']}/status", {"status": to})


def undo(api: Client, appointment: Data, role: str = "receptionist", sub: str = "") -> Answer:
    return api.as_(role, sub).post(f"/api/appointments/{appointment['id']}/undo")


def made_in(api: Client, place: Clinic, wanted: str) -> Data:
    """An appointment that has come to the status in the usual way."""
    made = book(api, place, path="/hold" if wanted == "held" else "")
    for step in WAYS.get(wanted, ()):
        assert put(api, made, step).status == 200
    if wanted == "rescheduled":
        api.as_("receptionist").put(f"/api/appointments/{made['id']}/reschedule", {"scheduled_date": utc("12:00")})
    return read(api, made)


@pytest.mark.parametrize(("old", "new"), MOVES, ids=[f"{old}-{new}" for old, new in MOVES])
def test_a_status_becomes_what_the_table_says_and_nothing_else(api: Client, old: str, new: str) -> None:
    made = made_in(api, open_clinic(api), old)

    answer = put(api, made, new)

    allowed = new in statuses.MAY_BECOME[old]
    there = read(api, made)
    assert made["status"] == old
    assert (answer.status, there["status"]) == ((200, new) if allowed else (409, old))
    assert there["version"] == made["version"] + allowed


def test_the_table_itself() -> None:
    upcoming = {"confirmed", "checked_in", "in_progress", "cancelled", "no_show"}

    assert {old: set(new) for old, new in statuses.MAY_BECOME.items()} == {
        "held": {"scheduled", "cancelled"},
        "scheduled": upcoming,
        "rescheduled": upcoming,
        "confirmed": upcoming - {"confirmed"},
        "checked_in": {"in_progress", "completed", "cancelled", "no_show"},
        "in_progress": {"completed"},
        "completed": set(),
        "cancelled": set(),
        "no_show": {"checked_in"},
    }


def test_a_refusal_names_the_status(api: Client) -> None:
    made = made_in(api, open_clinic(api), "completed")

    answer = put(api, made, "confirmed")

    assert (answer.error["code"], answer.error["details"]) == (
        "status_not_allowed",
        [{"field": "status", "problem": "is completed"}],
    )


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("no-show", "no_show"),
        ("No_Show", "no_show"),
        ("checked-in", "checked_in"),
        ("checked_out", "completed"),
        ("checked-out", "completed"),
        (" Confirmed ", "confirmed"),
        ("canceled", "cancelled"),
        ("in-progress", "in_progress"),
    ],
)
def test_every_spelling_of_a_status_is_understood(api: Client, spelling: str, canonical: str) -> None:
    made = made_in(api, open_clinic(api), "in_progress" if canonical == "completed" else "scheduled")

    answer = put(api, made, spelling)

    assert (answer.status, answer.data["status"]) == (200, canonical)


def test_checked_out_is_completed_and_the_stamp_keeps_the_word(api: Client) -> None:
    made = made_in(api, open_clinic(api), "in_progress")

    moved = put(api, made, "checked_out").data

    assert (moved["status"], moved["stamps"][-1]["as"]) == ("completed", "checked_out")


@pytest.mark.parametrize("unknown", ["arrived", "held", "", "scheduled; DROP"])
def test_an_unknown_status_is_refused(api: Client, unknown: str) -> None:
    made = book(api, open_clinic(api))

    answer = put(api, made, unknown)

    assert (answer.status, answer.fields) == (422, ["status"])
    assert read(api, made) == made


def test_the_same_status_again_changes_nothing(api: Client) -> None:
    made = made_in(api, open_clinic(api), "confirmed")

    answer = put(api, made, "confirmed")

    assert (answer.status, answer.data) == (200, made)


def test_each_move_is_stamped_with_who_when_and_from_where(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    put(api, made, "confirmed", "patient", place.patient["id"])
    api.as_("receptionist", "ann").put(
        f"/api/appointments/{made['id']}/status", {"status": "checked-in", "notes": "Came by taxi"}
    )
    put(api, made, "in_progress", "doctor", place.doctor["id"])

    stamps = read(api, made)["stamps"]
    assert [(one["from"], one["to"], one["by"]) for one in stamps] == [
        ("scheduled", "confirmed", f"patient:{place.patient['id']}"),
        ("confirmed", "checked_in", "receptionist:ann"),
        ("checked_in", "in_progress", f"doctor:{place.doctor['id']}"),
    ]
    assert stamps[1]["notes"] == "Came by taxi"
    assert all(one["at"] >= made["created_at"] for one in stamps)


def test_a_status_may_cancel_with_a_reason(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)

    cancelled = (
        api.as_("receptionist")
        .put(f"/api/appointments/{made['id']}/status", {"status": "cancelled", "notes": "Called in"})
        .data
    )

    assert cancelled["cancellation"]["reason"] == "Called in"
    assert "10:00" in free(api, place.doctor)


def test_a_stale_status_move_is_refused(api: Client) -> None:
    made = made_in(api, open_clinic(api), "confirmed")
    stale = api.as_("receptionist").with_(if_match='"1"')

    moved = stale.put(f"/api/appointments/{made['id']}/status", {"status": "checked_in"})
    undone = stale.post(f"/api/appointments/{made['id']}/undo")

    assert (moved.status, undone.status, moved.headers["etag"]) == (412, 412, '"2"')


# --- who ---


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("patient", {"confirmed", "cancelled"}),
        ("kiosk", {"checked_in"}),
        ("doctor", set(WAYS) - {"scheduled", "completed"}),
        ("receptionist", set(WAYS) - {"scheduled", "completed"}),
        ("billing", set(WAYS) - {"scheduled", "completed"}),
        ("hospital_admin", set(WAYS) - {"scheduled", "completed"}),
        ("admin", set(WAYS) - {"scheduled", "completed"}),
    ],
)
def test_each_role_moves_an_appointment_as_far_as_its_work_goes(api: Client, role: str, allowed: set[str]) -> None:
    place = open_clinic(api)
    sub = {"patient": place.patient["id"], "doctor": place.doctor["id"]}.get(role, "")
    goals = sorted(set(WAYS) - {"scheduled", "completed"})
    made = {goal: book(api, place, f"1{hour}:00", patient_id=place.patient["id"]) for hour, goal in enumerate(goals)}

    answers = {goal: put(api, one, goal, role, sub) for goal, one in made.items()}

    assert {goal for goal, answer in answers.items() if answer.status == 200} == allowed
    assert {answer.status for answer in answers.values()} <= {200, 403}


@pytest.mark.parametrize(("role", "expected"), [("patient", 403), ("kiosk", 403), ("display", 403), ("doctor", 200)])
def test_only_staff_take_a_move_back(api: Client, role: str, expected: int) -> None:
    place = open_clinic(api)
    made = made_in(api, place, "confirmed")
    sub = {"patient": place.patient["id"], "doctor": place.doctor["id"]}.get(role, "")

    answer = undo(api, made, role, sub)

    assert answer.status == expected


# --- taking back ---


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scheduled", "no_show"),
        ("scheduled", "confirmed"),
        ("confirmed", "checked_in"),
        ("in_progress", "completed"),
        ("rescheduled", "no_show"),
    ],
)
def test_the_last_move_is_taken_back(api: Client, old: str, new: str) -> None:
    made = made_in(api, open_clinic(api), old)
    put(api, made, new)

    undone = undo(api, made).data

    assert undone["status"] == old
    assert undone["stamps"][-1] | {"at": ""} == {
        "at": "",
        "by": "receptionist:test-receptionist",
        "from": new,
        "to": old,
        "undone": True,
    }


def test_only_one_move_is_taken_back(api: Client) -> None:
    made = made_in(api, open_clinic(api), "completed")

    first, second = undo(api, made), undo(api, made)

    assert (first.status, first.data["status"]) == (200, "in_progress")
    assert (second.status, second.error["code"]) == (409, "status_not_allowed")


@pytest.mark.parametrize("old", ["scheduled", "rescheduled", "held"])
def test_what_is_no_status_move_is_not_taken_back(api: Client, old: str) -> None:
    made = made_in(api, open_clinic(api), old)

    answer = undo(api, made)

    assert (answer.status, read(api, made)) == (409, made)


def test_a_confirmed_hold_does_not_become_a_hold_again(api: Client) -> None:
    made = made_in(api, open_clinic(api), "held")
    put(api, made, "scheduled")

    answer = undo(api, made)

    assert (answer.status, read(api, made)["status"]) == (409, "scheduled")


def test_after_a_quarter_of_an_hour_it_stays(api: Client) -> None:
    made = made_in(api, open_clinic(api), "no_show")

    with pytest.raises(NotAllowedNow):
        status.undo(appointment_id=made["id"], stamp=later(minutes=15, seconds=30))
    undone = status.undo(appointment_id=made["id"], stamp=later(minutes=14))

    assert undone.status == "scheduled"


def test_a_confirmation_that_is_taken_back_is_needed_again(api: Client) -> None:
    place = open_clinic(api, doctor={"requires_confirmation": True})
    made = made_in(api, place, "confirmed")

    undone = undo(api, made, "doctor", place.doctor["id"]).data
    patient = put(api, made, "confirmed", "patient", place.patient["id"])

    assert (made["needs_confirmation"], undone["needs_confirmation"]) == (False, True)
    assert (patient.status, read(api, made)["status"]) == (403, "scheduled")


def test_a_cancelled_appointment_that_is_taken_back_has_its_time_again(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)
    put(api, made, "confirmed")
    api.as_("receptionist").delete(f"/api/appointments/{made['id']}", {"reason": "Mistake", "reason_code": "other"})

    undone = undo(api, made).data

    same = ("id", "scheduled_date", "room_id", "location_id", "doctor_id")
    assert {name: undone[name] for name in same} == {name: made[name] for name in same}
    assert (undone["status"], undone["cancellation"]) == ("confirmed", None)
    assert "10:00" not in free(api, place.doctor)
    assert ask(api, place, patient_id=make_patient(api)["id"]).error["code"] == "slot_taken"


def test_it_stays_cancelled_when_the_time_is_taken_meanwhile(api: Client) -> None:
    place = open_clinic(api)
    made = made_in(api, place, "cancelled")
    book(api, place, patient_id=make_patient(api)["id"])

    answer = undo(api, made)

    assert (answer.status, answer.error["code"]) == (409, "slot_taken")
    assert read(api, made)["status"] == "cancelled"


def test_it_stays_cancelled_when_the_patient_is_elsewhere_meanwhile(api: Client) -> None:
    place = open_clinic(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    made = made_in(api, place, "cancelled")
    book(api, place, doctor_id=colleague["id"])

    answer = undo(api, made)

    assert (answer.status, answer.error["code"]) == (409, "patient_busy")


def test_a_hold_that_was_given_up_is_gone(api: Client) -> None:
    made = made_in(api, open_clinic(api), "held")
    api.as_("receptionist").delete(f"/api/appointments/{made['id']}")

    answer = undo(api, made)

    assert (answer.status, read(api, made)["status"]) == (409, "cancelled")
