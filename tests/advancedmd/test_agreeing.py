"""Two sides that change the same appointments under faults agree at the end, or people are asked; nothing is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.local.testing import Engine
from infra.simulators.advancedmd.office import CANCELLED as CANCELLED_THERE
from infra.simulators.advancedmd.office import DELETED
from scripts.agreeing import proof
from scripts.agreeing.comparing import that_count
from scripts.agreeing.journal import Journal, State, explains
from scripts.agreeing.proof import Size
from tests.advancedmd.offices import Connected

HOURS = Size(appointments=36, hours=1, begins=5.5, kills=0.002, edits=0.004, dropped=0.04)
"""From half past five in Denver: at six AdvancedMD allows less. `scripts/bench advancedmd --proof` has a whole day."""
EXPECTED, ARRIVED, CANCELLED, MISSED = (
    State(("2031-03-08T14:00:00+00:00", 30, "doc_1"), stage) for stage in ("expected", "arrived", "cancelled", "missed")
)
MOVED = State(("2031-03-09T14:00:00+00:00", 30, "doc_1"), "expected")
GONE = replace(MOVED, stage="cancelled")
MOVED_ELSEWHERE = State(("2031-03-10T14:00:00+00:00", 30, "doc_1"), "expected")


def test_both_sides_agree_or_people_are_asked_and_no_call_is_one_too_many(engine: Engine, own_table: str) -> None:
    outcome = proof.hold(engine, table=own_table, size=HOURS, seed=1)

    verdict = outcome.verdict
    assert (verdict.different, verdict.twice, verdict.lost) == ([], [], [])
    assert (outcome.over, outcome.due) == (0, 0)
    assert verdict.agreeing > 10
    assert outcome.met["killed before a request"] + outcome.met["killed after a request"] > 0
    assert outcome.met["dropped"] + outcome.met["error"] > 0
    assert outcome.met["changed between two steps"] + outcome.met["edit"] > 0


def test_a_worker_without_budget_and_references_is_found_out(engine: Engine, own_table: str) -> None:
    size = replace(HOURS, begins=8, hours=0.5, dropped=0.6)

    outcome = proof.hold(engine, table=own_table, size=size, seed=1, handler=proof.HANDLERS["naive"])

    assert outcome.over > 0
    assert outcome.verdict.twice != []


def journal(*deeds: tuple[str, State | None, State]) -> Journal:
    written = Journal()
    for side, before, after in deeds:
        where, _, agreed = side.partition(" ")
        written.note("here" if where == "here" else "there", where, before, after, agreed=bool(agreed))
    return written


MADE = ("here", None, EXPECTED)
MISSED_HERE = ("here", EXPECTED, MISSED)


@pytest.mark.parametrize(
    ("deeds", "group", "value", "nothing_lost"),
    [
        ([MADE], "slot", EXPECTED.slot, True),
        ([MADE], "slot", MOVED.slot, False),
        ([MADE, ("here", EXPECTED, MOVED)], "slot", MOVED.slot, True),
        ([MADE, ("here", EXPECTED, MOVED)], "slot", EXPECTED.slot, False),
        ([MADE, ("there", EXPECTED, MOVED)], "slot", MOVED.slot, True),
        ([MADE, ("there", EXPECTED, MOVED)], "slot", EXPECTED.slot, False),
        ([MADE, ("here", EXPECTED, MOVED), ("there", EXPECTED, MOVED_ELSEWHERE)], "slot", MOVED.slot, False),
        ([MADE, ("here", EXPECTED, MOVED), ("there", EXPECTED, MOVED_ELSEWHERE)], "slot", MOVED_ELSEWHERE.slot, False),
        ([MADE, ("here", EXPECTED, MISSED), ("there", EXPECTED, ARRIVED)], "stage", "arrived", True),
        ([MADE, ("here", EXPECTED, MISSED), ("there", EXPECTED, ARRIVED)], "stage", "missed", False),
        ([MADE, ("here", EXPECTED, CANCELLED), ("there", EXPECTED, ARRIVED)], "stage", "arrived", False),
        ([MADE, ("there", EXPECTED, MOVED), ("there", MOVED, GONE)], "stage", "cancelled", True),
        ([MADE, ("there", EXPECTED, ARRIVED), ("here", EXPECTED, MISSED)], "stage", "missed", False),
        ([MADE, ("there", EXPECTED, MISSED), ("here", MISSED, ARRIVED)], "stage", "arrived", True),
        ([MADE, MISSED_HERE, ("there", EXPECTED, ARRIVED), ("there", ARRIVED, GONE)], "stage", "cancelled", True),
        (
            [MADE, ("there", EXPECTED, ARRIVED), MISSED_HERE, ("there agreed", ARRIVED, GONE)],
            "stage",
            "cancelled",
            True,
        ),
        (
            [MADE, ("there", EXPECTED, ARRIVED), MISSED_HERE, ("there", ARRIVED, GONE)],
            "stage",
            "cancelled",
            False,
        ),
        ([MADE, ("there", EXPECTED, MISSED), MISSED_HERE, ("here", MISSED, ARRIVED)], "stage", "arrived", True),
        ([MADE, ("there", EXPECTED, ARRIVED), MISSED_HERE, ("here", MISSED, GONE)], "stage", "cancelled", False),
        ([MADE, MISSED_HERE, ("here", MISSED, EXPECTED), ("there", EXPECTED, GONE)], "stage", "cancelled", True),
        ([MADE, MISSED_HERE, ("there", EXPECTED, GONE)], "stage", "cancelled", False),
    ],
)
def test_the_judge_knows_what_somebody_did_and_is_gone(deeds, group, value, nothing_lost) -> None:
    entries = journal(*deeds).entries

    assert explains(entries, group, value) is nothing_lost


@pytest.mark.parametrize(
    ("status", "deleted_at", "known", "count"),
    [(DELETED, 10, [], 1), (DELETED, 30, [], 2), (DELETED, 10, ["1"], 2), (CANCELLED_THERE, 10, [], 2)],
    ids=["gone before", "gone afterwards", "known", "not gone"],
)
def test_a_visit_that_was_deleted_before_anybody_knew_of_it_and_the_next_was_made_is_no_second_one(
    clinic: Connected, status: int, deleted_at: int, known: list[str], count: int
) -> None:
    clinic.told()
    (visit,) = clinic.theirs.appointments.values()
    seconds = [visit.created_at + timedelta(seconds=passed) for passed in (deleted_at, 20)]
    first = replace(visit, id=1, status=status, modified_at=seconds[0])
    second = replace(visit, id=2, created_at=seconds[1])

    assert len(that_count([second, first], known=known)) == count
