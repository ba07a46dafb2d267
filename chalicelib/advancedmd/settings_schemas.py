"""What administrators settle about the office, and what they are shown of it."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from chalicelib.advancedmd.connecting import Checked, Known
from chalicelib.advancedmd.scope import KINDS, Kind
from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Email, Flag, Id, Zone
from chalicelib.table.officesettings import OfficeSettingsItem

Number = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]
_Frequency = Literal["real-time", "hourly", "daily", "manual"]


class TakePart(RequestModel):
    """A location that takes part; without a facility it stands for all columns of its doctors."""

    example: ClassVar[Example] = {"location_id": "loc_accra", "facility_id": 234}
    location_id: Id
    facility_id: Number | None = None


class ChangeOffice(RequestModel):
    """What is to change; what is not named stays. Only the `locations` listed take part: that is the roll-out.

    `zone` is the office's wall, `appointment_type_id` the type under which appointments are made there. `what_to_sync`
    is what is kept in step by itself: appointments with their moves and cancellations, the other statuses, patients
    looked up, and changes pulled; whatever somebody clicks is done all the same. Each Monday a summary goes to
    `summary_email`, to nobody once that is null.
    """

    example: ClassVar[Example] = {
        "auto_sync_appointments": True,
        "sync_frequency": "real-time",
        "zone": "Africa/Accra",
        "appointment_type_id": 13,
        "what_to_sync": ["appointments", "statuses", "patients", "pull"],
        "locations": [TakePart.example],
        "summary_email": "office@example.com",
    }
    auto_sync_appointments: Flag | None = None
    sync_frequency: _Frequency | None = None
    what_to_sync: Annotated[list[Kind], Field(max_length=len(KINDS))] | None = None
    zone: Zone | None = None
    appointment_type_id: Number | None = None
    locations: Annotated[list[TakePart], Field(max_length=50)] | None = None
    paused: Flag | None = None
    summary_email: Email | None = None

    def fields(self) -> dict[str, Any]:
        """As they are stored."""
        names = {
            "auto_sync_appointments": "auto_sync",
            "sync_frequency": "frequency",
            "zone": "zone",
            "appointment_type_id": "type_id",
            "paused": "paused",
        }
        given = {name: value for name, value in self.given().items() if value is not None}
        stored = {stored: given[name] for name, stored in names.items() if name in given}
        if self.what_to_sync is not None:
            stored["kinds"] = [one for one in KINDS if one in self.what_to_sync]
        if "summary_email" in self.model_fields_set:
            stored["summary_email"] = self.summary_email
        if self.locations is not None:
            stored["facilities"] = {one.location_id: one.facility_id for one in self.locations}
        return stored


class PlaceThereView(View):
    """A location that takes part, and its facility there."""

    example: ClassVar[Example] = TakePart.example
    location_id: str
    facility_id: int | None


class OfficeView(View):
    """The office and what is settled; credentials are masked. `connected` says whether there are any.

    A clinic without an office has no `office_key`, one that has settled nothing yet is at version 0.
    """

    example: ClassVar[Example] = {
        **ChangeOffice.example,
        "office_key": "162882",
        "username": "CA••••",
        "password": "••••••••",  # nosec B105 # a mask, as it is shown
        "app_name": "TE••••",
        "connected": True,
        "version": 2,
    }
    office_key: str | None
    username: str | None
    password: str | None
    app_name: str | None
    connected: bool
    auto_sync_appointments: bool
    sync_frequency: str
    what_to_sync: list[str]
    zone: str | None
    appointment_type_id: int | None
    locations: list[PlaceThereView]
    paused: bool
    summary_email: str | None
    version: int

    @classmethod
    def of(cls, item: OfficeSettingsItem | None, known: Known) -> Self:
        """The view of what is stored, if anything is."""
        facilities = item.facilities.items() if item else ()
        return cls(
            office_key=known.office_key,
            username=known.username,
            password=known.password,
            app_name=known.app_name,
            connected=known.connected,
            auto_sync_appointments=bool(item and item.auto_sync),
            sync_frequency=item.frequency if item else "manual",
            what_to_sync=list(KINDS if item is None or item.kinds is None else item.kinds),
            zone=item.zone if item else None,
            appointment_type_id=int(item.type_id) or None if item else None,
            locations=[PlaceThereView(location_id=one, facility_id=there) for one, there in facilities],
            paused=bool(item and item.paused),
            summary_email=item.summary_email if item else None,
            version=int(item.version) if item else 0,
        )


class ConnectionView(View):
    """Whether AdvancedMD lets us in, and if not, why."""

    example: ClassVar[Example] = {"connected": True, "office_key": "162882"}
    connected: bool
    office_key: str
    problem: str | None
    retry_after_seconds: int | None

    @classmethod
    def of(cls, checked: Checked) -> Self:
        """The view of a check."""
        wait = None if checked.wait is None else max(1, round(checked.wait))
        return cls(
            connected=checked.problem is None,
            office_key=checked.office_key,
            problem=checked.problem,
            retry_after_seconds=wait,
        )
