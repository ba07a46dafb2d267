"""Weekly opening hours: wall times on the wire, minutes in the table."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from chalicelib.kit.models import RequestModel
from chalicelib.kit.types import MinuteOfDay

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = 24 * 60


class Hours(RequestModel):
    """A stretch of wall time; an end that is not later than the start lies on the next day."""

    start: Annotated[MinuteOfDay, Field(lt=_DAY)]
    end: MinuteOfDay

    def pair(self) -> list[int]:
        """[start, end] in minutes from midnight, the end beyond 1440 when it is on the next day."""
        return [self.start, self.end if self.end > self.start else self.end + _DAY]


Stretches = Annotated[list[Hours], Field(max_length=6)]


class Week(RequestModel):
    """Weekly opening hours; a day that is left out is closed."""

    monday: Stretches = Field(default_factory=list)
    tuesday: Stretches = Field(default_factory=list)
    wednesday: Stretches = Field(default_factory=list)
    thursday: Stretches = Field(default_factory=list)
    friday: Stretches = Field(default_factory=list)
    saturday: Stretches = Field(default_factory=list)
    sunday: Stretches = Field(default_factory=list)

    def minutes(self) -> list[list[list[int]]]:
        """Seven lists of [start, end] pairs, Monday first, as they are stored."""
        return [sorted(hours.pair() for hours in getattr(self, day)) for day in DAY_NAMES]


def spoken(stored: Any) -> Any:
    """Stored opening hours as they are sent."""
    if stored is None:
        return None
    return {
        name: [{"start": _clock(start), "end": _clock(end if end <= _DAY else end - _DAY)} for start, end in day]
        for name, day in zip(DAY_NAMES, stored, strict=True)
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


Opening = Annotated[Week, AfterValidator(Week.minutes)]
