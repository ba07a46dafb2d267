"""`scripts/bench eta`: the days are fair to every guess, and the figures are what they say."""

import gzip
import random
from pathlib import Path
from statistics import median

import pytest

from scripts.benchmarks import eta
from scripts.replaying.rows import BadFile
from scripts.simulating import profile
from scripts.simulating.day import Answer, Moment, Told
from scripts.simulating.people import Doctor

COLUMNS = "PatientId,Gender,ScheduledDay,AppointmentDay,Neighbourhood,No-show"


def written(folder: Path, *rows: str) -> Path:
    path = folder / "bookings.csv.gz"
    path.write_bytes(gzip.compress("\n".join([COLUMNS, *rows]).encode()))
    return path


def nothing(moment: Moment) -> Told:
    """A guess that promises no wait to anybody."""
    return {one.id: (0.0, 0.0) for one in moment.here}


def errors(answers: list[Answer], guess: str) -> list[float]:
    return [abs(one.expected - one.actual) for one in answers if one.guess == guess and one.at_the_door]


def test_the_clinic_is_half_as_far_off_as_the_rolling_average_and_keeps_what_it_promises() -> None:
    answers = list(eta.lived(profile.built_in(), doctors=4, seed=7))

    kept = [one.actual <= one.promised for one in answers if one.guess == "CareSlot"]

    assert median(errors(answers, "CareSlot")) < 0.6 * median(errors(answers, "rolling average"))
    assert 0.82 < sum(kept) / len(kept) < 0.97


def test_every_guess_is_asked_at_the_same_moments() -> None:
    answers = list(eta.lived(profile.built_in(), doctors=1, seed=3))

    moments = {name: [(one.actual, one.at_the_door) for one in answers if one.guess == name] for name in eta.GUESSES}

    assert len(set(map(tuple, moments.values()))) == 1
    assert len(moments["CareSlot"]) > 100


def test_a_guess_that_knows_nothing_is_as_far_off_as_the_waits_are_long() -> None:
    answers = list(eta.lived(profile.built_in(), doctors=1, seed=3, guesses={"nothing": nothing}))

    assert all(one.expected == 0 for one in answers)
    assert median(errors(answers, "nothing")) == median(one.actual for one in answers if one.at_the_door)


def test_the_same_seed_lives_the_same_days() -> None:
    once, again, other = (
        list(eta.lived(profile.built_in(), doctors=1, seed=seed, guesses={"nothing": nothing})) for seed in (1, 1, 2)
    )

    assert once == again != other


def test_more_patients_come_in_the_morning_than_in_the_evening() -> None:
    shape, chance = profile.built_in(), random.Random(1)

    moments = sorted(shape.arrival(chance) for _ in range(2000))

    assert 0 <= moments[0] < moments[-1] < profile.CLOSES - profile.OPENS
    assert median(moments) < (profile.CLOSES - profile.OPENS) / 3


def test_the_profile_of_a_file_is_that_of_its_same_day_bookings(tmp_path: Path) -> None:
    rows = [
        "1,F,2016-05-02T09:30:10Z,2016-05-02T00:00:00Z,CENTRO,No",
        "2,F,2016-05-02T09:30:50Z,2016-05-02T00:00:00Z,CENTRO,Yes",
        "3,M,2016-05-02T11:00:00Z,2016-05-09T00:00:00Z,CENTRO,Yes",
        "4,M,2016-05-02T11:00:00Z,2016-05-09T00:00:00Z,CENTRO,No",
    ]

    shape = profile.of_file(written(tmp_path, *rows))

    assert {minute: count for minute, count in shape.minutes.items() if count} == {150: 2}
    assert shape.no_shows == 0.5


def test_a_file_without_bookings_of_both_kinds_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, "1,F,2016-05-02T09:30:10Z,2016-05-02T00:00:00Z,CENTRO,No")

    with pytest.raises(BadFile, match="holds no bookings of both kinds"):
        profile.of_file(path)


def test_a_doctor_is_drawn_with_days_of_booked_and_unannounced_patients() -> None:
    chance = random.Random(5)

    patients = Doctor.drawn(chance).day(chance, profile.built_in())

    assert {one.kind for one in patients} >= {"follow_up", "first", "walkin"}
    assert all((one.kind in {"follow_up", "first"}) == (one.scheduled is not None) for one in patients)
    assert all(one.comes_at is not None for one in patients if one.scheduled is None)
