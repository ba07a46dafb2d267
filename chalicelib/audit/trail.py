"""Reading the trail of one thing."""

from dataclasses import dataclass

from chalicelib.audit.entries import AUDITED
from chalicelib.kit import cursor
from chalicelib.kit.errors import NotFound
from chalicelib.table import audit, seals
from chalicelib.table.audit import AuditItem


@dataclass(frozen=True, slots=True)
class Traced:
    """One entry, and the number of the seal that covers it; None while it is not sealed."""

    entry: AuditItem
    seal: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and where the trail goes on."""

    entries: list[Traced]
    next_cursor: str | None


def of(kind: str, thing_id: str, *, limit: int, after: str | None) -> Page:
    """What happened to a thing, oldest first; NotFound for a kind that has no trail."""
    if kind not in AUDITED or AUDITED[kind].about or AUDITED[kind].link:
        raise NotFound("kind of thing", "kind")
    place = cursor.decode(after, 1)[0] if after else None
    found = audit.of(f"{kind.upper()}#{thing_id}", after=place, limit=limit + 1)
    page = found[:limit]
    numbers = seals.covering([entry.place for entry in page])
    more = cursor.encode(page[-1].place) if len(found) > limit else None
    return Page([Traced(entry, numbers.get(entry.place)) for entry in page], more)
