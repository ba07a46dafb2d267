"""Topics: what one can follow, by name: `location:<id>`, `doctor:<id>` and so on."""

from dataclasses import dataclass

from chalicelib.kit import ids
from chalicelib.kit.errors import Invalid

LOCATION, DOCTOR, PATIENT = "location", "doctor", "patient"
APPOINTMENT, AVAILABILITY, HOSPITAL = "appointment", "availability", "hospital"
VISIT = "visit"  # the room of a telehealth visit
KINDS = (LOCATION, DOCTOR, PATIENT, APPOINTMENT, AVAILABILITY, HOSPITAL, VISIT)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; as text, `kind:id`."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def parse(name: str) -> Topic:
    """The topic of that name, or Invalid."""
    kind, _, thing = name.partition(":")
    if kind not in KINDS or not ids.SHAPE.fullmatch(thing):
        raise Invalid.field("topic", f"must be <kind>:<id>, the kind one of {', '.join(KINDS)}")
    return Topic(kind, thing)
