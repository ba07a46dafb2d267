"""Appointments become visits and visits appointments, without notes, without guessed hours, and nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.advancedmd import mapping
from chalicelib.advancedmd.mapping import Links, NotLinked, Untellable
from chalicelib.advancedmd.shared import Shared, is_foreign
from chalicelib.gateways.advancedmd.records import Bookable, VisitData
from chalicelib.scheduling import statuses

DENVER = ZoneInfo("America/Denver")
LINKS = Links(
    zone=DENVER,
    type_id=13,
    columns={("123", "loc_1"): Bookable(16, 3, 234), ("doc_2", "loc_1"): Bookable(17, 4, 234)},
    names={"DR SMITH ROOM 1": 16},
    patients={"789": 148},
)
wall = datetime.fromisoformat
VISIT = VisitData(id=1, start=wall("2026-12-01T09:00"), minutes=30, status=0, patient_id=148, column="DR SMITH ROOM 1")


def appointment(start: datetime, *, minutes: int = 30) -> Shared:
    return Shared(start, minutes, "expected", doctor_id="123", location_id="loc_1", patient_id="789")


def test_a_visit_is_read_in_the_clinics_words() -> None:
    read = mapping.from_visit(VISIT, LINKS)

    assert read == appointment(datetime(2026, 12, 1, 16, 0, tzinfo=UTC))


def test_what_is_not_linked_here_keeps_a_foreign_id_and_what_is_not_told_is_none() -> None:
    stranger = mapping.from_visit(VisitData(1, VISIT.start, 30, 0, patient_id=999, column="ELSEWHERE"), LINKS)
    silent = mapping.from_visit(VisitData(1, VISIT.start, 30, 0), LINKS)

    assert [is_foreign(one) for one in (stranger.doctor_id, stranger.location_id, stranger.patient_id)] == [True] * 3
    assert (silent.doctor_id, silent.patient_id) == (None, None)


def test_a_heading_that_several_columns_have_says_nothing_of_the_place_and_a_number_does() -> None:
    links = replace(LINKS, unclear=frozenset(LINKS.names))

    by_heading = mapping.from_visit(VISIT, links)
    by_number = mapping.from_visit(replace(VISIT, column_id=16), links)

    assert (by_heading.doctor_id, by_heading.location_id, by_heading.start) == (None, None, by_number.start)
    assert (by_number.doctor_id, by_number.location_id) == ("123", "loc_1")
    assert (links.place(VISIT), links.place(replace(VISIT, column_id=16))) == (False, True)


@pytest.mark.parametrize("status", statuses.ALL)
def test_every_status_of_ours_has_a_stage_and_outlives_a_pull(status: str) -> None:
    stage = mapping.stage_of(status)

    assert mapping.status_of(stage, was=status) == status
    assert mapping.stage_of(mapping.status_of(stage)) == stage


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        *((0, "scheduled"), (1, "checked_in"), (2, "checked_in"), (3, "completed"), (5, "scheduled")),
        *((10, "cancelled"), (11, "cancelled"), (12, "no_show"), (77, "scheduled")),
    ],
)
def test_every_status_of_theirs_is_one_of_ours(theirs: int, ours: str) -> None:
    assert mapping.status_of(mapping.stage_of_visit(theirs)) == ours


def test_nothing_leads_back_from_what_was_cancelled_there() -> None:
    assert mapping.steps("cancelled", "expected") is None
    assert mapping.steps("expected", "expected") == ()
    assert mapping.steps("done", "expected") == ("uncheckout", "uncheckin")


def test_an_instant_in_the_hour_that_comes_twice_is_refused_the_second_time() -> None:
    first = datetime(2026, 11, 1, 7, 30, tzinfo=UTC)  # 01:30 in Denver, and again an hour later

    assert mapping.wall_of(first, DENVER) == wall("2026-11-01T01:30")
    with pytest.raises(Untellable):
        mapping.wall_of(first + timedelta(hours=1), DENVER)


def test_a_wall_time_that_the_clock_jumps_over_is_refused() -> None:
    with pytest.raises(Untellable):
        mapping.from_visit(VisitData(1, wall("2027-03-14T02:30"), 30, 0), LINKS)


@pytest.mark.parametrize("field", ["doctor_id", "location_id", "patient_id"])
def test_who_is_not_linked_is_named_before_anything_is_sent(field: str) -> None:
    unlinked = appointment(datetime(2026, 12, 1, 16, 0, tzinfo=UTC)).with_values({field: "unknown"})

    with pytest.raises(NotLinked) as refused:
        mapping.to_visit(unlinked, LINKS, reference="apt_1")

    assert refused.value.what == ("patient" if field == "patient_id" else "doctor")


@given(
    minutes_from=st.integers(0, 3 * 365 * 24 * 12),
    minutes=st.integers(1, 360),
    zone=st.sampled_from(["America/Denver", "Africa/Accra", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_what_is_told_reads_back_as_the_same_appointment(minutes_from: int, minutes: int, zone: str) -> None:
    links = Links(ZoneInfo(zone), 13, LINKS.columns, LINKS.names, LINKS.patients)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * minutes_from)
    assume(start.astimezone(links.zone).fold == 0)  # of the hour that comes twice, the second is refused
    shared = appointment(start, minutes=minutes)

    new = mapping.to_visit(shared, links, reference="apt_1")

    visit = VisitData(1, new.start, new.minutes, 0, patient_id=new.patient_id, column_id=new.column_id)
    assert mapping.from_visit(visit, links) == shared
