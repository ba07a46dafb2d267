"""Selections in the API's description: the parameter `fields`, and what a reply with some fields only holds; pure.

A selection is described under a media type of its own. As an alternative to the whole under the same media type, it
would let a whole reply pass that lacks a field, and in the types of every client all fields would be optional.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.kit import selection

Schema = dict[str, Any]
_SUFFIX = "Selection"
_SHOWN = 3


def parameter(view: Any) -> Schema:
    """The parameter `fields` of a route with this view."""
    names = {"type": "string", "enum": list(selection.names(view))}
    return {
        "name": selection.PARAMETER,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": {"type": "array", "items": names, "minItems": 1, "maxItems": selection.MOST},
        "description": "Only these fields of what is shown, separated by commas; the whole of it without.",
    }


def of(view: Schema) -> Schema:
    """The schema of a selection out of what this one describes."""
    if "items" in view:
        return view | {"items": of(view["items"])}
    if "anyOf" in view:
        return view | {"anyOf": [of(kind) for kind in view["anyOf"]]}
    return {"$ref": view["$ref"] + _SUFFIX}


def components(views: Iterable[Schema], whole: Schema) -> Schema:
    """The components that selections out of these views refer to, made from those of the whole."""
    shown = sorted({name for view in views for name in _named(view)})
    return {name + _SUFFIX: _some(name, whole[name]) for name in shown}


def _named(view: Schema) -> Iterator[str]:
    if "$ref" in view:
        yield view["$ref"].rpartition("/")[2]
    for inner in [*view.get("anyOf", ()), *([view["items"]] if "items" in view else [])]:
        yield from _named(inner)


def _some(name: str, whole: Schema) -> Schema:
    shown = list(whole["properties"])[:_SHOWN]
    return {
        "type": "object",
        "title": name + _SUFFIX,
        "description": f"Those fields of {name} that were asked for.",
        "properties": whole["properties"],
        "additionalProperties": False,
        "examples": [{one: whole["examples"][0][one] for one in shown}],
    }
