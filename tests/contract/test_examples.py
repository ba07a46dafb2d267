"""Every body, reply and refusal has an example: whole, true to its schema, and accepted where it is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from chalicelib.kit.openapi_examples import UNNAMED
from infra import openapi
from tests.builders import Data

DOCUMENT = openapi.declared()
CONTENTS = [
    (f"{said['operationId']} {where}", media, content)
    for methods in DOCUMENT["paths"].values()
    for said in methods.values()
    for where, part in [("body", said.get("requestBody", {})), *said["responses"].items()]
    for media, content in part.get("content", {}).items()
]
SHARED = [
    (name, media, one)
    for name, said in DOCUMENT["components"]["responses"].items()
    for media, one in said["content"].items()
]
WITH_BODY = [route for route in ROUTES if route.body]


def resolved(part: Data) -> Data:
    """What stands behind a reference."""
    found: Any = DOCUMENT
    for step in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
        found = found[step]
    return part if found is DOCUMENT else found


def shown(content: Data) -> list[Any]:
    """The values of a content's examples."""
    return [resolved(example)["value"] for example in content.get("examples", {}).values()]


def problems(schema: Data, value: Any) -> list[str]:
    """What keeps a value from being of a schema of the document."""
    validator = Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def texts(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        yield from texts(member)


@pytest.mark.parametrize(("name", "media", "content"), CONTENTS, ids=[name for name, *_ in CONTENTS])
def test_everything_that_is_sent_has_an_example_of_its_schema(name: str, media: str, content: Data) -> None:
    found = shown(content)

    assert found, f"{name} has no example of {media}"
    assert [problem for value in found for problem in problems(content["schema"], value)] == []


@pytest.mark.parametrize(("name", "media", "content"), SHARED, ids=[name for name, *_ in SHARED])
def test_a_refusal_of_every_kind_has_an_example_of_its_schema(name: str, media: str, content: Data) -> None:
    found = shown(content)

    assert found or name == "Conflict", f"{name} has no example of {media}"  # each route shows its own conflicts
    assert [problem for value in found for problem in problems(content["schema"], value)] == []


def test_no_example_says_what_nobody_named() -> None:
    empty = [
        name
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if UNNAMED in texts(schema.get("examples", []))
    ]

    assert empty == [], "name the telling values beside these models, as `example`"


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.operation)
def test_the_example_of_a_body_is_accepted(route: Route) -> None:
    said = DOCUMENT["paths"][route.path][route.method.lower()]["requestBody"]["content"][route.body.media]

    read = [route.body.read(value) for value in shown(said) if route.body]

    assert len(read) == len(said["examples"])


def test_examples_speak_of_one_and_the_same_clinic() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    appointment, doctor, patient = (schemas[name]["examples"][0] for name in ("Appointment", "Doctor", "Patient"))

    assert (appointment["doctor_id"], appointment["doctor_name"]) == (doctor["id"], doctor["name"])
    assert appointment["patient_name"] == f"{patient['first_name']} {patient['last_name']}"
    assert appointment["location_id"] == schemas["Location"]["examples"][0]["id"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_variable_of_a_path_has_an_example(route: Route) -> None:
    parameters = DOCUMENT["paths"][route.path][route.method.lower()]["parameters"]

    bare = [one["name"] for one in parameters if one.get("in") == "path" and not one.get("example")]

    assert bare == []
