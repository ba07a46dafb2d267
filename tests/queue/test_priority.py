"""The order of the line, for any line."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.queue import priority
from chalicelib.queue.priority import Score, Waiting, Weights

OPENING = datetime(2026, 1, 15, 8, tzinfo=UTC)
OURS = Weights()
URGENCIES = ("low", "medium", "high")


def at(minutes: float) -> datetime:
    return OPENING + timedelta(minutes=minutes)


def minutes_of_the_day() -> st.SearchStrategy[datetime]:
    return st.integers(0, 10 * 60 * 60).map(lambda seconds: OPENING + timedelta(seconds=seconds))


def patients(urgencies: tuple[str, ...] = URGENCIES) -> st.SearchStrategy[Waiting]:
    return st.builds(
        Waiting,
        id=st.uuids().map(str),
        since=minutes_of_the_day(),
        urgency=st.sampled_from(urgencies),
        age=st.none() | st.integers(0, 110),
        scheduled=st.none() | minutes_of_the_day(),
        emergency=st.just(False),
        asked=st.dictionaries(st.sampled_from(["patient_age", "wait_time"]), st.floats(0, 120)),
    )


def weights() -> st.SearchStrategy[Weights]:
    points = st.floats(0, 200)
    return st.builds(Weights, urgency=points, waiting_per_minute=st.floats(0.01, 10), age=points, punctuality=points)


def ids(line: list[Waiting], now: datetime = OPENING, weights: Weights = OURS) -> list[str]:
    return [one.id for one, _ in priority.order(line, now=now, weights=weights)]


def test_who_came_first_goes_first_when_nothing_else_tells_them_apart() -> None:
    line = [Waiting("late", at(10), "medium"), Waiting("b", at(0), "medium"), Waiting("a", at(0), "medium")]

    assert ids(line) == ["a", "b", "late"]


def test_an_emergency_goes_ahead_of_everybody() -> None:
    line = [
        Waiting("long", at(-600), "high", age=90),
        Waiting("told", at(1), "emergency"),
        Waiting("sent", at(2), "low", emergency=True),
    ]

    assert ids(line, at(2)) == ["told", "sent", "long"]


def test_a_punctual_booked_patient_goes_ahead_of_a_walk_in_of_the_last_twenty_minutes() -> None:
    walk_ins = [Waiting("recent", at(45), "low"), Waiting("patient", at(35), "low")]
    booked = Waiting("booked", at(58), "low", scheduled=at(60))

    assert ids([*walk_ins, booked], at(60)) == ["patient", "booked", "recent"]


def test_coming_an_hour_early_gains_nothing_on_a_walk_in_who_came_before_the_scheduled_time() -> None:
    early = Waiting("early", at(0), "low", scheduled=at(60))
    walk_in = Waiting("walk-in", at(30), "low")

    assert ids([early, walk_in], at(31)) == ["walk-in", "early"]


def test_coming_late_loses_the_points_of_punctuality_bit_by_bit() -> None:
    def points(late: int) -> float:
        one = Waiting("one", at(late), "low", scheduled=at(0))
        return priority.score(one, now=at(late), weights=OURS).factors["punctuality"]

    assert [points(late) for late in (-30, 0, 5, 10, 30, 90)] == [20, 20, 20, 16, 0, 0]


def test_every_factor_is_shown_with_its_points() -> None:
    one = Waiting("one", at(0), "high", age=80, asked={"wait_time": 30, "patient_age": 20})

    found = priority.score(one, now=at(12), weights=OURS)

    assert found == Score(
        total=62.0,
        factors={
            "medical_urgency": 40.0,
            "wait_time": 12.0,
            "patient_age": 10.0,
            "punctuality": 0.0,
            "emergency": 0.0,
            "asked_wait_time": 30,
            "asked_patient_age": 20,
        },
        medical_urgency=40.0,
        wait_time=12.0,
    )


def test_an_age_that_a_client_says_counts_only_where_ours_is_not_known() -> None:
    unknown = Waiting("one", at(0), "low", asked={"patient_age": 80})
    known = Waiting("one", at(0), "low", age=30, asked={"patient_age": 80})

    assert priority.score(unknown, now=at(0), weights=OURS).factors["patient_age"] == 10
    assert priority.score(known, now=at(0), weights=OURS).factors["patient_age"] == 0


def test_another_rule_can_be_plugged_in() -> None:
    line = [Waiting("a", at(0), "high"), Waiting("b", at(1), "low")]

    def last_first(one: Waiting, _now: datetime, _weights: Weights) -> Score:
        return Score((one.since - OPENING).total_seconds(), {}, 0, 0)

    assert [one.id for one, _ in priority.order(line, now=at(2), weights=OURS, scoring=last_first)] == ["b", "a"]


@given(st.lists(patients(), max_size=12), weights(), minutes_of_the_day())
def test_nobody_is_placed_ahead_of_whoever_began_to_wait_longer_ago_than_the_bound(
    line: list[Waiting], weighing: Weights, now: datetime
) -> None:
    bound = timedelta(minutes=priority.bound_minutes(weighing))

    found = [one for one, _ in priority.order(line, now=now, weights=weighing)]

    overtaken = [
        (ahead, behind)
        for place, behind in enumerate(found)
        for ahead in found[:place]
        if priority.begins(ahead) - priority.begins(behind) > bound
    ]
    assert overtaken == []


def test_the_bound_is_reached_so_it_could_not_be_promised_tighter() -> None:
    bound = priority.bound_minutes(OURS)
    patient = Waiting("patient", at(0), "low")
    favoured = Waiting("favoured", at(bound - 1), "high", age=80, scheduled=at(bound - 1))

    assert bound == 70
    assert ids([patient, favoured], at(bound)) == ["favoured", "patient"]


@given(
    st.lists(patients((*URGENCIES, "emergency")), max_size=12), weights(), minutes_of_the_day(), minutes_of_the_day()
)
def test_time_alone_changes_nobodys_place(
    line: list[Waiting], weighing: Weights, now: datetime, later: datetime
) -> None:
    assert ids(line, now, weighing) == ids(line, later, weighing)


@given(st.lists(patients(), max_size=12, unique_by=lambda one: one.id), st.randoms())
def test_the_order_does_not_depend_on_how_the_line_was_read(line: list[Waiting], chance: random.Random) -> None:
    shuffled = chance.sample(line, len(line))

    assert ids(shuffled) == ids(line)


@given(st.lists(patients(), min_size=1, max_size=12, unique_by=lambda one: one.id))
def test_one_who_leaves_changes_nobody_elses_order(line: list[Waiting]) -> None:
    before = ids(line)

    after = ids(line[1:])

    assert after == [each for each in before if each != line[0].id]


@pytest.mark.parametrize(
    ("stored", "weighing"),
    [(None, Weights()), ({}, Weights()), ({"age": 0, "waiting_per_minute": 2}, Weights(age=0, waiting_per_minute=2))],
)
def test_a_location_weighs_what_it_names_and_we_the_rest(stored: dict[str, float] | None, weighing: Weights) -> None:
    assert Weights.read(stored) == weighing


@pytest.mark.parametrize(
    "stored", [{"luck": 1}, {"age": -1}, {"urgency": 1001}, {"waiting_per_minute": 0}, {"age": float("nan")}]
)
def test_weights_that_could_starve_somebody_or_mean_nothing_are_refused(stored: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"^(There|The|A) .*\.$"):
        Weights.read(stored)
