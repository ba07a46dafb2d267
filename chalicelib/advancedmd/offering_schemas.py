"""What administrators are shown of the office's own lists."""

from typing import ClassVar, Self

from chalicelib.advancedmd.offering import Offered
from chalicelib.gateways.advancedmd.records import Coded, ColumnData
from chalicelib.kit.models import Example, View


class NamedThereView(View):
    """A profile, a facility or a type of appointments: its number, code and name there."""

    example: ClassVar[Example] = {"id": 3, "code": "AS", "name": "SMITH,ANN"}
    id: int
    code: str
    name: str

    @classmethod
    def of(cls, one: Coded) -> Self:
        """The view of one."""
        return cls(id=one.id, code=one.code, name=one.name)


class ColumnThereView(View):
    """A column that can be booked: of whom, and where."""

    example: ClassVar[Example] = {"id": 16, "name": "DR SMITH", "profile_id": 3, "facility_id": 234}
    id: int
    name: str
    profile_id: int | None
    facility_id: int | None

    @classmethod
    def of(cls, one: ColumnData) -> Self:
        """The view of one."""
        return cls(id=one.id, name=one.name, profile_id=one.profile_id, facility_id=one.facility_id)


class OfferedView(View):
    """Whom and what the office has, as it was within the last hour: to be chosen from in the settings."""

    example: ClassVar[Example] = {
        "profiles": [NamedThereView.example],
        "facilities": [{"id": 234, "code": "MAIN", "name": "MAIN OFFICE"}],
        "columns": [ColumnThereView.example],
        "appointment_types": [{"id": 13, "code": "FU", "name": "FOLLOW UP"}],
    }
    profiles: list[NamedThereView]
    facilities: list[NamedThereView]
    columns: list[ColumnThereView]
    appointment_types: list[NamedThereView]

    @classmethod
    def of(cls, found: Offered) -> Self:
        """The view of what there is."""
        return cls(
            profiles=[NamedThereView.of(one) for one in found.profiles],
            facilities=[NamedThereView.of(one) for one in found.facilities],
            columns=[ColumnThereView.of(one) for one in found.columns],
            appointment_types=[NamedThereView.of(one) for one in found.kinds],
        )
