"""What callers send to a telehealth room."""

from typing import Annotated, ClassVar

from pydantic import Field

from chalicelib.kit.models import Example, RequestModel
from chalicelib.kit.types import Id, Name

Tab = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9-]{8,40}$")]
Person = Annotated[str, Field(max_length=40, pattern=r"^(patient|gst_[0-9a-z]{26})$", examples=["patient"])]


class Requirements(RequestModel):
    """What a browser says of itself before a visit."""

    example: ClassVar[Example] = {"internet": True, "webcam": True, "microphone": True, "browser": True}
    internet: bool
    webcam: bool
    microphone: bool
    browser: bool


class EnterRoom(RequestModel):
    """What the browser can do, and a mark of its window, by which a second one is told from the first."""

    example: ClassVar[Example] = {"tab": "3f0c9a52-77aa-4c1e-9df1-1c7c0a7e54b0"}
    tab: Tab
    requirements: Requirements
    synonyms: ClassVar[dict[str, str]] = {"checks": "requirements"}


class LeaveRoom(RequestModel):
    """Which window is left; any, when none is named."""

    example: ClassVar[Example] = {"tab": "3f0c9a52-77aa-4c1e-9df1-1c7c0a7e54b0"}
    tab: Tab | None = None


class DecideOnVisitor(RequestModel):
    """Who is let in, or not: the patient or a guest."""

    example: ClassVar[Example] = {"person": "patient"}
    person: Person


class InviteGuest(RequestModel):
    """Who is asked to the visit, as the others in it see them."""

    example: ClassVar[Example] = {"name": "Ama, interpreter"}
    name: Name


class AgreeToRecording(RequestModel):
    """Whether a recording is agreed to; it can be taken back at any time."""

    example: ClassVar[Example] = {"agreed": True}
    agreed: bool


class OpenRoom(RequestModel):
    """A talk with a patient that nobody has booked: it begins now, and is planned for so many minutes."""

    example: ClassVar[Example] = {"patient_id": "pat_456", "duration_minutes": 20}
    patient_id: Id
    duration_minutes: Annotated[int, Field(strict=True, ge=5, le=240)] = 30
    synonyms: ClassVar[dict[str, str]] = {"duration": "duration_minutes"}
