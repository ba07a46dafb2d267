"""How much of an office's calls is spoken for: one level for each tier, changed by one conditional update.

Which clock decides is the point: that of the table, which tells its time with every answer. The clocks of those who
ask may be minutes apart; nobody looks at them. (An instance on a laptop that was put ahead is so as a whole.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kit import clock
from chalicelib.kit.errors import Unavailable
from chalicelib.table import base, keys

_ROUNDS = 30  # of those who change a level at one moment, one succeeds; the others read it again
_KEPT_SECONDS = 86_400
_SECOND = 1_000_000

Decide = Callable[[int, int], int | None]
"""Given the level and the present, both in microseconds of the epoch: the new level, or None to leave it."""


@dataclass(frozen=True, slots=True)
class Level:
    """What was found and whether it was changed; microseconds of the epoch, by the table's clock."""

    changed: bool
    full_at: int
    now: int


def change(office_key: str, tier: str, decide: Decide) -> Level:
    """Change a level as the rule says, unless it says to leave it; nobody else has changed it in between."""
    key = keys.office(office_key, "BUDGET", tier)
    for _ in range(_ROUNDS):
        raw, told = base.get_dated(key)
        read = int(raw["full_at"]["N"]) if raw else 0
        now = int((told + clock.ahead()).timestamp()) * _SECOND
        wanted = decide(read, now)
        if wanted is None:
            return Level(changed=False, full_at=read, now=now)
        if _write(base.primary(key), read if raw else None, wanted, now):
            return Level(changed=True, full_at=wanted, now=now)
    raise Unavailable("Too many ask for the same calls; try again shortly.")


def _write(key: dict[str, Any], read: int | None, wanted: int, now: int) -> bool:
    """Whether the level was still as read."""
    values = {
        ":wanted": {"N": str(wanted)},
        ":kind": {"S": "budget"},
        ":expires": {"N": str(max(wanted, now) // _SECOND + _KEPT_SECONDS)},
        **({":read": {"N": str(read)}} if read is not None else {}),
    }
    update = {
        "Key": key,
        "UpdateExpression": "SET full_at = :wanted, kind = :kind, expires_at = :expires",
        "ConditionExpression": "attribute_not_exists(full_at)" if read is None else "full_at = :read",
        "ExpressionAttributeValues": values,
    }
    try:
        base.call("UpdateItem", update)
    except ClientError:
        return False
    return True
