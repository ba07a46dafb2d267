"""Where it is nine o'clock in the morning right now, so that no figure depends on the hour at which it is measured."""

from datetime import UTC, datetime

_MORNING = 9
_FARTHEST_WEST = -12


def zone() -> str:
    """A zone in which it is between nine and ten; late in the UTC day, that is tomorrow's nine."""
    return zone_of(datetime.now(UTC).hour)


def zone_of(hour: int) -> str:
    """That zone while it is this hour in UTC."""
    east = _MORNING - hour
    if east < _FARTHEST_WEST:
        east += 24
    return f"Etc/GMT{-east:+d}" if east else "UTC"  # POSIX counts to the west
