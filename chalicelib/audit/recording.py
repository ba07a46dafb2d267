"""Recording: every write of a person, place or appointment leaves one entry, however often the stream repeats it."""

from typing import Any

from chalicelib.audit import entries
from chalicelib.audit.entries import Image
from chalicelib.table import base, keys
from chalicelib.table.audit import AuditItem


def record(old: Image | None, new: Image | None) -> bool:
    """Store the entry of one change; False when the change is none of ours or was recorded before.

    The entry's key is the version that the change made, so repeats and reordering write the same entries.
    """
    image: dict[str, Any] = new or old or {}
    if image.get("kind", {}).get("S") not in entries.AUDITED:
        return False
    version = int(image["version"]["N"]) + (new is None)
    changed = entries.changes(old, new)
    key = keys.audit(image["PK"]["S"], version)
    entry = AuditItem(
        key.pk,
        key.sk,
        version=version,
        at=image.get("updated_at", {}).get("S", ""),
        actor=image.get("updated_by", {}).get("S", "unknown") if new else "system:expiry",
        request_id=image.get("request_id", {}).get("S"),
        action=entries.action(old, new),
        changes=changed,
    )
    return base.put_new(entry)
