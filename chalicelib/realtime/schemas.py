"""What comes in on a socket, and what is asked of the events over HTTP."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from chalicelib.callers.key_schemas import StoredKeyView
from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import Example, QueryModel, RequestModel, View
from chalicelib.kit.types import Id, Instant, Name

MOST_TOPICS = 20
_LONGEST = 85  # of a kind, a colon and an id
_NAME = r"^[a-z]{1,20}:[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$"

TopicName = Annotated[str, Field(max_length=_LONGEST, pattern=_NAME, examples=["location:loc_new_york"])]
Version = Annotated[int, Field(ge=0, le=10**15)]


class SocketMessage(RequestModel):
    """What a client says on a socket: one action, about the topics that it names, or about its own.

    A `signal` is a text for another browser, `to` whom in the visit it goes; nobody between reads it.
    """

    action: Literal["auth", "subscribe", "unsubscribe", "resume", "ping", "signal"]
    token: Annotated[str, Field(max_length=8 * 1024)] | None = None
    topic: TopicName | None = None
    topics: Annotated[list[TopicName], Field(min_length=1, max_length=MOST_TOPICS)] | None = None
    since: Version | None = None
    to: Annotated[str, Field(max_length=40)] | None = None
    signal: Annotated[str, Field(max_length=12 * 1024)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.action == "auth" and not self.token:
            raise Invalid.field("token", "is required")
        if self.action == "resume" and self.since is None:
            raise Invalid.field("since", "is required: the version up to which everything was received")
        if self.action == "signal" and not (self.topic and self.to and self.signal):
            raise Invalid.field("signal", "needs `topic` and `to`, and is not empty")
        return self

    @property
    def named(self) -> list[str]:
        """The topics that it names, each once."""
        return list(dict.fromkeys([*([self.topic] if self.topic else []), *(self.topics or [])]))


class EventsQuery(QueryModel):
    """Which events: behind `since`, the version up to which everything was received; the state without it."""

    example: ClassVar[Example] = {"topic": "location:loc_new_york"}
    topic: TopicName
    since: Version | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class EventView(View):
    """One event of a topic as it is sent on sockets; or a `snapshot`, whose data are the state at its version."""

    example: ClassVar[Example] = {
        "type": "queue_update",
        "topic": "location:loc_new_york",
        "version": 1768471201,
        "at": "2026-01-15T10:00:00Z",
        "data": {"location_id": "loc_new_york", "doctor_id": "doc_123"},
    }
    type: str
    topic: str
    version: int
    at: Instant
    data: dict[str, Any] | None
    request_id: str | None

    def subject(self) -> str | None:
        patient: str | None = (self.data or {}).get("patient_id")
        return patient


class EventsMeta(View):
    """Behind which version the events begin, with which they end, and the topic's own version now."""

    example: ClassVar[Example] = {"after": 1768471200, "version": 1768471201, "head": 1768471201}
    after: int
    version: int
    head: int


class AddDisplay(RequestModel):
    """Hang up a lobby display: at a location, for all of its doctors or for some."""

    example: ClassVar[Example] = {"name": "Lobby, by the entrance", "location_id": "loc_new_york"}
    name: Name
    location_id: Id
    doctor_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_TOPICS)] | None = None
    valid_days: Annotated[int, Field(strict=True, ge=1, le=400)] = 365


class ListDisplays(QueryModel):
    """Which displays."""

    location_id: Id | None = None
    include_inactive: Annotated[bool, Field(description="Those too that were taken down.")] = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class DisplayView(StoredKeyView):
    """A lobby display; it signs in with the key that was said when it was added."""

    example: ClassVar[Example] = {**AddDisplay.example, "valid_until": "2027-01-02T09:12:00Z"}
    location_id: str
    doctor_ids: list[str] | None


class IssuedDisplayView(DisplayView):
    """The display's key, said this once, for the display's settings. Null in the reply to a repeated request."""

    example: ClassVar[Example] = {"key": "careslot_7d3k_the-secret-of-the-key"}
    key: str | None
