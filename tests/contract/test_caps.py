"""Nothing that a caller sends is without an end: every text, list and number has a bound, and the bound is told."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.kit.http import ROUTES
from infra import openapi
from tests.builders import Data
from tests.client import Client

DOCUMENT = openapi.declared()
COMPONENTS = DOCUMENT["components"]["schemas"]
BODIES = sorted({route.body.__name__ for route in ROUTES if route.body})
LIMITS = ("minimum", "maximum")
OPERATIONS = [(path, method, said) for path, methods in DOCUMENT["paths"].items() for method, said in methods.items()]


def resolved(schema: Data) -> Data:
    """The schema behind a reference."""
    found: Data = COMPONENTS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def kinds(schema: Data) -> list[Data]:
    """The alternatives of a schema, without null."""
    schema = resolved(schema)
    nested = [] if "x-max-bytes" in schema else [kinds(kind) for kind in schema.get("anyOf", ())]
    return [kind for found in nested for kind in found] if nested else [schema] * (schema != {"type": "null"})


def is_bounded(schema: Data) -> bool:
    """Whether a plain value of the schema has an end; objects and lists are looked into elsewhere."""
    checks = {
        "string": schema.get("format") == "date" or "maxLength" in schema,
        "integer": all(limit in schema for limit in LIMITS),
        "number": all(limit in schema for limit in LIMITS),
        "array": "maxItems" in schema,
        "object": "properties" in schema,
        "boolean": True,
    }
    return "enum" in schema or "const" in schema or checks.get(schema.get("type", ""), False)


def endless(schema: Data, path: str) -> Iterator[str]:
    """The paths within a schema at which a caller could go on for ever."""
    for kind in kinds(schema):
        if "x-max-bytes" in kind:
            continue
        if not is_bounded(kind):
            yield path
        for name, part in kind.get("properties", {}).items():
            yield from endless(part, f"{path}.{name}")
        if "items" in kind:
            yield from endless(kind["items"], f"{path}[]")


@pytest.mark.parametrize("model", BODIES)
def test_every_value_of_a_body_has_a_bound(model: str) -> None:
    assert sorted(set(endless(COMPONENTS[model], model))) == []


@pytest.mark.parametrize(("path", "method", "said"), OPERATIONS, ids=[f"{m} {p}" for p, m, _ in OPERATIONS])
def test_every_parameter_has_a_bound(path: str, method: str, said: Data) -> None:
    shared = DOCUMENT["components"]["parameters"]
    listed = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in said["parameters"]]

    unbounded = [one["name"] for one in listed if list(endless(one["schema"], one["name"]))]

    assert unbounded == [], f"{method} {path}"


def test_an_unbounded_value_is_noticed_wherever_it_stands() -> None:
    hidden = {"type": "array", "maxItems": 3, "items": {"anyOf": [{"type": "null"}, {"type": "string"}]}}

    found = list(endless({"type": "object", "properties": {"a": hidden, "b": {"type": "integer", "minimum": 0}}}, "m"))

    assert found == ["m.a[]", "m.b"]


def beyond(schema: Data) -> list[Any]:
    """Values just past each bound of a schema."""
    found: list[Any] = []
    for kind in kinds(schema):
        if "enum" in kind or "x-max-bytes" in kind:
            continue
        if "maxLength" in kind:
            found.append("a" * (kind["maxLength"] + 1))
        if "maxItems" in kind:
            found.append([None] * (kind["maxItems"] + 1))
        found += [kind[limit] + step for limit, step in (("maximum", 1), ("minimum", -1)) if limit in kind]
    return found


SENT = [
    (path, method, name, value)
    for path, method, said in OPERATIONS
    for content in said.get("requestBody", {}).get("content", {}).values()
    for name, part in resolved(content["schema"])["properties"].items()
    for value in beyond(part)
]


@pytest.mark.parametrize(
    ("path", "method", "name", "value"), SENT, ids=[f"{m} {p} {n} {i}" for i, (p, m, n, _) in enumerate(SENT)]
)
def test_what_lies_beyond_a_bound_is_refused_by_name(
    api: Client, path: str, method: str, name: str, value: Any
) -> None:
    said = DOCUMENT["paths"][path][method]
    [(media, content)] = said["requestBody"]["content"].items()
    body = content["examples"]["example_1"]["value"] | {name: value}
    caller = (api.as_(said["x-roles"][0]) if said["x-roles"] else api).with_(content_type=media)
    form = media.endswith("urlencoded")

    answer = caller.send(method.upper(), path.replace("{id}", "x"), urlencode(body).encode() if form else body)

    assert answer.status == 422
    assert {field.split("[")[0] for field in answer.fields} == {name}


ASKED = [
    (path, method, one["name"], value)
    for path, method, said in OPERATIONS
    for one in said["parameters"]
    if one.get("in") == "query"
    for value in beyond(one["schema"])
]


@pytest.mark.parametrize(
    ("path", "method", "name", "value"), ASKED, ids=[f"{m} {p} {n} {i}" for i, (p, m, n, _) in enumerate(ASKED)]
)
def test_a_parameter_beyond_its_bound_is_refused_by_name(
    api: Client, path: str, method: str, name: str, value: Any
) -> None:
    said = DOCUMENT["paths"][path][method]
    asked = [one for one in said["parameters"] if one.get("in") == "query"]
    needed = {one["name"]: one["schema"].get("examples", ["loc_x"])[0] for one in asked if one["required"]}
    at = re.sub(r"{\w+}", "x", path.replace("{date}", "2026-01-15"))
    caller = api.as_(said["x-roles"][0]) if said["x-roles"] else api

    answer = caller.send(method.upper(), at, query={**needed, name: value})

    assert answer.status == 422
    assert answer.fields == [name]


HEADERS = {
    "if_match": ("PUT", "/api/doctors/x", "If-Match"),
    "if_none_match": ("GET", "/api/doctors/x", "If-None-Match"),
    "idempotency_key": ("POST", "/api/appointments/x/confirm", "Idempotency-Key"),
}


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_beyond_its_bound_is_refused_by_name(api: Client, header: str) -> None:
    method, path, name = HEADERS[header]

    answer = api.as_("admin").with_(**{header: "a" * 401}).send(method, path, {})

    assert answer.status == 400
    assert answer.fields == [name]


def test_a_body_with_thousands_of_wrong_fields_is_refused_in_few_words(api: Client) -> None:
    wrong = {f"field_{number}": 1 for number in range(5_000)}

    answer = api.as_("admin").post("/api/hospitals", wrong)

    assert answer.status == 422
    assert len(answer.fields) == 50


def test_an_endless_token_is_no_token(api: Client) -> None:
    answer = api.with_(authorization="Bearer " + "a" * 20_000).get("/api/hospitals")

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")
