"""Changes of the table as the fan-out is brought them, and the news that they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.kit import clock, ids

Image = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One stream record: its id, which stays the same when it comes again, and the item before and after it."""

    id: str
    at: datetime
    pk: str
    sk: str
    old: Image | None
    new: Image | None

    @property
    def kind(self) -> str:
        """The kind of the item; empty for what has none."""
        return str((self.new or self.old or {}).get("kind", {}).get("S", ""))

    @property
    def request_id(self) -> str | None:
        """The request that made the change."""
        found: str | None = (self.new or {}).get("request_id", {}).get("S")
        return found


@dataclass(frozen=True, slots=True)
class News:
    """One event for one topic: `data` for everyone who follows it (None: not for all), `staff` for those told names."""

    change: Change
    topic: str
    type: str
    data: dict[str, Any] | None
    staff: dict[str, Any] | None = None

    def event(self) -> dict[str, Any]:
        """The event as it is logged."""
        said = {"type": self.type, "at": clock.iso(self.change.at), "data": self.data, "staff": self.staff}
        return {**said, "request_id": self.change.request_id}


def read(record: dict[str, Any]) -> Change:
    """The change that a stream record tells of."""
    told = record["dynamodb"]
    return Change(
        id=ids.digest(record["eventID"]),
        at=clock.at(told["ApproximateCreationDateTime"]),
        pk=told["Keys"]["PK"]["S"],
        sk=told["Keys"]["SK"]["S"],
        old=told.get("OldImage"),
        new=told.get("NewImage"),
    )
