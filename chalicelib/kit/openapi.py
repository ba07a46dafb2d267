"""The OpenAPI 3.1 document of the declared routes; pure: the same declarations always give the same document.

Bodies are described in their canonical spelling, replies with every field that is present. The refusals of a route
follow from its declaration: who may call it, what it takes, and whether it changes something.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chalicelib.kit import ids, openapi_examples, openapi_links, openapi_replies, openapi_selection, problems
from chalicelib.kit.calls import Route
from chalicelib.kit.openapi_components import (
    BEARER,
    ERROR,
    HEADERS,
    PARAMETERS,
    PROBLEM,
    REF,
    RESPONSES,
    Schema,
    examples,
)

Key = tuple[str, str]
_INTRODUCTION = (
    "Clinic scheduling: doctors, free times, appointments. Names are snake_case; bodies may also be sent in camelCase. "
    "Unknown fields are refused. Ids are opaque. A thing that the caller may not see is a 404. A refusal has one of "
    f"these [codes]({problems.CODES}), and comes as {problems.MEDIA_TYPE} (RFC 9457) to callers who accept that."
)


def document(routes: Sequence[Route], *, version: str) -> Schema:
    """The document of `routes`, in order of path and method."""
    ordered = sorted(routes, key=lambda route: (route.path, route.method))
    schemas, components = _schemas(ordered)
    components = openapi_examples.complete(components)
    selected = [schemas[route.operation, "view"] for route in ordered if route.selects]
    described = _Described(schemas, components | openapi_selection.components(selected, components), ordered)
    paths: dict[str, Schema] = {}
    for route in ordered:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, described)
    return {
        "openapi": "3.1.0",
        "info": {"title": "CareSlot", "version": version, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({route.slice for route in routes})],
        "paths": paths,
        "components": {
            "schemas": {**described.components, "Error": ERROR, "Problem": PROBLEM},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "responses": RESPONSES,
            "examples": examples(leaf for route in routes for leaf in route.refuses),
            "securitySchemes": {"bearer": BEARER},
        },
    }


@dataclass(frozen=True, slots=True)
class _Described:
    """The schemas by operation and part, the components that they refer to, and all routes."""

    schemas: dict[Key, Schema]
    components: Schema
    routes: Sequence[Route]

    def of(self, route: Route, part: str) -> Schema | None:
        """The schema of a part of an operation, where it has one."""
        return self.schemas.get((route.operation, part))


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
    named = _as_callers_say({"found": [[*key, schema] for (key, _), schema in found.items()], "used": used})
    return {(operation, part): schema for operation, part, schema in named["found"]}, named["used"]


def _as_callers_say(schemas: Schema) -> Schema:
    """The schemas with an `Appointment` for our `AppointmentView`: that it is a view is ours to know."""
    said: Schema = json.loads(re.sub(r'("(?:#/components/schemas/)?[A-Z]\w+)View"', r'\1"', json.dumps(schemas)))
    return said


def _operation(route: Route, described: _Described) -> Schema:
    query = _query(route)
    said: Schema = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": _who(route),
        "tags": [route.slice],
        "security": [{"bearer": []}] if route.roles else [],
        "x-roles": sorted(route.roles),
        "parameters": [*_in_path(route, query, described), *_in_query(route, query), *_in_headers(route)],
        "responses": {str(route.status): _success(route, described), **openapi_replies.refusals(route)},
    }
    if route.body is not None:
        needed = any(field.is_required() for field in route.body.model_fields.values())
        said["requestBody"] = {"required": needed, "content": {route.body.media: _body(route, described)}}
    return said


def _who(route: Route) -> str:
    return f"Open to {', '.join(sorted(route.roles))}." if route.roles else "Open to everyone, without a token."


def _body(route: Route, described: _Described) -> Schema:
    schema = described.schemas[route.operation, "body"]
    shown = described.components[schema["$ref"].rpartition("/")[2]]["examples"]
    return {"schema": schema, "examples": {f"example_{n}": {"value": one} for n, one in enumerate(shown, start=1)}}


def _success(route: Route, described: _Described) -> Schema:
    view, meta = described.of(route, "view"), described.of(route, "meta")
    said = openapi_replies.success(route, view, meta, described.components)
    links = openapi_links.of(route, described.routes)
    return said | ({"links": links} if links else {})


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


def _in_path(route: Route, query: Schema, described: _Described) -> list[Schema]:
    opaque = {"type": "string", "maxLength": ids.LONGEST, "pattern": f"^{ids.SHAPE.pattern}$"}
    shown = openapi_examples.words(described.components) | _own_id(route, described) | route.example
    found = []
    for name in openapi_replies.variables(route):
        schema = _undescribed(query["properties"].get(name, opaque))
        example = shown.get(name) or openapi_examples.value(schema, described.components)
        found.append({"name": name, "in": "path", "required": True, "schema": schema, "example": example})
    return found


def _own_id(route: Route, described: _Described) -> Schema:
    """The id of the thing under whose address the route stands, as the example of its view has it."""
    for other in described.routes:
        view = described.of(other, "view") or {}
        if openapi_links.is_under(route, other.path) and other.method == "GET" and "$ref" in view:
            return {"id": openapi_examples.value(view, described.components).get("id")}
    return {}


def _in_query(route: Route, query: Schema) -> list[Schema]:
    found = []
    for name, part in query["properties"].items():
        if name in openapi_replies.variables(route):
            continue
        said = {"description": part["description"]} if "description" in part else {}
        required = name in query.get("required", [])
        found.append({"name": name, "in": "query", "required": required, "schema": _undescribed(part), **said})
    return found + ([openapi_selection.parameter(route.view)] if route.selects else [])


def _undescribed(schema: Schema) -> Schema:
    return {word: value for word, value in schema.items() if word != "description"}


def _in_headers(route: Route) -> list[Schema]:
    named = {
        "IdempotencyKey": route.status == openapi_replies.CREATED,
        "IfMatch": openapi_replies.is_matched(route),
        "IfNoneMatch": route.method == "GET" and openapi_replies.is_tagged(route),
    }
    return [{"$ref": f"#/components/parameters/{name}"} for name, there in named.items() if there]
