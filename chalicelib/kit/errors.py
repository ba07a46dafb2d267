"""What can go wrong, as one tree.

    CareSlotError
    ├── Malformed          400  the request cannot be read
    ├── Unauthenticated    401  no valid token
    ├── Forbidden          403  the role may not do this
    ├── NotFound           404  absent, or not the caller's to see
    ├── MethodNotAllowed   405  said by gateways
    ├── Conflict           409  the clinic's state refuses (slot_taken, …)
    ├── Stale              412  the caller's version is old
    ├── TooLarge           413
    ├── UnsupportedMedia   415
    ├── Invalid            422  readable, but a field is wrong
    ├── TooMany            429  with Retry-After
    └── Unavailable        503  something we depend on does not answer

Leaves live beside the code that raises them. `code` is a stable word with one meaning, the message a sentence
about the clinic, `details` a list of {"field", "problem"} or of alternatives. A route names the leaves that it may
answer in its declaration, so that the API's description lists their codes with an example each.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self


class CareSlotError(Exception):
    """Something went wrong on our side.

    That is the root, where nothing more is known; an instance of any is one refusal as the wire shows it.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    sampled: ClassVar[tuple[Any, ...]] = ("Something went wrong on our side; quote the request id.",)

    @classmethod
    def sample(cls) -> Self:
        """One such refusal, made as `sampled` says: the example in the API's description."""
        return cls(*cls.sampled)

    @classmethod
    def title(cls) -> str:
        """What every refusal with this code has in common: the promise of the class that gives the code."""
        giver = next(kind for kind in cls.__mro__ if "code" in vars(kind))
        return (giver.__doc__ or "").strip().split("\n")[0]

    def __init__(
        self, message: str, *, details: Sequence[dict[str, Any]] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = list(details)
        self.headers = headers or {}


class Malformed(CareSlotError):
    """The request cannot be read at all."""

    status = 400
    code = "malformed"
    sampled: ClassVar[tuple[Any, ...]] = ("The request cannot be read.",)


class Unauthenticated(CareSlotError):
    """The caller did not prove who they are."""

    status = 401
    code = "unauthenticated"
    sampled: ClassVar[tuple[Any, ...]] = ("Send a bearer token.",)


class Forbidden(CareSlotError):
    """The caller's role may not do this."""

    status = 403
    code = "forbidden"
    sampled: ClassVar[tuple[Any, ...]] = ("A display may not do this.",)


class NotFound(CareSlotError):
    """There is no such thing, or the caller may not see it; both look the same."""

    status = 404
    code = "not_found"
    sampled: ClassVar[tuple[Any, ...]] = ("doctor", "doctor_id")

    def __init__(self, kind: str, field: str = "id") -> None:
        super().__init__(f"There is no such {kind}.", details=[{"field": field, "problem": f"no such {kind}"}])
        self.kind = kind


class MethodNotAllowed(CareSlotError):
    """The address does not know that method."""

    status = 405
    code = "method_not_allowed"
    sampled: ClassVar[tuple[Any, ...]] = ("This address does not know that method.",)


class Conflict(CareSlotError):
    """The clinic's present state refuses the change."""

    status = 409
    code = "conflict"
    sampled: ClassVar[tuple[Any, ...]] = ()  # of its leaves


class Stale(CareSlotError):
    """The thing has changed since the caller read it."""

    status = 412
    code = "stale_version"
    sampled: ClassVar[tuple[Any, ...]] = ("This was changed since you read it.",)


class TooLarge(CareSlotError):
    """The request is larger than we read."""

    status = 413
    code = "payload_too_large"
    sampled: ClassVar[tuple[Any, ...]] = ("The body is larger than 256 KiB.",)


class UnsupportedMedia(CareSlotError):
    """The body is not JSON."""

    status = 415
    code = "unsupported_media_type"
    sampled: ClassVar[tuple[Any, ...]] = ("Send the body as application/json.",)


class Invalid(CareSlotError):
    """The request can be read, but a field is wrong."""

    status = 422
    code = "invalid"

    @classmethod
    def sample(cls) -> Self:
        return cls.field("limit", "must be a number up to 200")

    @classmethod
    def field(cls, field: str, problem: str) -> Self:
        """One wrong field."""
        return cls(f"{field}: {problem}", details=[{"field": field, "problem": problem}])


class TooMany(CareSlotError):
    """The caller asks too often."""

    status = 429
    code = "too_many_requests"
    sampled: ClassVar[tuple[Any, ...]] = ("You ask more often than is allowed; wait a little.",)


class Unavailable(CareSlotError):
    """Something we depend on does not answer; trying again later helps."""

    status = 503
    code = "unavailable"
    sampled: ClassVar[tuple[Any, ...]] = ("The table does not answer; try again shortly.",)
