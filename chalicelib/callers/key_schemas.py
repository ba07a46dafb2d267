"""API keys as requests and replies."""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import Example, QueryModel, RequestModel, View
from chalicelib.kit.types import Instant, Name, Reach

KeyRole = Literal["receptionist", "billing", "hospital_admin", "kiosk", "display"]


class IssueKey(RequestModel):
    """Give another system a key: under a role, within a hospital or location (`*` is the network), until a date.

    `operations` names all that it may call, as this description names them; without it, all that the role may.
    """

    example: ClassVar[Example] = {
        "name": "Laboratory orders",
        "role": "receptionist",
        "hospital_id": "*",
        "operations": ["list_appointments", "read_appointment"],
        "valid_days": 90,
    }
    name: Name
    role: KeyRole
    hospital_id: Reach | None = None
    location_id: Reach | None = None
    operations: Annotated[list[Name], Field(min_length=1, max_length=200)] | None = None
    valid_days: Annotated[int, Field(strict=True, ge=1, le=400)] = 90

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not self.hospital_id and not self.location_id:
            raise Invalid.field("hospital_id", "or location_id must say what the key reaches; * is the whole network")
        return self


class ListKeys(QueryModel):
    """Which keys."""

    include_inactive: Annotated[bool, Field(description="Those too that were revoked.")] = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=400)] | None = None


class StoredKeyView(View):
    """What every stored key shows, whatever it is for."""

    example: ClassVar[Example] = {
        "id": "key_7d3k",
        "active": True,
        "version": 1,
        "created_at": "2026-01-02T09:12:00Z",
        "updated_at": "2026-01-02T09:12:00Z",
    }
    id: str
    name: str
    valid_until: Instant
    active: bool
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, item: Any, **more: Any) -> Self:
        """The view of a stored key, with more that is not stored."""
        stored = {name: getattr(item, name) for name in cls.model_fields if name not in more}
        return cls.model_validate(stored | more)


class KeyView(StoredKeyView):
    """A key and what it opens; its holder stands in stamps and trails as `role:id`."""

    example: ClassVar[Example] = {**IssueKey.example, "valid_until": "2026-04-02T09:12:00Z"}
    role: KeyRole
    hospital_id: str | None
    location_id: str | None
    operations: list[str] | None


class IssuedKeyView(KeyView):
    """The key itself, said this once: send it as a bearer token. Null in the reply to a repeated request."""

    example: ClassVar[Example] = {"key": "careslot_7d3k_the-secret-of-the-key"}
    key: str | None
