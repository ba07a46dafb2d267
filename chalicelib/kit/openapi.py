"""The OpenAPI 3.1 document of the declared routes; pure: the same declarations always give the same document.

Bodies are described in their canonical spelling, replies with every field that is present. The refusals of a route
follow from its declaration: who may call it, what it takes, and whether it changes something.
"""

import re
from collections.abc import Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chalicelib.kit import errors, ids
from chalicelib.kit.calls import Route
from chalicelib.kit.openapi_components import (
    ERROR,
    HEADERS,
    PARAMETERS,
    RATE_HEADERS,
    REF,
    RESPONSES,
    Schema,
    json_content,
)

Key = tuple[str, str]
_INTRODUCTION = (
    "Clinic scheduling: doctors, free times, appointments. Names are snake_case; bodies may also be sent in camelCase. "
    "Unknown fields are refused. Ids are opaque. A thing that the caller may not see is a 404."
)
_CREATED = 201


def document(routes: Sequence[Route], *, version: str) -> Schema:
    """The document of `routes`, in order of path and method."""
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    schemas, components = _schemas(ordered)
    paths: dict[str, Schema] = {}
    for route in ordered:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "CareSlot", "version": version, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({route.slice for route in routes})],
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": ERROR},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": RESPONSES,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


class _Plain(GenerateJsonSchema):
    """Without a title per field, and without null as the default of what may be left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - for every schema
        return False

    def default_schema(self, schema: Any) -> Schema:
        found = super().default_schema(schema)
        return {name: value for name, value in found.items() if (name, value) != ("default", None)}


def _schemas(routes: Sequence[Route]) -> tuple[dict[Key, Schema], Schema]:
    """Every declared body, view and meta by operation, and the components that they refer to."""
    wanted: list[tuple[Key, Literal["validation", "serialization"], TypeAdapter[Any]]] = []
    for route in routes:
        if route.body is not None:
            wanted.append(((route.operation, "body"), "validation", TypeAdapter(route.body)))
        for part, kind in (("view", route.view), ("meta", route.meta)):
            if kind is not None:
                wanted.append(((route.operation, part), "serialization", TypeAdapter(kind)))
    found, components = TypeAdapter.json_schemas(wanted, ref_template=REF, schema_generator=_Plain)
    text = repr((found, components))  # pydantic leaves the types of omitted fields behind
    used = {name: part for name, part in components.get("$defs", {}).items() if repr(REF.format(model=name)) in text}
    return {key: schema for (key, _), schema in found.items()}, used


def _operation(route: Route, schemas: dict[Key, Schema]) -> Schema:
    query = _query(route)
    said: Schema = {
        "operationId": route.operation,
        "summary": route.summary,
        "tags": [route.slice],
        "security": [{"bearer": []}] if route.roles else [],
        "x-roles": sorted(route.roles),
        "parameters": [*_in_path(route, query), *_in_query(route, query), *_in_headers(route)],
        "responses": {str(route.status): _success(route, schemas), **_refusals(route)},
    }
    if route.body is not None:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        said["requestBody"] = {"required": needed, "content": json_content(schemas[route.operation, "body"])}
    return said


def _query(route: Route) -> Schema:
    """The query's schema, its properties as one can write them in an address."""
    if route.query is None:
        return {"properties": {}}
    schema = route.query.model_json_schema(ref_template=REF, schema_generator=_Plain)
    return schema | {"properties": {name: _present(part) for name, part in schema.get("properties", {}).items()}}


def _present(schema: Schema) -> Schema:
    """A schema without null, which no address can say."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**kinds[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def _variables(route: Route) -> list[str]:
    return re.findall(r"{(\w+)}", route.path)


def _in_path(route: Route, query: Schema) -> list[Schema]:
    opaque = {"type": "string", "pattern": f"^{ids.SHAPE.pattern}$"}
    return [
        {"name": name, "in": "path", "required": True, "schema": _undescribed(query["properties"].get(name, opaque))}
        for name in _variables(route)
    ]


def _in_query(route: Route, query: Schema) -> list[Schema]:
    found = []
    for name, part in query["properties"].items():
        if name in _variables(route):
            continue
        said = {"description": part["description"]} if "description" in part else {}
        required = name in query.get("required", [])
        found.append({"name": name, "in": "query", "required": required, "schema": _undescribed(part), **said})
    return found


def _undescribed(schema: Schema) -> Schema:
    return {word: value for word, value in schema.items() if word != "description"}


def _in_headers(route: Route) -> list[Schema]:
    named = {
        "IdempotencyKey": route.status == _CREATED,
        "IfMatch": _matches(route),
        "IfNoneMatch": route.method == "GET" and _tagged(route),
    }
    return [{"$ref": f"#/components/parameters/{name}"} for name, there in named.items() if there]


def _tagged(route: Route) -> bool:
    return route.tagged and get_origin(route.view) is not list


def _matches(route: Route) -> bool:
    """Whether the route changes one existing thing, so that the caller may say which version is meant."""
    return route.method != "GET" and route.status != _CREATED and _tagged(route)


def _success(route: Route, schemas: dict[Key, Schema]) -> Schema:
    headers = {
        "X-Request-Id": True,
        "ETag": _tagged(route),
        "Location": route.status == _CREATED,
        "Idempotency-Replayed": route.status == _CREATED,
        **dict.fromkeys(RATE_HEADERS, bool(route.roles)),
    }
    view = schemas.get((route.operation, "view"))
    schema = _envelope(view, route.meta, schemas.get((route.operation, "meta"))) if view else {"type": "object"}
    return {
        "description": "Created." if route.status == _CREATED else "Done.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name, there in headers.items() if there},
        "content": json_content(schema),
    }


def _envelope(view: Schema, meta_kind: Any, meta: Schema | None) -> Schema:
    always = meta is not None and NoneType not in get_args(meta_kind)
    return {
        "type": "object",
        "properties": {"success": {"const": True}, "data": view} | ({"meta": meta} if meta else {}),
        "required": ["success", "data", *(["meta"] if always else [])],
        "additionalProperties": False,
    }


def _refusals(route: Route) -> Schema:
    changes = route.method != "GET"
    body = route.body is not None
    there: dict[type[errors.CareSlotError], bool] = {
        errors.Malformed: body or route.status == _CREATED,
        errors.Unauthenticated: bool(route.roles),
        errors.Forbidden: bool(route.roles),
        errors.NotFound: bool(_variables(route)) or _names_others(route),
        errors.Conflict: changes and _tagged(route),
        errors.Stale: _matches(route),
        errors.TooLarge: body,
        errors.UnsupportedMedia: body,
        errors.Invalid: True,
        errors.TooMany: True,
        errors.Unavailable: True,
    }
    unchanged = {"304": {"description": "The caller's copy is still right."}}
    said = {
        str(kind.status): {"$ref": f"#/components/responses/{kind.__name__}"}
        for kind, applies in there.items()
        if applies
    }
    return said | (unchanged if not changes and _tagged(route) else {})


def _names_others(route: Route) -> bool:
    """Whether the body or the query names another thing, which may be absent."""
    fields = [name for model in (route.body, route.query) if model is not None for name in model.model_fields]
    return any(name.endswith(("_id", "_ids")) for name in fields)
