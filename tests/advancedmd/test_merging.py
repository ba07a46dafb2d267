"""Three-way, field by field: whoever changed it alone is heard, both are people's to decide, nothing disappears."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.advancedmd.merging import OWNERS, Merged, merge
from chalicelib.advancedmd.shared import FIELDS, SLOT, Shared

NINE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
BASE = Shared(NINE, 30, "expected", "123", "loc_1", "789")
TEN, ELEVEN = NINE + timedelta(hours=1), NINE + timedelta(hours=2)


def with_values(**values: Any) -> Shared:
    return BASE.with_values(values)


def fields(merged: Merged) -> set[str]:
    return {one.field for one in merged.conflicts}


def test_a_change_on_one_side_goes_to_the_other() -> None:
    ours = merge(base=BASE, ours=with_values(start=TEN), theirs=BASE)
    theirs = merge(base=BASE, ours=BASE, theirs=with_values(start=TEN))

    assert (ours.told, ours.taken, ours.conflicts) == ({"start": TEN}, {}, ())
    assert (theirs.told, theirs.taken, theirs.conflicts) == ({}, {"start": TEN}, ())


def test_changes_of_different_fields_are_both_kept() -> None:
    merged = merge(base=BASE, ours=with_values(start=TEN), theirs=with_values(stage="arrived"))

    assert (merged.told, merged.taken, merged.conflicts) == ({"start": TEN}, {"stage": "arrived"}, ())


def test_two_times_are_for_people_with_both_sides_shown() -> None:
    merged = merge(base=BASE, ours=with_values(start=TEN), theirs=with_values(start=ELEVEN, minutes=45))

    shown = {one.field: (one.base, one.ours, one.theirs) for one in merged.conflicts}
    assert shown == {"start": (NINE, TEN, ELEVEN), "minutes": (30, 30, 45)}
    assert (merged.told, merged.taken) == ({}, {})


def test_the_front_desk_is_believed_about_who_has_come() -> None:
    merged = merge(base=BASE, ours=with_values(stage="missed"), theirs=with_values(stage="arrived"))

    assert (merged.taken, merged.conflicts) == ({"stage": "arrived"}, ())


def test_an_arrival_for_what_was_cancelled_here_is_for_people() -> None:
    merged = merge(base=BASE, ours=with_values(stage="cancelled"), theirs=with_values(stage="arrived"))

    assert fields(merged) == {"stage"}


@pytest.mark.parametrize("mover", ["ours", "theirs"])
def test_a_move_of_what_the_other_side_cancelled_is_for_people(mover: str) -> None:
    sides = {"ours": with_values(stage="cancelled"), "theirs": with_values(stage="cancelled")}

    merged = merge(base=BASE, **sides | {mover: with_values(start=TEN)})

    assert fields(merged) == {"stage", "start"}
    assert (merged.told, merged.taken) == ({}, {})


@pytest.mark.parametrize("there", [{}, {"stage": "arrived"}, {"start": TEN}])
@pytest.mark.parametrize("here", [{}, {"stage": "cancelled"}, {"start": ELEVEN}, {"patient_id": "791"}])
def test_of_another_patients_visit_nothing_is_taken_and_it_is_told_nothing(here: Any, there: Any) -> None:
    merged = merge(base=BASE, ours=with_values(**here), theirs=with_values(patient_id="790", **there))

    assert fields(merged) == {"patient_id", *here, *there}
    assert (merged.told, merged.taken) == ({}, {})


def test_a_patient_who_changed_here_is_for_people_too_since_nobody_can_be_told() -> None:
    merged = merge(base=BASE, ours=with_values(patient_id="790"), theirs=BASE)

    assert (fields(merged), merged.told) == ({"patient_id"}, {})


def test_of_what_is_cancelled_on_both_sides_nothing_matters() -> None:
    over = with_values(stage="cancelled")

    merged = merge(base=over, ours=with_values(stage="cancelled", start=TEN), theirs=over)

    assert merged == Merged({}, {}, ())


def test_who_cancels_tells_no_time() -> None:
    merged = merge(base=BASE, ours=with_values(stage="cancelled", start=TEN), theirs=BASE)

    assert (merged.told, fields(merged)) == ({"stage": "cancelled"}, set())


def test_what_both_moved_and_one_cancelled_then_is_for_people() -> None:
    merged = merge(base=BASE, ours=with_values(stage="cancelled", start=TEN), theirs=with_values(start=ELEVEN))

    assert (fields(merged), merged.told, merged.taken) == ({"stage", "start"}, {}, {})


def test_a_move_to_a_column_that_is_nobodys_here_is_for_people() -> None:
    merged = merge(base=BASE, ours=BASE, theirs=with_values(doctor_id="advancedmd:99", start=TEN))

    assert fields(merged) == {"doctor_id", "start"}


def test_without_a_common_state_every_difference_is_for_people() -> None:
    merged = merge(base=None, ours=BASE, theirs=with_values(start=TEN))

    assert fields(merged) == {"start"}
    assert merge(base=None, ours=BASE, theirs=BASE).conflicts == ()


@pytest.mark.parametrize("back", ["ours", "theirs"])
def test_a_side_that_goes_back_while_people_are_asked_does_not_give_in(back: str) -> None:
    sides = {"ours": with_values(start=TEN), "theirs": with_values(start=ELEVEN), back: BASE}

    asked = merge(base=BASE, **sides, disputed=["start"])

    assert (asked.taken, asked.told, fields(asked)) == ({}, {}, {"start"})
    assert asked.conflicts[0].disputed
    assert merge(base=BASE, **sides).conflicts == ()


def test_what_was_asked_is_answered_when_both_have_the_same() -> None:
    merged = merge(base=BASE, ours=with_values(start=TEN), theirs=with_values(start=TEN), disputed=["start"])

    assert (merged.taken, merged.told, merged.conflicts) == ({}, {}, ())


def test_only_what_both_have_changed_is_disputed() -> None:
    merged = merge(base=BASE, ours=with_values(start=TEN, minutes=45), theirs=with_values(start=ELEVEN))

    assert {one.field: one.disputed for one in merged.conflicts} == {"start": True, "minutes": False}


def test_every_field_has_its_owner() -> None:
    assert set(OWNERS) == set(FIELDS) == {one.name for one in dataclasses.fields(Shared)}


SHARED = st.builds(
    Shared,
    st.sampled_from([NINE, TEN, ELEVEN]),
    st.sampled_from([15, 30]),
    st.sampled_from(["expected", "arrived", "done", "cancelled", "missed"]),
    st.sampled_from(["123", "124"]),
    st.just("loc_1"),
    st.sampled_from(["789", "790"]),
)


@given(base=SHARED, ours=SHARED, theirs=SHARED)
def test_no_change_is_lost_and_none_is_made_up(base: Shared, ours: Shared, theirs: Shared) -> None:
    merged = merge(base=base, ours=ours, theirs=theirs)

    here, there = ours.with_values(merged.taken), theirs.with_values(merged.told)
    over = here.stage == there.stage == "cancelled"
    for field in FIELDS:
        in_doubt = field in fields(merged)
        assert in_doubt or (over and field != "stage") or here.value(field) == there.value(field)
        assert not in_doubt or (here.value(field), there.value(field)) == (ours.value(field), theirs.value(field))
        assert here.value(field) in (ours.value(field), theirs.value(field))
    assert not fields(merged) & set(SLOT) or not (merged.taken.keys() | merged.told.keys()) & set(SLOT)


@given(base=SHARED, other=SHARED)
def test_an_own_echo_is_no_change(base: Shared, other: Shared) -> None:
    base = base.with_values({"patient_id": other.patient_id})  # which never changes here

    told = merge(base=base, ours=other, theirs=base)
    echo = merge(base=other, ours=other, theirs=other)

    assert (told.taken, told.conflicts) == ({}, ())
    assert (echo.taken, echo.told, echo.conflicts) == ({}, {}, ())


@given(base=SHARED, ours=SHARED, theirs=SHARED)
def test_merging_what_was_merged_changes_nothing_more(base: Shared, ours: Shared, theirs: Shared) -> None:
    first = merge(base=base, ours=ours, theirs=theirs)
    here, there = ours.with_values(first.taken), theirs.with_values(first.told)
    agreed = base.with_values({field: here.value(field) for field in FIELDS if field not in fields(first)})

    again = merge(base=agreed, ours=here, theirs=there)

    assert (again.taken, again.told) == ({}, {})
    assert fields(again) <= fields(first)
