"""A crowded day: two thousand mixed requests under faults, then an audit of the whole table."""

from scripts.claiming import contest
from scripts.claiming.callers import CARESLOT, NAIVE
from scripts.claiming.crowd import Size, gather

CROWD = Size(doctors=5, rooms=4, patients=40)
ASKED = {"seed": 11, "callers": 32, "rate": 0.04}
FAULTS = ("throttle", "conflict", "timeout_before", "timeout_after")


def test_two_thousand_mixed_operations_under_faults_leave_no_overlap_orphan_loss_or_ghost(engine, own_table) -> None:
    crowd = gather(CROWD)

    outcome = contest.race(engine, own_table, crowd, CARESLOT, claims=1500, **ASKED)

    assert outcome.failures == []
    assert outcome.report.violations == []
    assert outcome.lost == {}
    assert outcome.ghosts == []
    assert outcome.diary.doubtful == set()
    assert outcome.diary.asked.total() > 2000
    assert min(outcome.diary.asked.values()) > 100
    assert len(outcome.diary.told) > 200
    assert min(outcome.faults.counts[kind] for kind in FAULTS) > 50


def test_the_same_day_without_conditions_is_found_out(engine, own_table) -> None:
    crowd = gather(CROWD)

    outcome = contest.race(engine, own_table, crowd, NAIVE, claims=600, **ASKED)

    assert outcome.failures == []
    assert {"overlap", "orphaned_cell"} <= outcome.found.keys()
    assert len(outcome.lost) > 0
    assert len(outcome.ghosts) > 0
