"""Whoever prefers problem details (RFC 9457) is refused in that form, everywhere, and by the same codes."""

import re
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from chalicelib.kit import problems
from chalicelib.kit.calls import Route
from chalicelib.kit.errors import CareSlotError
from chalicelib.kit.http import ROUTES
from chalicelib.kit.jsonbody import MAX_BYTES
from chalicelib.kit.settings import settings
from chalicelib.table import base
from infra import openapi
from infra.local.testing import Engine
from tests.builders import Clinic, Data, unique
from tests.client import Answer, Client
from tests.contract.test_codes import kinds
from tests.scheduling.desk import book, open_clinic, wish
from tests.security.declared import address, caller, named
from tests.test_health import unreachable_table as unreachable_table  # noqa: PLC0414 - a fixture

PROBLEM, PLAIN = "application/problem+json", "application/json"
DOCUMENT = openapi.declared()


@pytest.mark.parametrize(
    "accept",
    [
        "application/problem+json",
        "Application/Problem+JSON",
        "application/problem+json, application/json",
        "application/json, application/problem+json",
        "application/json;q=0.9, application/problem+json",
        "application/problem+json;q=0.5, application/json;q=0.5",
        "application/problem+json;q=0.5,application/json;q=0.499",
        "application/problem+json ; Q=0.001",
        "application/problem+json;charset=utf-8;q=1.000",
        "text/html, application/problem+json;q=0.2",
        "application/problem+json, */*",
        "application/problem+json;q=0.3, */*;q=0.3",
        "application/problem+json;q=0.3, application/*;q=0.2, */*",
        "application/problem+json;q=0.3, application/json;q=0, */*",
        'text/plain;x="a,b", application/problem+json',
    ],
)
def test_they_are_preferred_when_named_and_wanted_no_less_than_plain_json(accept: str) -> None:
    assert problems.are_preferred(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "application/json",
        "text/html, application/xhtml+xml, */*;q=0.8",
        "application/problem+json;q=0",
        "application/problem+json;q=0.000",
        "application/problem+json;q=0.5, application/json",
        "application/problem+json;q=0.5, */*",
        "application/problem+json;q=0.5, application/*;q=0.6, */*;q=0.1",
        "application/problem+json;q=high",
        "application/problem+json;q=1.5",
        "application/problem+json;q=0.1234",
        "application/problem+json;q=-1",
        "application/problem+json;q=",
        "application/problem+json-seq",
        "application/problem+xml",
        ",;,;q=,",
    ],
)
def test_they_are_not_preferred_otherwise(accept: str) -> None:
    assert not problems.are_preferred(accept)


def preferring(one: Client) -> Client:
    """The same caller, who prefers problem details."""
    return one.with_(accept=f"{PLAIN};q=0.9, {PROBLEM}")


def titles() -> dict[str, str]:
    """The title of each code."""
    return {kind.code: kind.title() for kind in kinds()}


def converted(plain: Answer) -> Data:
    """The problem details that say the same as our envelope; of another request, so without its id."""
    error = plain.error
    return {
        "type": f"/api/docs/codes#{error['code']}",
        "title": titles()[error["code"]],
        "status": plain.status,
        "detail": error["message"],
        "code": error["code"],
        "details": error["details"],
    }


def assert_says_the_same(plain: Answer, problem: Answer) -> None:
    """That both are the same refusal, each in its form."""
    said = problem.json
    assert (plain.headers["content-type"], problem.headers["content-type"]) == (PLAIN, PROBLEM)
    assert (plain.headers["vary"], problem.headers["vary"]) == ("Accept", "Accept")
    assert (problem.status, said.pop("request_id")) == (plain.status, problem.headers["x-request-id"])
    assert said == converted(plain)


def off_its_schema(answer: Answer, route: Route) -> list[str]:
    """What a refusal says or lacks beside its description."""
    said = DOCUMENT["paths"][route.path][route.method.lower()]["responses"][str(answer.status)]
    name = said.get("$ref", "").rpartition("/")[2]
    content = (DOCUMENT["components"]["responses"][name] if name else said)["content"]
    schema = content[answer.headers["content-type"]]["schema"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(answer.json)]


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_route_refuses_in_the_form_that_is_preferred(api: Client, route: Route) -> None:
    someone = caller(api, route)
    sent = (route.method, address(route), {"unknown": 1}, {"unknown": 1})

    plain, problem = someone.send(*sent), preferring(someone).send(*sent)

    assert plain.status in {400, 404, 415, 422}
    assert_says_the_same(plain, problem)
    assert off_its_schema(problem, route) == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.roles], ids=named)
def test_every_guarded_route_turns_strangers_away_in_that_form(api: Client, route: Route) -> None:
    plain, problem = (one.send(route.method, address(route)) for one in (api, preferring(api)))

    assert plain.status == 401
    assert_says_the_same(plain, problem)
    assert problem.headers["www-authenticate"] == plain.headers["www-authenticate"]
    assert off_its_schema(problem, route) == []


