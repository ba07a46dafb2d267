"""What is the same in the description of every route: the refusals, the headers, the envelope of an error."""

from typing import Any

from chalicelib.kit import errors
from chalicelib.kit.errors import CareSlotError

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
_REFUSALS: tuple[type[CareSlotError], ...] = (
    errors.Malformed,
    errors.Unauthenticated,
    errors.Forbidden,
    errors.NotFound,
    errors.Conflict,
    errors.Stale,
    errors.TooLarge,
    errors.UnsupportedMedia,
    errors.Invalid,
    errors.TooMany,
    errors.Unavailable,
)
RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Policy", "RateLimit-Remaining", "RateLimit-Reset")
_SAID_WITH = {
    errors.Unauthenticated: {"WWW-Authenticate": "The scheme to use: Bearer."},
    errors.TooMany: {"Retry-After": "Seconds to wait."},
}


def _error() -> Schema:
    detail = {"type": "object", "description": "A field and its problem, or something that is possible instead."}
    error = {
        "code": {"type": "string", "description": "A stable word."},
        "message": {"type": "string", "description": "A sentence for people."},
        "details": {"type": "array", "items": detail},
        "request_id": {"type": "string"},
    }
    inner = {"type": "object", "properties": error, "required": list(error), "additionalProperties": False}
    outer = {"success": {"const": False}, "error": inner}
    return {"type": "object", "properties": outer, "required": list(outer), "additionalProperties": False}


def _refusal(kind: type[CareSlotError]) -> Schema:
    own = {name: {"schema": {"type": "string"}, "description": what} for name, what in _SAID_WITH.get(kind, {}).items()}
    return {
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *RATE_HEADERS)} | own,
        "content": json_content({"$ref": REF.format(model="Error")}),
    }


def json_content(schema: Schema) -> Schema:
    """A body or a reply of this schema."""
    return {"application/json": {"schema": schema}}


def _header(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": description}


PARAMETERS = {
    "IdempotencyKey": _header("Idempotency-Key", "A repeat with the same key and body gets the first answer.")
    | {"schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,128}$"}},
    "IfMatch": _header("If-Match", "The ETag of the version to change; 412 when it is no longer the present one."),
    "IfNoneMatch": _header("If-None-Match", "The ETag of the copy that the caller has; 304 when it is still right."),
}
HEADERS = {
    name: {"schema": {"type": "string"}, "description": description}
    for name, description in {
        "X-Request-Id": "What to quote when asking about this request.",
        "ETag": "The version of what is shown, for If-Match and If-None-Match.",
        "Location": "The address of what was made.",
        "RateLimit-Limit": "Calls of this kind that the caller may make in a minute.",
        "RateLimit-Policy": "The same with its window, `60;w=60`.",
        "RateLimit-Remaining": "Calls that are left, as far as the process that answered knows.",
        "RateLimit-Reset": "Seconds until all of them are there again.",
        "Idempotency-Replayed": "`true` when an earlier request with the same key had made it.",
    }.items()
}
ERROR = _error()
RESPONSES = {kind.__name__: _refusal(kind) for kind in _REFUSALS}
