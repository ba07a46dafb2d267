"""Problems: a refusal as RFC 9457 has it, for callers whose `Accept` prefers that to our own envelope; pure.

`type` leads to the code's entry on the page of codes. It has no host, since one answer serves every stage, and the
full path, so that it means the same whatever address refused (section 3.1.1). `title` is the same for all of a code.
"""

import re
from typing import Any

from chalicelib.kit.errors import CareSlotError

MEDIA_TYPE = "application/problem+json"
CODES = "/api/docs/codes"
_OWN = "application/json"
_QUALITY = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def of(refusal: CareSlotError, request_id: str) -> dict[str, Any]:
    """The refusal's problem details, with our code, details and request id as extensions."""
    return {
        "type": f"{CODES}#{refusal.code}",
        "title": refusal.title(),
        "status": refusal.status,
        "detail": refusal.message,
        "code": refusal.code,
        "details": refusal.details,
        "request_id": request_id,
    }


def are_preferred(accept: str) -> bool:
    """Whether an `Accept` names problem details, not refusing them, and wants plain JSON no more than them.

    A range (`*/*`) alone names nothing: whoever takes anything gets what everyone gets.
    """
    if MEDIA_TYPE not in accept.lower():  # most never heard of it
        return False
    ranges = _ranges(accept)
    wanted = ranges.get(MEDIA_TYPE, 0.0)
    return wanted > 0 and wanted >= _quality(ranges, _OWN)


def _quality(ranges: dict[str, float], media_type: str) -> float:
    """How much the media type is wanted: what the narrowest range says that covers it (RFC 9110, section 12.5.1)."""
    group = media_type.partition("/")[0]
    return next((ranges[one] for one in (media_type, f"{group}/*", "*/*") if one in ranges), 0.0)


def _ranges(accept: str) -> dict[str, float]:
    """The ranges with their qualities from 0 to 1; one whose quality cannot be read counts for nothing."""
    found: dict[str, float] = {}
    for one in accept.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        found[name] = float(quality) if _QUALITY.fullmatch(quality) else 0.0
    return found
