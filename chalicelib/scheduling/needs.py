"""What a visit needs: minutes, mode, place, and a room that suits."""

from dataclasses import dataclass

from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.people import directory
from chalicelib.scheduling.engine.openings import Opening
from chalicelib.scheduling.engine.schedule import IN_PERSON
from chalicelib.scheduling.rooms import RoomNeed
from chalicelib.table.catalogue import ServiceItem

MOST_MINUTES = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a visit needs, as far as the caller said."""

    duration: int | None = None
    mode: str | None = None
    location_id: str | None = None
    service: ServiceItem | None = None

    def suits(self, opening: Opening) -> bool:
        """Whether the opening is at the right place and in the right mode."""
        session = opening.session
        return self.location_id in {None, session.location_id} and (self.mode is None or self.mode in session.modes)

    def mode_in(self, opening: Opening) -> str:
        """The visit's mode in an opening: as asked, otherwise in person where that is offered."""
        modes = opening.session.modes
        return self.mode or (IN_PERSON if IN_PERSON in modes else modes[0])

    def minutes(self, opening: Opening) -> int:
        """How long the visit takes in an opening."""
        return self.duration or (int(self.service.duration_minutes) if self.service else opening.session.slot_minutes)

    def of_room(self, opening: Opening) -> RoomNeed:
        """What the visit needs of its room."""
        return RoomNeed(
            seats=opening.session.capacity,
            equipment=frozenset(self.service.equipment if self.service else ()),
            service_id=self.service.id if self.service else None,
        )


def asked(*, duration: int | None, mode: str | None, location_id: str | None, service_id: str | None) -> Need:
    """The need as a caller said it, with what follows from the service; Invalid or NotFound names what does not fit."""
    service = directory.service(service_id) if service_id else None
    if service is not None and not service.active:
        raise NotFound("service", "service_id")
    minutes = duration or (int(service.duration_minutes) if service else None)
    if minutes is not None and minutes > MOST_MINUTES:
        raise Invalid.field("duration_minutes", f"must be at most {MOST_MINUTES} minutes")
    offered = list(service.modes) if service else []
    if mode and offered and mode not in offered:
        raise Invalid.field("mode", f"the service is offered {' and '.join(offered)} only")
    if mode is None and offered and IN_PERSON not in offered:
        mode = offered[0]
    return Need(duration=minutes, mode=mode, location_id=location_id, service=service)
