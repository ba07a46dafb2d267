"""How the clinic and its office at AdvancedMD are kept in step: settled by administrators, believed for a minute.

Without an office's key in the settings nothing is read and nothing is kept in step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from chalicelib.advancedmd.scope import KINDS
from chalicelib.kit.cache import Memory
from chalicelib.kit.errors import Conflict, Invalid
from chalicelib.kit.settings import settings
from chalicelib.kit.stamps import Stamp
from chalicelib.people import directory
from chalicelib.table import officesettings, officevisits
from chalicelib.table.officesettings import OfficeSettingsItem
from chalicelib.table.revision import Overtaken, revise

Frequency = Literal["real-time", "hourly", "daily", "manual"]


class NotSetUp(Conflict):
    """The clinic is not connected with an office at AdvancedMD."""

    code = "advancedmd_not_set_up"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("No office at AdvancedMD is set up.")


class AnotherOffice(Conflict):
    """The clinic has another office, whose numbers its patients and appointments have."""

    code = "advancedmd_another_office"
    sampled = ("162882",)

    def __init__(self, office_key: str) -> None:
        super().__init__(
            f"The clinic's patients and appointments are linked with office {office_key}, and their numbers would be "
            "other people's at another. Set the deployment's ADVANCEDMD_OFFICE_KEY back to it."
        )


class ZoneFixed(Conflict):
    """Visits are linked by the present time zone, and would all seem to have moved."""

    code = "advancedmd_zone_fixed"
    sampled = ()

    def __init__(self) -> None:
        super().__init__(
            "Visits are linked by the office's present time zone, and in another all of them would seem to have moved. "
            "The zone is settled before the first visit is linked; leave it as it is.",
            details=[{"field": "zone", "problem": "cannot be changed any more"}],
        )


CHANGING = (NotSetUp, Overtaken, AnotherOffice, ZoneFixed)


@dataclass(frozen=True, slots=True)
class Setup:
    """What is settled. `facilities` are the locations that take part, each with its number there or None for any."""

    office_key: str
    zone: ZoneInfo
    type_id: int
    auto_sync: bool
    frequency: Frequency
    facilities: Mapping[str, int | None]
    paused: bool
    kinds: frozenset[str] = frozenset(KINDS)
    summary_email: str | None = None

    @property
    def runs(self) -> bool:
        """Whether changes are told without anybody asking for it."""
        return self.auto_sync and self.frequency != "manual"

    @property
    def pulls(self) -> bool:
        """Whether what has changed there is heard without anybody asking for it."""
        return self.runs and "pull" in self.kinds

    def due(self, now: datetime) -> datetime:
        """When a change of now is told: at once, or with those of its hour or day of the office."""
        wall = now.astimezone(self.zone).replace(minute=0, second=0, microsecond=0)
        match self.frequency:
            case "hourly":
                return wall.astimezone(now.tzinfo) + timedelta(hours=1)
            case "daily":  # on the wall, since days there may have 23 or 25 hours
                return (wall.replace(hour=0) + timedelta(days=1)).astimezone(now.tzinfo)
        return now


def current() -> Setup | None:
    """What is settled; None where nothing is."""
    office_key = settings().advancedmd_office_key
    return _known(office_key) if office_key else None


def demanded() -> Setup:
    """What is settled, as it is now; NotSetUp where nothing is."""
    found = fresh()
    if found is None:
        raise NotSetUp
    return found


def fresh() -> Setup | None:
    """What is settled, as it is now: whoever has paused the office is heard at once."""
    found = settings().advancedmd_office_key
    return _known.refresh(found) if found else None


def office_key() -> str:
    """The key of the clinic's office; NotSetUp where there is none."""
    found = settings().advancedmd_office_key
    if not found:
        raise NotSetUp
    return found


def item() -> OfficeSettingsItem | None:
    """The settings as they are stored; None where there are none."""
    key = settings().advancedmd_office_key
    return officesettings.find(key) if key else None


def settle(fields: Mapping[str, Any], *, stamp: Stamp) -> OfficeSettingsItem:
    """Change what is settled; the first time everything has its default that is not named.

    Raises NotSetUp, NotFound, Stale, Overtaken, AnotherOffice, ZoneFixed, and Invalid where appointments would be told
    by themselves without a type.
    """
    key = office_key()
    for location_id in fields.get("facilities", {}):
        directory.require(directory.location, location_id, "location_id")
    clinics = officesettings.claim(key)
    if clinics != key:
        raise AnotherOffice(clinics)
    if officesettings.find(key) is None:
        officesettings.begin(key, **_FIRST)

    def edit(found: OfficeSettingsItem, _transaction: Any) -> None:
        if fields.get("zone", found.zone) != found.zone and officevisits.is_any(key):
            raise ZoneFixed
        for name, value in fields.items():
            setattr(found, name, value)
        if found.auto_sync and not found.type_id:
            raise Invalid.field("appointment_type_id", "is needed before appointments are told by themselves")

    changed = revise(lambda: _item(key), edit, stamp=stamp)
    _known.forget(key)
    return changed


def _item(key: str) -> OfficeSettingsItem:
    found = officesettings.find(key)
    if found is None:
        raise NotSetUp
    return found


_FIRST: dict[str, Any] = {
    "version": 0,  # as whoever settles them has read
    "zone": "America/Denver",
    "type_id": 0,
    "auto_sync": False,
    "frequency": "real-time",
    "facilities": {},
}


def _read(key: str) -> Setup | None:
    found = officesettings.find(key)
    if found is None:
        return None
    return Setup(
        office_key=key,
        zone=ZoneInfo(found.zone),
        type_id=int(found.type_id),
        auto_sync=bool(found.auto_sync),
        frequency=cast(Frequency, found.frequency),
        facilities=dict(found.facilities),
        paused=bool(found.paused),
        kinds=frozenset(KINDS if found.kinds is None else found.kinds),
        summary_email=found.summary_email,
    )


_known: Memory[Setup | None] = Memory(_read)
