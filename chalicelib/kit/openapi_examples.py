"""Examples for the API's description, made from what stands beside the models; pure.

A model names the values that tell something; what it leaves out is filled in from the schema, so that an example is
always whole. Text that nobody named becomes `UNNAMED`, which a test refuses in the published document.
"""

from typing import Any

Schema = dict[str, Any]
UNNAMED = "…"
_OF_FORMAT = {"date": "2026-01-15", "date-time": "2026-01-15T10:00:00Z", "email": "zoe@example.com"}
_OF_TYPE: Schema = {"string": UNNAMED, "boolean": False, "number": 0, "array": [], "object": {}}


def complete(components: Schema) -> Schema:
    """The components, every object of them with whole examples."""
    return {
        name: schema | {"examples": _whole(schema, components)} if "properties" in schema else schema
        for name, schema in components.items()
    }


def value(schema: Schema, components: Schema) -> Any:
    """One value of the schema: what it names, its default or first word, or the plainest of its type."""
    if "$ref" in schema:
        found = components[schema["$ref"].rpartition("/")[2]]
        return _whole(found, components)[0] if "properties" in found else value(found, components)
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        return None if {"type": "null"} in kinds else value(kinds[0], components)
    return _plain(schema, components)


def each(schema: Schema, components: Schema) -> dict[str, Any]:
    """A value of every alternative of the schema, by the name of what it shows; of a list, a list of one."""
    found = {}
    for kind in schema.get("anyOf", [schema]):
        listed = kind.get("type") == "array"
        one = kind["items"] if listed else kind
        shown = value(one, components)
        found[one.get("$ref", "example").rpartition("/")[2]] = [shown] if listed else shown
    return found


def words(components: Schema) -> dict[str, str]:
    """Ids by the name of the field in which the examples have them: `doctor_id`, `patient_id`."""
    return {
        name: one
        for schema in components.values()
        for shown in schema.get("examples", ())[:1]
        for name, one in (shown.items() if isinstance(shown, dict) else ())
        if name.endswith("_id") and isinstance(one, str)
    }


def _whole(schema: Schema, components: Schema) -> list[Schema]:
    """The model's own examples with all that is required besides."""
    properties = schema["properties"]
    required = [name for name in properties if name in schema.get("required", ())]
    return [
        {name: value(properties[name], components) for name in required if name not in given} | given
        for given in schema.get("examples", [{}])
    ]


def _plain(schema: Schema, components: Schema) -> Any:
    kind = schema.get("type", "object")
    if kind == "array" and schema.get("minItems"):
        return [value(schema["items"], components)]
    if kind == "object" and "properties" in schema:
        return _whole(schema, components)[0]
    if kind == "integer":
        return schema.get("minimum", 0)
    return _OF_FORMAT.get(schema.get("format", ""), _OF_TYPE.get(kind))