Way = Callable[[Client, Clinic], Answer]
WAYS: dict[str, tuple[int, Way]] = {
    "unreadable": (400, lambda api, _: api.as_("admin").post("/api/hospitals", b"{")),
    "no token": (401, lambda api, _: api.get("/api/doctors")),
    "a wrong token": (401, lambda api, _: api.with_(authorization="Bearer x").get("/api/doctors")),
    "another role": (403, lambda api, _: api.as_("patient").post("/api/hospitals", {"name": "General"})),
    "in another's place": (403, lambda api, _: api.as_("patient").with_(x_act_as="patient:x").get("/api/doctors")),
    "an absent thing": (404, lambda api, _: api.as_("admin").get("/api/patients/pat_none")),
    "an unreadable id": (404, lambda api, _: api.as_("admin").get("/api/patients/%20")),
    "a taken time": (409, lambda api, place: api.as_("receptionist").post("/api/appointments", wish(place))),
    "an old version": (
        412,
        lambda api, place: (
            api.as_("admin").with_(if_match='"99"').put(f"/api/patients/{place.patient['id']}", {"address": "Here"})
        ),
    ),
    "a large body": (413, lambda api, _: api.as_("admin").post("/api/hospitals", b" {" + b" " * MAX_BYTES)),
    "no JSON": (415, lambda api, _: api.as_("admin").with_(content_type="text/plain").post("/api/hospitals", b"{}")),
    "a wrong field": (422, lambda api, _: api.as_("admin").post("/api/hospitals", {"name": ""})),
    "a wrong query": (422, lambda api, _: api.as_("admin").get("/api/doctors", limit=0)),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_refusal_is_converted(api: Client, way: str) -> None:
    status, refuse = WAYS[way]
    place = open_clinic(api)
    book(api, place)

    plain, problem = refuse(api, place), refuse(preferring(api), place)

    assert plain.status == status
    assert_says_the_same(plain, problem)


def test_too_many_calls_are_refused_in_that_form(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT_SCALE", "1")
    settings.cache_clear()
    patient = preferring(api.as_("patient", unique("pat").replace(" ", "-")))

    answers = [patient.get("/api/doctors/recommendations", specialty="None such") for _ in range(90)]

    monkeypatch.undo()
    settings.cache_clear()
    refused = answers[-1]
    assert (refused.status, refused.headers["content-type"]) == (429, PROBLEM)
    assert (refused.json["code"], refused.json["status"]) == ("too_many_requests", 429)
    assert int(refused.headers["retry-after"]) >= 1


def test_a_failure_of_ours_is_told_in_that_form(api: Client, engine: Engine) -> None:
    made = book(api, open_clinic(api))
    engine.client("dynamodb").update_item(
        TableName=base.table_name(),
        Key={"PK": {"S": f"APPOINTMENT#{made['id']}"}, "SK": {"S": "APPOINTMENT"}},
        UpdateExpression="SET #start = :start",
        ExpressionAttributeNames={"#start": "start"},
        ExpressionAttributeValues={":start": {"S": "no time"}},
    )

    plain, problem = (one.as_("admin").get(f"/api/appointments/{made['id']}") for one in (api, preferring(api)))

    assert plain.status == 500
    assert_says_the_same(plain, problem)


@pytest.mark.usefixtures("unreachable_table")
@pytest.mark.parametrize("path", ["/api/health", "/api/doctors/123"])
def test_what_does_not_answer_is_told_in_that_form(api: Client, path: str) -> None:
    plain, problem = (one.as_("admin").get(path) for one in (api, preferring(api)))

    assert plain.status == 503
    assert_says_the_same(plain, problem)


def test_what_succeeds_has_one_form(api: Client) -> None:
    answer = preferring(api).get("/api/health")

    assert (answer.status, answer.headers["content-type"]) == (200, PLAIN)
    assert "vary" not in answer.headers


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda kind: kind.__qualname__), ids=lambda kind: kind.code)
def test_a_title_is_a_sentence_that_all_with_the_code_share(kind: type[CareSlotError]) -> None:
    assert kind.title() == titles()[kind.code]
    assert re.fullmatch(r"[A-Z].+\.", kind.title())


def test_the_type_leads_to_the_meaning_of_its_code(api: Client) -> None:
    refused = preferring(api).get("/api/doctors").json

    page = api.get(refused["type"].partition("#")[0])

    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    entry = page.body.partition(f'id="{refused["type"].partition("#")[2]}"')[2].partition("<h2")[0]
    assert f"{refused['status']} &middot; {refused['title']}" in entry


def test_every_code_that_a_caller_may_meet_is_explained_once(api: Client) -> None:
    spoken = {kind.code for kind in kinds()} - {"conflict", "trail_broken"}  # a kind, and what operators are told

    explained = re.findall(r'<h2 id="(\w+)">', api.get(problems.CODES).body)

    assert set(explained) >= spoken
    assert explained == sorted(set(explained))
