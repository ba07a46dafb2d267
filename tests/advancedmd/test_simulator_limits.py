"""The simulator counts as AdvancedMD does, and goes wrong when it is told to."""

from datetime import UTC, datetime, timedelta

import pytest
import urllib3

from infra.simulators.advancedmd.server import Running
from tests.advancedmd.conftest import BUSY
from tests.advancedmd.speaking import FIELDS, Speaker, wish

SINCE = 'datechanged="2026-12-01T09:00:00"'
TIERS = [
    ("getupdatedvisits", SINCE, 1, 60),
    ("getdatevisits", 'visitdate="12/01/2026"', 12, 120),
    ("lookupprofile", "", 24, 120),
]


def calls(speaker: Speaker, action: str, attributes: str, count: int) -> list[int]:
    return [speaker.ask(action, attributes, FIELDS if "visits" in action else "").status for _ in range(count)]


@pytest.mark.parametrize(("action", "attributes", "busy", "quiet"), TIERS)
def test_a_minute_takes_so_many_calls_of_a_tier_and_in_denvers_working_hours_fewer(
    running: Running, speaker: Speaker, *, action: str, attributes: str, busy: int, quiet: int
) -> None:
    in_quiet = calls(speaker, action, attributes, quiet + 1)
    running.whole.clock.stand(BUSY)
    speaker.sign_in()
    in_busy = calls(speaker, action, attributes, busy + 1)
    running.whole.clock.advance(timedelta(seconds=30))
    in_next = calls(speaker, action, attributes, 1)

    assert in_quiet == [200] * quiet + [429]
    assert in_busy == [200] * busy + [429]
    assert in_next == [200]


EDGES = [
    (datetime(2026, 12, 1, 12, 59, 59, tzinfo=UTC), False),  # Denver's winter: six o'clock is 13:00 UTC
    (datetime(2026, 12, 1, 13, 0, tzinfo=UTC), True),
    (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), True),  # and 12:00 UTC in summer
    (datetime(2026, 7, 1, 23, 59, 59, tzinfo=UTC), True),
    (datetime(2026, 7, 2, 0, 0, tzinfo=UTC), False),
    (datetime(2026, 12, 5, 17, 0, tzinfo=UTC), False),  # a Saturday
]


@pytest.mark.parametrize(("instant", "peak"), EDGES)
def test_working_hours_are_those_of_denver(running: Running, instant: datetime, peak: bool) -> None:
    running.whole.clock.stand(instant)
    speaker = Speaker(running).sign_in()

    speaker.ask("lookupprofile")

    assert running.whole.calls.rows(action="lookupprofile")[0].peak is peak


def test_too_many_calls_are_told_in_the_envelope_of_a_fault_without_retry_after(
    running: Running, speaker: Speaker
) -> None:
    running.whole.clock.stand(BUSY)
    speaker.sign_in()
    calls(speaker, "getupdatedvisits", SINCE, 1)

    reply = speaker.ask("getupdatedvisits", SINCE, FIELDS)

    assert (reply.status, reply.code) == (429, 429)
    assert "retry-after" not in reply.headers
    assert [call.over for call in running.whole.calls.rows(action="getupdatedvisits")] == [False, True]


def test_five_logins_fit_into_a_minute_and_sixty_into_an_hour(running: Running) -> None:
    caller = Speaker(running)

    in_a_minute = [caller.partner().status for _ in range(6)]
    in_the_hour = []
    for _ in range(14):
        running.whole.clock.advance(timedelta(minutes=1))
        in_the_hour += [caller.partner().status for _ in range(4)]

    assert in_a_minute == [200] * 5 + [429]
    assert in_the_hour == [200] * 54 + [429] * 2


def test_counting_by_tier_is_a_switch(running: Running, speaker: Speaker) -> None:
    running.whole.switches.turn({"counts_per_action": False})
    running.whole.clock.stand(BUSY)
    speaker.sign_in()

    statuses = calls(speaker, "lookupprofile", "", 12) + calls(speaker, "lookupfacility", "", 13)

    assert statuses == [200] * 24 + [429]


def test_a_dropped_answer_comes_after_the_commit(running: Running, speaker: Speaker) -> None:
    running.whole.faults.plan("dropped")

    with pytest.raises(urllib3.exceptions.ProtocolError):
        speaker.rest("POST", "/scheduler/Appointments", wish(referenceid="apt_lost"))

    found = speaker.ask("getvisitidbyrefid", inner='<visitlist><visit referenceid="apt_lost"/></visitlist>').xml
    assert next(found.iter("visit")).get("id")


def test_each_fault_is_met_by_the_action_for_which_it_was_planned(running: Running, speaker: Speaker) -> None:
    for kind in ("error", "storm", "expired"):
        running.whole.faults.plan(kind, action="lookupprofile")

    statuses = []
    codes = []
    for _ in range(3):
        statuses.append(speaker.ask("lookupfacility").status)
        reply = speaker.ask("lookupprofile")
        statuses.append(reply.status)
        codes.append(reply.code if reply.status != 500 else 500)
        speaker.sign_in()

    assert statuses == [200, 500, 200, 429, 200, 200]
    assert codes == [500, 429, -2147220479]
    assert running.whole.faults.met == {"error": 1, "storm": 1, "expired": 1}


def test_somebody_at_the_office_may_be_faster(running: Running, speaker: Speaker) -> None:
    running.whole.faults.plan("edit", action="get /scheduler/appointments/{id}")

    before = running.whole.offices["162882"].appointments[9000001].status
    seen = speaker.rest("GET", "/scheduler/Appointments/9000001").json["status"]

    assert (before, seen) == (0, 1)


def test_people_see_calls_and_appointments_and_edit_them_behind_the_scenes(running: Running, speaker: Speaker) -> None:
    behind = f"{running.url}/_simulator/"
    edit = b'{"kind": "move", "id": 9000001, "columnid": 16, "startdatetime": "2027-03-01T09:00:00"}'

    moved = speaker.send("POST", behind + "edits", edit).json
    refused = speaker.send("POST", behind + "edits", edit.replace(b"T09", b"T05"))
    listed = speaker.send("GET", behind + "appointments").json
    logged = speaker.send("GET", behind + "calls?action=login").json

    row = next(one for one in listed["appointments"] if one["id"] == 9000001)
    assert (moved["startdatetime"], row["start"]) == ("2027-03-01T09:00:00", "2027-03-01T09:00:00")
    assert (refused.status, "4155" in refused.json["error"]) == (422, True)
    assert (len(logged["calls"]), logged["over"]) == (1, 0)
    assert "DOE" not in str(listed)
