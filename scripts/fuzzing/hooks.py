"""Loaded by Schemathesis for walks along the links: bodies say what is needed, and what cannot stand in the way."""

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


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """The generated body without the fields that would make a refusal all but certain."""
    if context.operation is None or context.operation.tags != ["scheduling"] or not isinstance(body, dict):
        return body
    return {name: value for name, value in body.items() if name not in _IN_THE_WAY}
