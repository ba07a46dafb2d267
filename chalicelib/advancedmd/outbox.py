"""The outbox: whenever the table's stream tells of a change that AdvancedMD is to know, its link is marked.

It reads the appointment as it is now and not as the record shows it, so a record that comes twice, late or out of
order marks what the latest does, and ten quick changes are one mark.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.advancedmd import mapping
from chalicelib.kit import clock
from chalicelib.scheduling import statuses
from chalicelib.table import officelinks
from chalicelib.table.appointments import AppointmentItem

_TELLING = ("status", "start", "duration_minutes", "doctor_key", "place_key", "patient_key")


def changed(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """What has changed of an appointment that can be one for AdvancedMD; of a new one, or one just confirmed, all.

    A status that is as far there as the one before it is no change: nobody there knows of a confirmation.
    """
    if old is None or old["status"]["S"] == statuses.HELD:
        return list(_TELLING)
    return [name for name in _TELLING if old.get(name) != new.get(name) and _tells(name, old, new)]


def _tells(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = (mapping.stage_of(str(image["status"]["S"])) for image in (old, new))
    return name != "status" or before != after


def mark(
    appointment_id: str, *, office_key: str, due: datetime, at: frozenset[str] | None = None, asked: bool = False
) -> int:
    """Have the appointment told as it stands: its version; 0 when that is marked already, or it is only held.

    With `at`, only where it is at one of these locations, or was when it was told before. `asked` is that somebody
    wants all of it told.
    """
    appointment = AppointmentItem.find(appointment_id)
    if appointment is None or appointment.status == statuses.HELD:
        return 0
    if at is not None and appointment.location_id not in at and officelinks.find(appointment_id) is None:
        return 0
    version = int(appointment.version)
    wanted = officelinks.want(appointment_id, office_key=office_key, version=version, now=clock.iso(due), asked=asked)
    return version if wanted else 0
