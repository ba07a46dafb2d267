"""What a route may answer, as OpenAPI responses: its success with examples and links, and every refusal with its codes.

The refusals follow from the declaration: who may call, what it takes, whether it changes something, and what it names
itself. Where it names some, the reply's schema lists the codes, so that a reply with another code is off the schema.
"""

import re
from collections.abc import Iterable
from types import NoneType
from typing import get_args, get_origin

from chalicelib.kit import errors, openapi_examples, openapi_selection, selection
from chalicelib.kit.calls import Route
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.openapi_components import BARE, CODES, RATE_HEADERS, Schema, refusal

CREATED = 201
HTML = "text/html"  # a page's own refusals are pages too, for whoever accepts that


def success(route: Route, view: Schema | None, meta: Schema | None, components: Schema) -> Schema:
    """The reply of a request that is granted."""
    headers = {
        "X-Request-Id": True,
        "ETag": is_tagged(route),
        "Location": route.status == CREATED,
        "Idempotency-Replayed": route.status == CREATED,
        **dict.fromkeys(RATE_HEADERS, bool(route.roles)),
    }
    if view:
        content = {"application/json": _enveloped(route, view, meta, components)}
        if route.selects:
            content[selection.MEDIA_TYPE] = _enveloped(route, openapi_selection.of(view), meta, components)
    else:
        content = {media: BARE[media] for media in route.media}
    return {
        "description": "Created." if route.status == CREATED else "Done.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name, there in headers.items() if there},
        "content": content,
    }


def refusals(route: Route) -> Schema:
    """Every other status that the route may answer, with what it says."""
    said: Schema = {}
    for kind in _kinds(route):
        own = [leaf for leaf in route.refuses if leaf.status == kind.status]
        generic = [] if kind is errors.Conflict and own else CODES[kind]
        component = {"$ref": f"#/components/responses/{kind.__name__}"}
        said[str(kind.status)] = refusal(kind, [*generic, *own]) if own else component
        if own and HTML in route.media:
            said[str(kind.status)]["content"][HTML] = BARE[HTML]
    if route.method == "GET" and is_tagged(route):
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", "ETag")}
        said["304"] = {"description": "The caller's copy is still right.", "headers": headers}
    return dict(sorted(said.items()))


def is_tagged(route: Route) -> bool:
    """Whether the success carries an ETag."""
    return route.tagged and get_origin(route.view) is not list


def is_matched(route: Route) -> bool:
    """Whether the route changes one existing thing, so that the caller may say which version is meant."""
    return route.method != "GET" and route.status != CREATED and is_tagged(route)


def variables(route: Route) -> list[str]:
    """The names of the path's variables."""
    return re.findall(r"{(\w+)}", route.path)


def _enveloped(route: Route, view: Schema, meta: Schema | None, components: Schema) -> Schema:
    always = meta is not None and NoneType not in get_args(route.meta)
    schema = {
        "type": "object",
        "properties": {"success": {"const": True}, "data": view} | ({"meta": meta} if meta else {}),
        "required": ["success", "data", *(["meta"] if always else [])],
        "additionalProperties": False,
    }
    around = {"meta": openapi_examples.value(_present(meta), components)} if meta else {}
    shown = openapi_examples.each(view, components)
    examples = {name: {"value": {"success": True, "data": data, **around}} for name, data in shown.items()}
    return {"schema": schema, "examples": examples}


def _present(meta: Schema) -> Schema:
    first: Schema = next(kind for kind in meta.get("anyOf", [meta]) if kind != {"type": "null"})
    return first


def _kinds(route: Route) -> Iterable[type[CareSlotError]]:
    """The kinds of refusal that the route may answer."""
    changes = route.method != "GET"
    body = route.body is not None
    named = {leaf.status for leaf in route.refuses}
    there: dict[type[CareSlotError], bool] = {
        errors.Malformed: True,
        errors.Unauthenticated: bool(route.roles),
        errors.Forbidden: bool(route.roles),
        errors.NotFound: bool(variables(route)) or _names_others(route),
        errors.Conflict: changes and is_tagged(route),
        errors.Stale: is_matched(route),
        errors.TooLarge: True,
        errors.UnsupportedMedia: body,
        errors.Invalid: True,
        errors.TooMany: True,
        errors.Unavailable: True,
    }
    return [kind for kind, applies in there.items() if applies or kind.status in named]


def _names_others(route: Route) -> bool:
    """Whether the body or the query names another thing, which may be absent."""
    fields = [name for model in (route.body, route.query) if model is not None for name in model.model_fields]
    return any(name.endswith(("_id", "_ids")) for name in fields)
