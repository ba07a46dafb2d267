"""Acting as someone else: what an administrator does in a patient's or doctor's place is said to be so.

Writes and views carry both names through `Claims.actor`; each call is also logged, and counted for an alarm.
"""

from datetime import datetime

from chalicelib.kit import metrics
from chalicelib.kit.auth import Claims
from chalicelib.kit.calls import Route
from chalicelib.kit.log import logger


def note(route: Route, claims: Claims, _now: datetime) -> dict[str, str]:
    """Let it pass, and leave a trace of it; the reply says for whom it was."""
    if not claims.behind:
        return {}
    person = f"{claims.role}:{claims.sub}"
    logger.info("acting as", extra={"by": claims.behind, "as": person, "operation": route.operation})
    metrics.count("ActedAs")
    return {"X-Acting-As": person}
