"""Deciding: somebody says which side counts, and it is written down who that was."""

from chalicelib.advancedmd import conflicts, logbook, setup, standing
from chalicelib.advancedmd.conflicts import VISIT, Keep
from chalicelib.kit.stamps import Stamp


def decide(conflict_id: str, *, keep: Keep, stamp: Stamp) -> None:
    """Let one side count, and write a row about it. Raises what `conflicts.settle` raises."""
    visit_id, patient_id, fields = conflict_id.removeprefix(VISIT), None, []
    if visit_id == conflict_id:
        found = standing.of_appointment(conflict_id, stamp.by)
        patient_id = found.appointment.patient_id
        fields = [one["field"] for one in found.link.differences] if found.link else []
    conflicts.settle(conflict_id, keep=keep, stamp=stamp)
    logbook.note_decision(
        setup.office_key(),
        keep,
        thing="appointment" if visit_id == conflict_id else "visit",
        thing_id=visit_id,
        patient_id=patient_id,
        fields=fields,
        now=stamp.now,
        by=stamp.by.actor,
    )
