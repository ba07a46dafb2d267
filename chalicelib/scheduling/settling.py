"""Settling: how often an appointment's time was settled anew; what was told of an earlier time counts no more."""

from collections.abc import Mapping
from typing import Any

from chalicelib.scheduling import statuses
from chalicelib.table.appointments import AppointmentItem


def times(appointment: AppointmentItem) -> int:
    """How often the appointment's time was settled again: by a move, or by taking back that it was called off."""
    return len(appointment.moves or []) + sum(map(is_back, appointment.stamps or []))


def is_back(stamp: Mapping[str, Any]) -> bool:
    """Whether this change of status took back that the appointment was called off."""
    return bool(stamp.get("undone")) and stamp.get("from") == statuses.CANCELLED
