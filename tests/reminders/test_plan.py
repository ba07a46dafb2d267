"""What is planned for a visit: the seeds' defaults, the patient's wishes, clock changes, nights, moves and cancels."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kit import ids
from chalicelib.reminders import offsets
from chalicelib.reminders.kinds import CALL, CHANNELS, EMAIL, NEWS, PUSH, REMINDER, SMS
from chalicelib.reminders.plan import Planned, Visit, Wish, appointment_of, plan
from chalicelib.reminders.policy import Policy
from chalicelib.reminders.quiet import LOUD, QuietHours

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
EVERYWHERE = frozenset(CHANNELS)
NEVER_QUIET = Policy(quiet=QuietHours(time(0), time(0)))
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def visit(start: datetime = NOON, *, zone: ZoneInfo = BERLIN, **fields: Any) -> Visit:
    """A visit, booked ten days before unless said otherwise."""
    usual: dict[str, Any] = {
        "appointment_id": "apt_1",
        "standing": "ahead",
        "home": zone,
        "since": start - timedelta(days=10),
    }
    return Visit(start=start, zone=zone, **usual | fields)


def planned(of: Visit, said: Any = None, *, policy: Policy = NEVER_QUIET, **more: Any) -> tuple[Planned, ...]:
    """The plan for a patient who can be reached everywhere and has refused nothing, unless said otherwise."""
    usual: dict[str, Any] = {"reachable": EVERYWHERE, "consents": {}, "doctor_reachable": frozenset({EMAIL})}
    return plan(of, wish=Wish.read(said), policy=policy, **usual | more)


def reminders(messages: Iterable[Planned]) -> set[tuple[str, str | None]]:
    """Channel and offset of the reminders among them."""
    return {(one.channel, offsets.spelled(one.offset)) for one in messages if one.kind == REMINDER and one.offset}


def news(messages: Iterable[Planned]) -> set[tuple[str, str, str]]:
    """What is told at once: kind, channel, to whom."""
    return {(one.kind, one.channel, one.audience) for one in messages if one.offset is None}


def test_without_a_word_it_is_email_a_day_and_an_hour_before_and_sms_two_hours_before() -> None:
    assert reminders(planned(visit())) == {("email", "24h"), ("email", "1h"), ("sms", "2h")}


def test_a_booking_is_confirmed_at_once_and_told_to_the_doctor() -> None:
    assert news(planned(visit())) == {("confirmation", "email", "patient"), ("new_appointment", "email", "doctor")}


@pytest.mark.parametrize("timing", ["24h", "2h", "30m", "15m", "3h", "90m", "2d"])
def test_each_timing_holds_for_every_channel_that_is_on(timing: str) -> None:
    said = {"email": True, "sms": True, "push": True, "timing": timing}

    minutes = offsets.minutes(timing)

    assert minutes is not None
    assert {(one.channel, one.offset) for one in planned(visit(), said) if one.kind == REMINDER} == {
        ("email", minutes),
        ("sms", minutes),
        ("push", minutes),
    }


def test_timing_may_be_a_list_and_names_each_offset_once() -> None:
    said = {"sms": False, "timing": ["30m", "24h", "1d", "1440m"]}

    assert reminders(planned(visit(), said)) == {("email", "24h"), ("email", "30m")}


def test_a_channel_that_is_off_is_off_and_one_that_is_not_named_stays_as_the_clinic_has_it() -> None:
    assert reminders(planned(visit(), {"sms": False})) == {("email", "24h"), ("email", "1h")}
    assert reminders(planned(visit(), {"push": True})) >= {("email", "24h"), ("sms", "2h"), ("push", "24h")}


def test_a_refused_channel_stays_silent_whatever_the_appointment_asks_for() -> None:
    messages = planned(visit(), {"sms": True, "timing": "2h"}, consents={SMS: False})

    assert {one.channel for one in messages} == {EMAIL}


def test_calls_and_pushes_come_only_to_those_who_want_them() -> None:
    assert {one.channel for one in planned(visit())}.isdisjoint({CALL, PUSH})
    assert CALL in {one.channel for one in planned(visit(), consents={CALL: True})}


def test_without_an_address_there_is_no_message_and_news_takes_the_way_that_is_left() -> None:
    messages = planned(visit(), reachable=frozenset({SMS}), doctor_reachable=frozenset())

    assert news(messages) == {("confirmation", "sms", "patient")}
    assert reminders(messages) == {("sms", "2h")}


def test_a_booking_at_short_notice_skips_what_is_past() -> None:
    messages = planned(visit(since=NOON - timedelta(minutes=90)))

    assert reminders(messages) == {("email", "1h")}
    assert ("confirmation", "email", "patient") in news(messages)


def test_a_reminder_due_at_the_very_instant_of_the_booking_is_not_sent_beside_its_confirmation() -> None:
    assert ("sms", "2h") not in reminders(planned(visit(since=NOON - timedelta(hours=2))))


def test_a_move_is_told_and_reminded_of_anew() -> None:
    before, after = planned(visit()), planned(visit(NOON + timedelta(days=1), round=1, new_to_doctor=False))

    assert news(after) == {("reschedule", "email", "patient"), ("reschedule", "sms", "patient")}
    assert reminders(after) == reminders(before)
    assert {one.id for one in after}.isdisjoint(one.id for one in before)


def test_a_cancel_leaves_the_cancellation_alone() -> None:
    messages = planned(visit(standing="cancelled", telehealth=True, since=NOON - timedelta(hours=1)))

    assert news(messages) == {("cancellation", "email", "patient"), ("cancellation", "sms", "patient")}
    assert len(messages) == len(news(messages))


@pytest.mark.parametrize("standing", ["over", "under_way"])
def test_nobody_is_reminded_of_a_visit_that_has_begun(standing: Any) -> None:
    assert planned(visit(standing=standing)) == ()


def test_a_telehealth_visit_gets_its_link_ten_minutes_before() -> None:
    links = [one for one in planned(visit(telehealth=True)) if one.kind == "join_link"]

    assert {(one.channel, one.due) for one in links} == {
        ("email", NOON - timedelta(minutes=10)),
        ("sms", NOON - timedelta(minutes=10)),
    }


def test_whoever_books_five_minutes_before_still_gets_the_link() -> None:
    late = NOON - timedelta(minutes=5)

    links = [one for one in planned(visit(telehealth=True, since=late)) if one.kind == "join_link"]

    assert {one.due for one in links} == {late}


@pytest.mark.parametrize(
    ("name", "start", "real_hours"),
    [
        ("spring", datetime(2026, 3, 8, 14, tzinfo=UTC), 23),  # 10:00 on the day on which New York loses an hour
        ("autumn", datetime(2026, 11, 1, 15, tzinfo=UTC), 25),  # 10:00 on the day on which it gains one
        ("an ordinary day", datetime(2026, 6, 10, 14, tzinfo=UTC), 24),
    ],
)
def test_a_day_before_is_the_same_time_on_the_wall_and_two_hours_are_two_hours(
    name: str, start: datetime, real_hours: int
) -> None:
    messages = planned(visit(start, zone=NEW_YORK))
    due = {(one.channel, one.offset): one.due for one in messages if one.kind == REMINDER}

    assert start.astimezone(NEW_YORK).hour == 10, name
    assert due[EMAIL, 1440].astimezone(NEW_YORK).time() == time(10)
    assert start - due[EMAIL, 1440] == timedelta(hours=real_hours)
    assert start - due[SMS, 120] == timedelta(hours=2)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        # 03:30 of the spring night, and 01:30 of the autumn night when it comes again.
        (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), datetime(2026, 3, 8, 5, 30, tzinfo=UTC)),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 4, 30, tzinfo=UTC)),
    ],
)
def test_two_hours_are_real_across_the_very_change(start: datetime, due: datetime) -> None:
    assert offsets.before(start, 120, NEW_YORK) == due
    assert due.astimezone(NEW_YORK).strftime("%H:%M") == "00:30"


def test_a_wall_time_that_the_day_before_skips_is_told_an_hour_later_and_one_shown_twice_is_the_first() -> None:
    skipped = offsets.before(datetime(2026, 3, 9, 6, 30, tzinfo=UTC), 1440, NEW_YORK)  # 02:30, after the change
    doubled = offsets.before(datetime(2026, 11, 2, 6, 30, tzinfo=UTC), 1440, NEW_YORK)  # 01:30, after the change

    assert skipped == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert doubled == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_the_night_is_the_patients_and_the_day_before_is_the_clinics() -> None:
    start = datetime(2026, 1, 15, 19, tzinfo=UTC)  # 14:00 in New York, 20:00 in Berlin
    at_home = planned(visit(start, zone=NEW_YORK, home=BERLIN), {"timing": "5h", "email": False}, policy=Policy())
    same_zone = planned(visit(start, zone=NEW_YORK), {"timing": "5h", "email": False}, policy=Policy())
    early = planned(visit(start, zone=NEW_YORK), {"timing": "7h", "email": False}, policy=Policy())

    assert [one.due for one in at_home if one.kind == REMINDER] == [start - timedelta(hours=5)]
    assert [one.due for one in same_zone if one.kind == REMINDER] == [start - timedelta(hours=5)]
    assert [one.due for one in early if one.kind == REMINDER] == [datetime(2026, 1, 15, 13, tzinfo=UTC)]  # 08:00


def test_two_texts_that_the_night_brings_together_are_one() -> None:
    start = datetime(2026, 1, 15, 7, tzinfo=UTC)  # 08:00 in Berlin

    texts = [
        one
        for one in planned(visit(start), {"email": False, "timing": ["1h", "2h", "30m"]}, policy=Policy())
        if one.kind == REMINDER
    ]

    assert [(one.channel, one.due) for one in texts] == [(SMS, datetime(2026, 1, 14, 19, 55, tzinfo=UTC))]


@pytest.mark.parametrize(
    "said", [None, "sms", [], {"timing": "soon"}, {"timing": 24}, {"sms": "yes"}, {"timing": ["", None, "0h", "-2h"]}]
)
def test_preferences_that_cannot_be_read_are_as_if_nothing_had_been_said(said: Any) -> None:
    assert planned(visit(), said) == planned(visit())


def test_the_appointments_wish_goes_before_the_patients() -> None:
    usual = Wish.read({"sms": False, "timing": "2h", "customMessage": "Bring your files"})

    wish = Wish.read({"sms": True, "timing": ["30m"]}).over(usual)

    assert (wish.channels, wish.timing, wish.custom_message) == ({SMS: True}, (30,), "Bring your files")


@pytest.mark.parametrize(
    ("spelling", "minutes"),
    [
        ("24h", 1440),
        ("1d", 1440),
        (" 2H ", 120),
        ("15m", 15),
        ("60d", 86_400),
        ("61d", None),
        ("0m", None),
        ("h", None),
    ],
)
def test_offsets_are_read_as_people_write_them(spelling: str, minutes: int | None) -> None:
    assert offsets.minutes(spelling) == minutes


def test_an_id_names_its_appointment_and_fits_where_ids_go() -> None:
    appointment_id = ids.new("apt")

    messages = planned(visit(appointment_id=appointment_id, telehealth=True))

    assert {appointment_of(one.id) for one in messages} == {appointment_id}
    assert all(ids.SHAPE.fullmatch(one.id) for one in messages)
    assert appointment_of(appointment_id) is None


instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda one: one.replace(second=0, tzinfo=UTC))  # noqa: DTZ001 - the zone comes after
zones = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo"])
visits = st.builds(
    visit,
    instants,
    zone=zones.map(ZoneInfo),
    home=zones.map(ZoneInfo),
    since=instants,
    round=st.integers(0, 3),
    telehealth=st.booleans(),
    standing=st.sampled_from(["ahead", "cancelled", "under_way", "over"]),
)
wishes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(CHANNELS, st.booleans()),
        "timing": st.lists(st.sampled_from(["24h", "2h", "30m", "15m", "1h", "3d", "7h"]), max_size=4),
    },
)
channels = st.frozensets(st.sampled_from(CHANNELS))


@given(visits, wishes, channels, channels)
def test_whatever_is_asked_the_plan_keeps_its_promises(
    of: Visit, said: dict[str, Any], reachable: frozenset[Any], refused: frozenset[Any]
) -> None:
    consents = dict.fromkeys(refused, False)
    messages = planned(of, said, policy=Policy(), reachable=reachable, consents=consents)
    to_patient = [one for one in messages if one.audience == "patient"]
    loud = [one for one in to_patient if one.kind == REMINDER and one.channel in LOUD]

    assert messages == planned(of, said, policy=Policy(), reachable=reachable, consents=consents)
    assert len({one.id for one in messages}) == len(messages)
    assert {one.channel for one in to_patient} <= reachable - refused
    assert {name for name, on in said.items() if on is False}.isdisjoint({one.channel for one in to_patient})
    assert all(one.due >= of.since for one in messages)
    assert all(of.since < one.due < of.start for one in messages if one.kind == REMINDER)
    assert all(8 <= one.due.astimezone(of.home).hour < 21 for one in loud)
    assert all(one.offset is None for one in messages if one.kind in NEWS)


@given(visits, wishes)
def test_no_message_is_the_same_in_another_round(of: Visit, said: dict[str, Any]) -> None:
    again = Visit(**{name: getattr(of, name) for name in Visit.__slots__} | {"round": of.round + 1})

    assert {one.id for one in planned(of, said)}.isdisjoint(one.id for one in planned(again, said))
