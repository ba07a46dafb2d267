"""What is the same in the description of every route: the refusals in their two forms, and the headers."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.kit import errors, problems
from chalicelib.kit.auth import KeyOutOfScope, MayNotActAs, SessionEnded
from chalicelib.kit.calls import KEY_SHAPE, MOST_OF_KEY, MOST_TAGS
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.jsonbody import NotJson, NotUtf8, RepeatedField, TooDeep

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
CODES: dict[type[CareSlotError], tuple[type[CareSlotError], ...]] = {
    errors.Malformed: (errors.Malformed, NotJson, NotUtf8, RepeatedField, TooDeep),
    errors.Unauthenticated: (errors.Unauthenticated, SessionEnded),
    errors.Forbidden: (errors.Forbidden, KeyOutOfScope, MayNotActAs),
    errors.NotFound: (errors.NotFound,),
    errors.Conflict: (),
    errors.Stale: (errors.Stale,),
    errors.TooLarge: (errors.TooLarge,),
    errors.UnsupportedMedia: (errors.UnsupportedMedia,),
    errors.Invalid: (errors.Invalid,),
    errors.TooMany: (errors.TooMany,),
    errors.Unavailable: (errors.Unavailable,),
}
"""The refusals that any route may answer, by their kind; of conflicts, each route names its own."""
RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Policy", "RateLimit-Remaining", "RateLimit-Reset")
_SAID_WITH = {
    errors.Unauthenticated: {"WWW-Authenticate": "The scheme to use: Bearer."},
    errors.TooMany: {"Retry-After": "Seconds to wait."},
}
_AS_PROBLEM = ".problem"
_REQUEST = "0f5b2c1e-6d3a-4b7e-9c55-2f1d8a7e4c90"


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


def _problem(error: Schema) -> Schema:
    own: Schema = error["properties"]["error"]["properties"]
    said = {
        "type": {"type": "string", "format": "uri-reference", "description": "Where the code is explained."},
        "title": {"type": "string", "description": "What all with this code have in common."},
        "status": {"type": "integer", "description": "That of the reply."},
        "detail": own["message"],
        **{name: own[name] for name in ("code", "details", "request_id")},
    }
    about = "A refusal as RFC 9457 has it, for callers who accept that no less than plain JSON."
    return {
        "type": "object",
        "description": about,
        "properties": said,
        "required": list(said),
        "additionalProperties": False,
    }


def refusal(kind: type[CareSlotError], leaves: Sequence[type[CareSlotError]]) -> Schema:
    """The reply of a kind of refusal, with the codes that it may carry and an example of each."""
    own = {name: {"schema": {"type": "string"}, "description": what} for name, what in _SAID_WITH.get(kind, {}).items()}
    codes = sorted({leaf.code for leaf in leaves})
    said: Schema = {"schema": {"$ref": REF.format(model="Error")}}
    problem: Schema = {"schema": {"$ref": REF.format(model="Problem")}}
    if codes:
        one_of_these = {"properties": {"code": {"enum": codes}}}
        said["schema"] = {"allOf": [said["schema"], {"properties": {"error": one_of_these}}]}
        said["examples"] = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
        problem["schema"] = {"allOf": [problem["schema"], one_of_these]}
        problem["examples"] = {code: {"$ref": f"#/components/examples/{code}{_AS_PROBLEM}"} for code in codes}
    return {
        "description": kind.title(),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *RATE_HEADERS)} | own,
        "content": {"application/json": said, problems.MEDIA_TYPE: problem},
    }


def known(leaves: Iterable[type[CareSlotError]]) -> list[type[CareSlotError]]:
    """These refusals and those that any route may answer, in order of their codes."""
    everywhere = {leaf for generic in CODES.values() for leaf in generic}
    return sorted({*leaves} | everywhere, key=lambda leaf: (leaf.code, leaf.__name__))


def examples(leaves: Iterable[type[CareSlotError]]) -> Schema:
    """An example of each refusal in both forms by its code, besides those that any route may answer."""
    found: Schema = {}
    for leaf in known(leaves):
        one = leaf.sample()
        error = {"code": one.code, "message": one.message, "details": one.details, "request_id": _REQUEST}
        found[one.code] = {"summary": leaf.title(), "value": {"success": False, "error": error}}
        found[one.code + _AS_PROBLEM] = {"summary": leaf.title(), "value": problems.of(one, _REQUEST)}
    return found


def _parameter(name: str, description: str, **schema: Any) -> Schema:
    return {"name": name, "in": "header", "schema": {"type": "string", **schema}, "description": description}


PARAMETERS = {
    "IdempotencyKey": _parameter(
        "Idempotency-Key",
        "A repeat with the same key and body gets the first answer.",
        maxLength=MOST_OF_KEY,
        pattern=f"^{KEY_SHAPE}$",
    ),
    "IfMatch": _parameter(
        "If-Match", "The ETag of the version to change; 412 when it is no longer the present one.", maxLength=MOST_TAGS
    ),
    "IfNoneMatch": _parameter(
        "If-None-Match", "The ETag of the copy that the caller has; 304 when it is still right.", maxLength=MOST_TAGS
    ),
}
HEADERS = {
    name: {"schema": {"type": "string"}, "description": description, "example": example}
    for name, description, example in (
        ("X-Request-Id", "What to quote when asking about this request.", _REQUEST),
        ("ETag", "The version of what is shown, for If-Match and If-None-Match.", '"3"'),
        ("Location", "The address of what was made.", "/api/appointments/apt_123"),
        ("RateLimit-Limit", "Calls of this kind that the caller may make in a minute.", "60"),
        ("RateLimit-Policy", "The same with its window in seconds.", "60;w=60"),
        ("RateLimit-Remaining", "Calls that are left, as far as the process that answered knows.", "59"),
        ("RateLimit-Reset", "Seconds until all of them are there again.", "60"),
        ("Idempotency-Replayed", "`true` when an earlier request with the same key had made it.", "true"),
    )
}
BARE = {
    media: {"schema": schema, "examples": {"beginning": {"value": value}}}
    for media, schema, value in (
        ("application/json", {"type": "object"}, {"openapi": "3.1.0"}),
        ("text/html", {"type": "string"}, "<!doctype html>"),
        ("text/xml", {"type": "string"}, "<Response/>"),
        ("text/javascript", {"type": "string"}, "SwaggerUIBundle({});"),
        ("text/css", {"type": "string"}, "body { margin: 0; }"),
    )
}
ERROR = _error()
PROBLEM = _problem(ERROR)
RESPONSES = {kind.__name__: refusal(kind, leaves) for kind, leaves in CODES.items()}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of the issuer (a JWT), or an API key of `POST /api/keys`.",
}
