"""What the bench prints: a line per contest, and the judgement of the histories."""

from scripts.claiming.contest import Outcome
from scripts.claiming.proof import Judgement

_CELLS = ("orphaned_cell", "missing_cell", "count_mismatch")


def contest(name: str, outcome: Outcome) -> str:
    """One contest: what was asked and answered, what it cost, and what the audit of its table found."""
    diary, found = outcome.diary, outcome.found
    refusals = ", ".join(f"{code} {count}" for code, count in diary.refusals.most_common())
    faults = ", ".join(f"{kind} {count}" for kind, count in sorted(outcome.faults.counts.items()))
    others = found.total() - found["overlap"] - sum(found[kind] for kind in _CELLS)
    return (
        f"{name}: {diary.claims} claims, {diary.winners} winners, {diary.claims / outcome.seconds:.0f} claims/s, "
        f"{outcome.write_units:.0f} write units ({outcome.write_units / max(diary.winners, 1):.1f} a winner)\n"
        f"    refused: {refusals}\n"
        f"    faults: {faults}; {diary.unanswered} without an answer, {len(diary.doubtful)} to the end\n"
        f"    double bookings {found['overlap']}, lost {len(outcome.lost)}, ghosts {len(outcome.ghosts)}, "
        f"orphaned cells {found['orphaned_cell']}, missing cells {found['missing_cell']}, "
        f"wrong counts {found['count_mismatch']}, other violations {others}, failures {len(outcome.failures)}"
    )


def judgement(name: str, found: Judgement, seconds: float) -> str:
    """The histories of many parts: how many were linearizable, and how many forgeries were rejected."""
    forged = ", ".join(f"{kind} {found.rejected[kind]} of {count}" for kind, count in sorted(found.forged.items()))
    return (
        f"{name}: {found.operations} operations ({found.unanswered} unanswered) in {found.parts} parts, "
        f"{found.operations / seconds:.0f}/s\n"
        f"    not linearizable {found.not_linearizable}, undecided {found.undecided}, "
        f"violations in the tables {found.violations}; longest search {found.most_steps} steps\n"
        f"    forgeries rejected: {forged or 'none made'}"
    )
