"""Every reply forbids what browsers would otherwise do with it; who may read it depends on the stage."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from infra.local import resources
from tests.client import Client
from tests.instance import Instance
from tests.security import stage
from tests.security.declared import PUBLIC, address, caller, named

JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"
EXPECTED = {
    "cache-control": "no-store",
    "content-security-policy": JSON_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # AWS's name for it
PORTAL, FOREIGN = "https://portal.careslot.example", "https://portal.careslot.example.evil.example"
PREFLIGHT = {"origin": FOREIGN, "access-control-request-method": "PUT"}
ASKED: stage.Requests = [
    ("GET", "/api/openapi.json", {"origin": FOREIGN}),
    ("GET", "/api/appointments/x", {"origin": FOREIGN}),
    ("OPTIONS", "/api/appointments/x", PREFLIGHT),
]


@pytest.fixture
def http(instance: Instance) -> Iterator[httpx.Client]:
    """An administrator with the instance."""
    headers = {"Authorization": f"Bearer {instance.token('admin')}"}
    with httpx.Client(base_url=instance.base_url, headers=headers) as client:
        yield client


def of(reply: httpx.Response) -> dict[str, str | None]:
    """What the reply says of the expected headers."""
    return {name: reply.headers.get(name) for name in EXPECTED}


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_route_says_so_when_it_refuses(api: Client, route: Route) -> None:
    callers = [api, caller(api, route)]

    answers = [one.send(route.method, address(route), {"unknown": 1}, {"unknown": 1}) for one in callers]

    refused = [answer for answer in answers if answer.status >= 400]
    assert refused
    assert all(EXPECTED.items() <= answer.headers.items() for answer in refused)


@pytest.mark.parametrize("route", PUBLIC, ids=named)
def test_what_is_open_to_the_world_is_not_to_be_framed_either(api: Client, route: Route) -> None:
    answer = api.send(route.method, address(route))

    assert answer.status < 500
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_what_is_read_made_changed_and_unchanged_says_so(http: httpx.Client) -> None:
    made = http.post("/api/hospitals", json={"name": "General"})
    path = f"/api/hospitals/{made.json()['data']['id']}"
    read = http.get(path)
    unchanged = http.get(path, headers={"If-None-Match": read.headers["etag"]})
    changed = http.put(path, json={"name": "Specific"})

    replies = [made, read, unchanged, changed]
    assert [reply.status_code for reply in replies] == [201, 200, 304, 200]
    assert [of(reply) for reply in replies] == [EXPECTED] * 4


BROKEN: dict[str, tuple[int, dict[str, Any]]] = {
    "an unknown address": (404, {"method": "GET", "url": "/api/nowhere"}),
    "an address outside": (404, {"method": "GET", "url": "/"}),
    "an unknown method": (405, {"method": "PATCH", "url": "/api/hospitals"}),
    "an unreadable address": (400, {"method": "GET", "url": "/api/hospitals/%ff"}),
    "no JSON": (400, {"method": "POST", "url": "/api/hospitals", "json": "text"}),
    "too large a body": (413, {"method": "POST", "url": "/api/hospitals", "json": {"name": "x" * 300_000}}),
    "far too large a body": (413, {"method": "POST", "url": "/api/hospitals", "content": b"x" * 6_300_000}),
    "another kind of body": (415, {"method": "POST", "url": "/api/hospitals", "content": b"name=x"}),
    "a wrong field": (422, {"method": "POST", "url": "/api/hospitals", "json": {"nickname": "x"}}),
    "no such thing": (404, {"method": "GET", "url": "/api/hospitals/none"}),
    "no token": (401, {"method": "GET", "url": "/api/hospitals", "headers": {"Authorization": ""}}),
    "a preflight": (200, {"method": "OPTIONS", "url": "/api/hospitals", "headers": PREFLIGHT}),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_whoever_answers_says_so(http: httpx.Client, broken: str) -> None:
    status, request = BROKEN[broken]

    reply = http.request(**request)

    assert (reply.status_code, of(reply)) == (status, EXPECTED)


def test_a_laptop_does_not_forbid_itself_plain_http(http: httpx.Client) -> None:
    reply = http.get("/api/hospitals")

    assert "strict-transport-security" not in reply.headers


def test_a_stage_is_reached_over_tls_only() -> None:
    said = stage.replies(ASKED, CARESLOT_STAGE="prod", CORS_ORIGIN=PORTAL)

    assert {reply["headers"]["strict-transport-security"] for reply in said} == {"max-age=31536000; includeSubDomains"}


def test_a_stage_lets_one_origin_read_and_no_other() -> None:
    said = stage.replies(ASKED, CARESLOT_STAGE="prod", CORS_ORIGIN=PORTAL)

    assert [reply["status"] for reply in said] == [200, 401, 200]
    assert [reply["headers"]["access-control-allow-origin"] for reply in said] == [PORTAL] * 3
    assert not any("access-control-allow-credentials" in reply["headers"] for reply in said)


def test_a_laptop_lets_every_page_read_but_send_nothing_that_the_browser_keeps() -> None:
    said = stage.replies(ASKED, CARESLOT_STAGE="local", CORS_ORIGIN="*")

    assert [reply["headers"]["access-control-allow-origin"] for reply in said] == ["*"] * 3
    assert not any("access-control-allow-credentials" in reply["headers"] for reply in said)


def test_the_public_address_says_so_for_whatever_answers_behind_it() -> None:
    template = resources.load()["Resources"]

    policy = template["SecurityHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    distribution = template["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
    to_the_api = [one for one in behaviours if one["TargetOriginId"] == "rest"]
    assert policy["ContentSecurityPolicy"]["ContentSecurityPolicy"] == JSON_POLICY
    assert policy["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert policy["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    assert policy["ContentTypeOptions"]["Override"]
    assert to_the_api
    assert all(one["ResponseHeadersPolicyId"] == {"Ref": "SecurityHeaders"} for one in to_the_api)
    assert {one["ViewerProtocolPolicy"] for one in to_the_api} <= {"https-only", "redirect-to-https"}


def test_the_edge_keeps_pages_that_are_the_same_for_everybody_and_nothing_of_the_api() -> None:
    distribution = resources.load()["Resources"]["Distribution"]["Properties"]["DistributionConfig"]

    kept = [one["PathPattern"] for one in distribution["CacheBehaviors"] if one["CachePolicyId"] == CACHING_OPTIMIZED]

    assert kept == ["/portal/*"]
    assert distribution["DefaultCacheBehavior"]["CachePolicyId"] != CACHING_OPTIMIZED
