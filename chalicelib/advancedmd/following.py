"""Following the clinic: what AdvancedMD is to know is marked, and whoever tells it is woken."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.advancedmd import outbox, scope, setup, waking
from chalicelib.table import officelinks


def follow(appointment_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any], now: datetime) -> None:
    """Mark the appointment where its location takes part, and wake the worker unless it is to be told later.

    A message that is lost loses nothing: what is due is found each minute.
    """
    settled = setup.current()
    if settled is None or not settled.runs:
        return
    changed = outbox.changed(old, new)
    if not changed or not scope.concerns(changed, old, new, settled.kinds):
        return
    if "appointments" not in settled.kinds and not _has_visit(appointment_id):
        return
    due = settled.due(now)
    version = outbox.mark(appointment_id, office_key=settled.office_key, at=frozenset(settled.facilities), due=due)
    if version and due <= now and not settled.paused:
        waking.wake(settled.office_key, why=f"{appointment_id}-{version}")


def _has_visit(appointment_id: str) -> bool:
    """Whether the appointment has a visit there, as far as we were told."""
    link = officelinks.find(appointment_id)
    return link is not None and link.visit_id is not None
