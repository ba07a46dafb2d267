"""Refusals say stable words: each has one meaning, is documented, and is what routes really answer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import app  # noqa: F401 - all slices, so that all refusals are known
from chalicelib.admin.front_door import PastTheFrontDoor
from chalicelib.audit.sealing import TrailBroken
from chalicelib.kit.errors import CareSlotError, MethodNotAllowed
from chalicelib.table.transaction import CannotHappen
from infra import openapi
from tests.builders import Data
from tests.client import Client
from tests.scheduling.desk import ask, book, open_clinic

DOCUMENT = openapi.declared()
ROOT = Path(__file__).parents[2] / "chalicelib"
NOT_DOCUMENTED = {
    *(CareSlotError, CannotHappen),  # 500: what no caller can bring about
    MethodNotAllowed,  # said where there is no operation that could be described
    PastTheFrontDoor,  # said at an address that is not the described one
    TrailBroken,  # said to operators
}


def kinds(root: type[CareSlotError] = CareSlotError) -> Iterator[type[CareSlotError]]:
    """Every kind of refusal below the root, and the root."""
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


REFUSALS = sorted(set(kinds()) - NOT_DOCUMENTED, key=lambda kind: kind.__qualname__)


def codes(said: Data) -> set[str]:
    """The codes that a response lists."""
    schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    return {
        code
        for part in schema.get("allOf", ())
        for code in part.get("properties", {}).get("error", {}).get("properties", {}).get("code", {}).get("enum", ())
    }


def responses(method: str, path: str) -> Data:
    """The responses of a route, with what they refer to."""
    shared = DOCUMENT["components"]["responses"]
    said = DOCUMENT["paths"][path][method]["responses"]
    return {status: shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for status, one in said.items()}


DOCUMENTED = {
    code
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    for said in responses(method, path).values()
    for code in codes(said)
}


@pytest.mark.parametrize("kind", [kind for kind in REFUSALS if kind.code != "conflict"], ids=lambda kind: kind.__name__)
def test_every_refusal_is_documented_by_its_code(kind: type[CareSlotError]) -> None:
    assert kind.code in DOCUMENTED
    assert kind.code in DOCUMENT["components"]["examples"]


def test_a_code_is_defined_once() -> None:
    definitions: dict[str, list[str]] = {}
    for kind in REFUSALS:
        if "code" in vars(kind):
            definitions.setdefault(kind.code, []).append(kind.__name__)

    assert {code: where for code, where in definitions.items() if len(where) > 1} == {}


def test_a_code_has_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for kind in REFUSALS:
        statuses.setdefault(kind.code, set()).add(kind.status)

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_no_code_is_made_up_where_it_is_raised() -> None:
    made_up = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted(ROOT.rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    ]

    assert made_up == [], "give the refusal a class of its own"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("post", "/api/appointments", {"slot_taken", "slot_not_offered", "patient_busy", "idempotency_key_reused"}),
        ("post", "/api/appointments/hold", {"slot_taken", "too_many_holds"}),
        ("post", "/api/appointments/{id}/confirm", {"hold_ended", "changed_meanwhile"}),
        ("post", "/api/patients", {"id_taken", "possible_duplicate", "already_registered"}),
    ],
)
def test_a_route_lists_its_own_conflicts(method: str, path: str, expected: set[str]) -> None:
    assert expected <= codes(responses(method, path)["409"])


def test_conflicts_that_really_happen_are_listed(api: Client) -> None:
    place = open_clinic(api)
    book(api, place)
    listed = codes(responses("post", "/api/appointments")["409"])

    taken, between = ask(api, place), ask(api, place, "10:10")

    assert {taken.error["code"], between.error["code"]} == {"slot_taken", "slot_not_offered"}
    assert {taken.error["code"], between.error["code"]} <= listed
