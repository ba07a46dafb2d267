"""The mark of one request on all that it writes."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.kit.auth import Claims
from chalicelib.kit.errors import Stale


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, when, from which request; under which idempotency key, and on top of which version.

    `fingerprint` is a digest of the key, the caller, the path and the body; empty without a key.
    """

    by: Claims
    now: datetime
    request_id: str
    key: str | None = None
    fingerprint: str = ""
    if_match: str | None = None

    def check_match(self, version: int) -> None:
        """`Stale` when the caller names the version to be changed and the thing has another by now.

        Weak tags count: proxies weaken a tag when they compress. What follows a dot in a tag (it tells
        apart readings of one version) does not.
        """
        if self.if_match is None:
            return
        tags = [tag.strip().removeprefix("W/").strip('"').split(".")[0] for tag in self.if_match.split(",")]
        if "*" not in tags and str(version) not in tags:
            raise Stale(
                "It has changed since you read it; read it again.",
                details=[{"field": "If-Match", "problem": "not the present version"}],
                headers={"ETag": f'"{version}"'},
            )
