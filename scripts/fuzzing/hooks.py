"""Loaded by Schemathesis for walks along the links: bodies say what is needed, and what cannot stand in the way.

Replies are asked for as a whole, since links begin at their ids. The rest of the campaign sends everything.
"""

from collections.abc import Collection, Mapping
from typing import Any

import schemathesis

# A service, a place, a mode or a person drawn at random hardly ever fits the doctor and the time that were drawn.
_IN_THE_WAY = frozenset(
    {
        "can_reschedule",
        "duration_minutes",
        "location_id",
        "mode",
        "override_reason",
        "patient_details",
        "priority",
        "service_id",
    }
)
_NARROWING = frozenset({"available_on", "cursor", "fields", "hospital_id", "location_id", "service_id"})


@schemathesis.hook
def map_query(_context: schemathesis.HookContext, query: Any) -> Any:
    """The generated query without what hardly ever finds anything, and without a selection of fields."""
    return _without(query, _NARROWING)


@schemathesis.hook
def map_headers(_context: schemathesis.HookContext, headers: Any) -> Any:
    """The generated headers without a version drawn at random, which is never the present one."""
    return _without(headers, {"If-Match"})


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """The generated body without the fields that would make a refusal all but certain."""
    if context.operation is None or context.operation.tags != ["scheduling"]:
        return body
    return _without(body, _IN_THE_WAY)


def _without(generated: Any, names: Collection[str]) -> Any:
    if not isinstance(generated, Mapping):
        return generated
    return {name: value for name, value in generated.items() if name not in names}
