"""Object by object: every route × every role × the own thing, another's, and one that does not exist."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.kit import ids
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from tests.client import Answer
from tests.security.asking import Question, ask, questions
from tests.security.clinics import Clinics
from tests.security.declared import named
from tests.security.matrix import NO_OBJECT, PLACED, SEEN, expected

NOT_IDS = {"path.asset", "path.date", "path.kind", "path.secret"}
OF_THE_REQUEST = {"x-request-id", "ratelimit-remaining", "ratelimit-reset"}
ID_PATTERNS = {f"^{ids.SHAPE.pattern}$", rf"^(\*|{ids.SHAPE.pattern})$"}
OBJECTS = [
    question
    for route in ROUTES
    for parameter, kind in PLACED.get(named(route), {}).items()
    if kind not in NO_OBJECT
    for question in questions(route, parameter)
]
HIDDEN = [one for one in OBJECTS if one.kind.secret and expected(one.route, one.parameter, one.who)[1] == 404]


def parameters(route: Route) -> set[str]:
    """Every place of a route's requests where an id is sent, as its declaration says."""
    found = {f"path.{name}" for name in re.findall(r"{(\w+)}", route.path)} - NOT_IDS
    for part, model in (("body", route.body), ("query", route.query)):
        schema = model.model_json_schema() if model else {}
        found |= set(_ids_in(schema, schema.get("$defs", {}), part))
    return found


def _ids_in(schema: dict[str, Any], models: dict[str, Any], path: str) -> Iterator[str]:
    if schema.get("pattern") in ID_PATTERNS:
        yield path
    within = [(path, choice) for kind in ("anyOf", "oneOf", "allOf") for choice in schema.get(kind, [])]
    within += [(f"{path}.{name}", member) for name, member in schema.get("properties", {}).items()]
    within += [(f"{path}[]", schema.get("items")), (path, models.get(str(schema.get("$ref")).rpartition("/")[2]))]
    for where, member in within:
        if member:
            yield from _ids_in(member, models, where)


def outcome(answer: Answer) -> int:
    """SEEN when the thing was found: what was asked was done, or the clinic's state refuses it."""
    entries = answer.json.get("data") if answer.status == 200 else None
    hidden = isinstance(entries, list) and any((one.get("error") or {}).get("code") == "not_found" for one in entries)
    return 404 if hidden else SEEN if answer.status < 300 or answer.status == 409 else answer.status


def said(answer: Answer, sent: str) -> tuple[Any, ...]:
    """Everything that the caller is told, but for the request's own id and count, and the id that was sent."""
    body = re.sub(r'"request_id":"[^"]*"', "", answer.body).replace(sent, "the id")
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_REQUEST}
    return answer.status, headers, body


def test_every_id_of_every_route_is_placed_in_the_matrix() -> None:
    declared = {named(route): parameters(route) for route in ROUTES}

    placed = {name: set(kinds) for name, kinds in PLACED.items()}
    assert {name: found for name, found in declared.items() if found} == placed


@pytest.mark.parametrize("question", OBJECTS, ids=lambda question: question.name)
def test_each_caller_reaches_what_the_matrix_says(clinics: Clinics, question: Question) -> None:
    others = ask(clinics, question, clinics.thing(question.kind.thing, "other"))
    own = ask(
        clinics, question, clinics.thing(question.kind.thing, "own")
    )  # afterwards, so that what was moved is back

    refused_for_itself = {422: SEEN}  # the value does not fit the rest of the request, which is no secret
    reached = (outcome(own), refused_for_itself.get(others.status, outcome(others)))
    assert reached == expected(question.route, question.parameter, question.who), (own.body, others.body)


@pytest.fixture(scope="module")
def theirs(clinics: Clinics) -> dict[str, tuple[str, str]]:
    """Another's thing of each kind and how it looks: the same ones for every question, since none may change them."""
    things = {kind: clinics.thing(kind, "other") for kind in sorted({one.kind.thing for one in HIDDEN})}
    return {kind: (thing, clinics.shown(kind, thing)) for kind, thing in things.items()}


@pytest.mark.parametrize("question", HIDDEN, ids=lambda question: question.name)
def test_what_is_anothers_cannot_be_told_from_what_is_not_there(
    clinics: Clinics, theirs: dict[str, tuple[str, str]], question: Question
) -> None:
    kind = question.kind.thing
    hidden, looks = theirs[kind]
    nobodys = clinics.thing(kind, "absent")

    others, absent = ask(clinics, question, hidden), ask(clinics, question, nobodys)

    assert said(others, hidden) == said(absent, nobodys)
    assert clinics.shown(kind, hidden) == looks
