"""A location's reminder policy: what is planned under it, when a changed one counts, and what cannot be one."""

from typing import Any

import pytest

from chalicelib.kit import clock
from chalicelib.people import directory
from chalicelib.reminders import planning
from chalicelib.table import reminders
from tests.builders import Clinic, Data
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, utc


def clinic_with(api: Client, policy: Data | None) -> Clinic:
    return open_clinic(api, location={"reminder_policy": policy}, patient={"phone": "+14155552671"})


def timings(appointment: Data) -> set[tuple[str, int | None]]:
    """Channel and offset of the reminders that wait, once the visit has been planned for."""
    planning.follow(appointment["id"], clock.now())
    waiting = (one for one in reminders.of_appointment(appointment["id"]) if one.status == "pending")
    return {(one.channel, one.offset) for one in waiting if one.occasion == "reminder"}


def changed(api: Client, place: Clinic, policy: Data) -> None:
    answer = api.as_("admin").put(f"/api/locations/{place.location['id']}", {"reminder_policy": policy})
    assert answer.status == 200, answer.body
    directory.location.forget(place.location["id"])


def test_a_location_reminds_as_its_policy_says_and_as_usual_where_it_says_nothing(api: Client) -> None:
    place = clinic_with(api, {"before": {"email": ["3d", "90m"]}})

    assert timings(book(api, place, "14:00")) == {("email", 3 * 1440), ("email", 90), ("sms", 120)}


def test_visits_by_video_can_have_their_own_times(api: Client) -> None:
    place = clinic_with(api, {"telehealth": {"email": ["30m"], "sms": []}})

    by_video = book(api, place, "14:00", mode="telehealth")
    in_person = book(api, place, "16:00")

    assert timings(by_video) == {("email", 30)}
    assert timings(in_person) == {("email", 1440), ("email", 60), ("sms", 120)}


def test_channels_that_nobody_asked_for_stay_silent_unless_the_patient_wants_them(api: Client) -> None:
    place = clinic_with(api, {"unasked": ["email"]})

    quiet = book(api, place, "14:00")
    asked = book(api, place, "16:00", reminder_preferences={"sms": True})

    assert timings(quiet) == {("email", 1440), ("email", 60)}
    assert timings(asked) == {("email", 1440), ("email", 60), ("sms", 120)}


def test_a_patients_own_timing_counts_before_the_policy(api: Client) -> None:
    place = clinic_with(api, {"before": {"email": ["3d"], "sms": ["3d"]}})

    made = book(api, place, "14:00", reminder_preferences={"timing": "2h"})

    assert timings(made) == {("email", 120), ("sms", 120)}


def test_a_changed_policy_counts_for_what_is_booked_or_moved_from_then_on(api: Client) -> None:
    place = clinic_with(api, None)
    before, moved = book(api, place, "10:00"), book(api, place, "12:00")
    usual = timings(before) | timings(moved)

    changed(api, place, {"before": {"email": ["48h"], "sms": []}})
    later = book(api, place, "14:00")
    path = f"/api/appointments/{moved['id']}/reschedule"
    assert api.as_("receptionist").put(path, {"scheduled_date": utc("16:00")}).status == 200

    assert timings(before) == usual
    assert timings(later) == timings(moved) == {("email", 2880)}


def test_a_policy_is_shown_as_it_was_said(api: Client) -> None:
    said = {"before": {"email": ["24h"]}, "quiet_hours": {"begin": "22:00", "end": "07:30"}, "daily_cap": 3}
    place = clinic_with(api, said)

    assert api.as_("admin").get(f"/api/locations/{place.location['id']}").data["reminder_policy"] == said


@pytest.mark.parametrize(
    "said",
    [
        {"before": {"email": ["soon"]}},
        {"before": {"email": ["61d"]}},
        {"before": {"fax": ["1h"]}},
        {"before": {"email": ["1h"] * 11}},
        {"quiet_hours": {"begin": "25:00", "end": "08:00"}},
        {"quiet_hours": {"begin": "21:00"}},
        {"daily_cap": 0},
        {"unasked": ["pigeon"]},
        {"near_turn": -1},
    ],
)
def test_what_is_no_policy_is_refused(api: Client, said: Any) -> None:
    answer = api.as_("admin").post("/api/locations", {"name": "Nowhere", "zone": "UTC", "reminder_policy": said})

    assert answer.status == 422
    assert answer.fields[0].startswith("reminder_policy")
