"""Rate limits: how often each kind of caller may ask for each kind of thing in a minute. Pure.

Staff and the systems that sign in as staff are bounded only against running wild.
"""

from dataclasses import dataclass

from chalicelib.kit.auth import Role
from chalicelib.kit.calls import Route

MINUTE = 60_000_000  # microseconds
_FREE_SHARE = 10
_LEASES = 10


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in a minute, of which a process lets a tenth pass without asking the table."""

    kind: str
    calls: int

    @property
    def free(self) -> int:
        """What one process gives away each minute."""
        return max(1, self.calls // _FREE_SHARE)

    @property
    def shared(self) -> int:
        """What all processes have together: the depth of the bucket in the table, and its refill in a minute."""
        return self.calls - self.free

    @property
    def lease(self) -> int:
        """What a process takes at a time."""
        return max(1, self.shared // _LEASES)

    @property
    def spacing(self) -> int:
        """The microseconds in which one call is refilled."""
        return MINUTE // self.shared


_CALLS: dict[Role, dict[str, int]] = {
    "patient": {"read": 300, "write": 60, "search": 60},
    "doctor": {"read": 1_200, "write": 300, "search": 300},
    "kiosk": {"read": 1_200, "write": 600, "search": 120},
    "display": {"read": 600, "write": 60, "search": 60},
}
_STAFF = {"read": 60_000, "write": 60_000, "search": 60_000}


def limit(role: Role, route: Route, *, scale: int = 1) -> Limit:
    """The limit that a call of this route by this role counts against."""
    kind = "search" if route.costly else "read" if route.method == "GET" else "write"
    return Limit(kind, _CALLS.get(role, _STAFF)[kind] * scale)
