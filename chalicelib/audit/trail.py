"""Reading the trail of one thing."""

from collections.abc import Iterator

from chalicelib.audit.entries import AUDITED
from chalicelib.kit.errors import NotFound
from chalicelib.table import audit
from chalicelib.table.audit import AuditItem


def of(kind: str, thing_id: str) -> Iterator[AuditItem]:
    """Every recorded change of a thing, oldest first; NotFound for a kind that is not audited."""
    if kind not in AUDITED:
        raise NotFound("kind of thing", "kind")
    return audit.of(f"{kind.upper()}#{thing_id}")
