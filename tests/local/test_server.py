"""The HTTP server treats the deployed app as API Gateway would, and keeps concurrent requests apart."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from chalice.app import Chalice, CORSConfig, NotFoundError, Request, Response

from infra.local import sign_in
from infra.local.gateway import Gateway
from infra.local.issuer import Issuer
from infra.local.server import BODY_LIMIT, Server, Site


def request_of(app: Chalice) -> Request:
    request = app.current_request
    assert request is not None
    return request


def tiny_app() -> Chalice:
    app = Chalice(app_name="tiny", configure_logs=False)
    cors = CORSConfig(allow_origin="*", max_age=600)

    @app.route("/things/{thing_id}", cors=cors)
    def thing(thing_id: str) -> dict[str, object]:
        request = request_of(app)
        query = request.query_params
        return {
            "thing_id": thing_id,
            "query": {name: query.getlist(name) for name in query} if query else {},
            "request_id": request.context["requestId"],
        }

    @app.route("/things/special")
    def special() -> dict[str, str]:
        return {"special": "yes"}

    @app.route("/echo", methods=["POST"], content_types=[])
    def echo() -> Response:
        raw = request_of(app).raw_body
        content = raw if isinstance(raw, bytes) else raw.encode()
        return Response(body={"hex": content.hex()}, headers={"X-Seen": request_of(app).headers["x-some-header"]})

    @app.route("/json-only", methods=["POST"])
    def json_only() -> dict[str, str]:
        return {}

    @app.route("/lost")
    def lost() -> None:
        raise NotFoundError("the clinic's secret")

    @app.route("/slow/{name}")
    def slow(name: str) -> dict[str, str]:
        time.sleep(0.002)  # long enough for other threads to overtake
        return {"name": name, "seen": (request_of(app).uri_params or {})["name"]}

    @app.route("/empty", methods=["DELETE"])
    def empty() -> Response:
        return Response(body="", status_code=204)

    return app


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    issuer = Issuer.load_or_create(tmp_path_factory.mktemp("issuer"))
    server = Server(Site(Gateway(tiny_app()), mounts={"/.well-known/": sign_in.endpoint(issuer, url)}), listener)
    server.start()
    yield url
    server.stop()


@pytest.fixture
def http(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url) as client:
        yield client


def raw_status(base_url: str, request: bytes) -> bytes:
    """The first line of the reply to a request that no client library would send."""
    host, _, port = base_url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request)
        return connection.recv(65536).split(b"\r\n")[0]


def test_path_parameters_arrive_decoded(http: httpx.Client) -> None:
    reply = http.get("/things/na%C3%AFve%2Fid%20%2B+%F0%9F%A6%B7")

    assert reply.json()["thing_id"] == "naïve/id ++🦷"


def test_a_fixed_path_wins_over_a_variable(http: httpx.Client) -> None:
    reply = http.get("/things/special")

    assert reply.json() == {"special": "yes"}


def test_repeated_query_parameters_all_arrive(http: httpx.Client) -> None:
    reply = http.get("/things/1?a=1&a=%C3%A9&b=")

    assert reply.json()["query"] == {"a": ["1", "é"], "b": [""]}


def test_every_request_has_an_id_of_its_own(http: httpx.Client) -> None:
    ids = {http.get("/things/1").json()["request_id"] for _ in range(3)}

    assert len(ids) == 3


@pytest.mark.parametrize(
    "body",
    [b'{"a": "\xc3\xa9"}', b'{"a": "\xff\xfe"}', b"\x00\x01", b"\xef\xbb\xbf{}", b""],
    ids=repr,
)
def test_a_body_reaches_the_app_byte_for_byte(http: httpx.Client, body: bytes) -> None:
    reply = http.post("/echo", content=body, headers={"X-Some-Header": "Value"})

    assert bytes.fromhex(reply.json()["hex"]) == body
    assert reply.headers["x-seen"] == "Value"


def test_head_answers_like_get_without_a_body(http: httpx.Client) -> None:
    reply = http.head("/things/1")

    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["content-length"]) > 0


def test_an_empty_answer_stays_empty(http: httpx.Client) -> None:
    reply = http.delete("/empty")

    assert (reply.status_code, reply.content) == (204, b"")


def test_a_preflight_is_answered_with_the_cors_headers_of_the_route(http: httpx.Client) -> None:
    reply = http.options("/things/1", headers={"Origin": "https://portal", "Access-Control-Request-Method": "GET"})

    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == "*"
    assert set(reply.headers["access-control-allow-methods"].split(",")) == {"GET", "OPTIONS"}
    assert "Authorization" in reply.headers["access-control-allow-headers"]


REFUSED = [
    ("GET", "/nothing", {}, 404, "not_found"),
    ("GET", "/nothing", {"Authorization": "Bearer secret"}, 404, "not_found"),
    ("GET", "/nothing", {"Authorization": "Bearer \xff"}, 404, "not_found"),
    ("GET", "/things//", {}, 404, "not_found"),
    ("GET", "//things/1", {}, 404, "not_found"),
    ("GET", "/lost", {}, 404, "not_found"),
    ("PUT", "/things/1", {}, 405, "method_not_allowed"),
    ("POST", "/json-only", {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
    ("GET", "/things/1?a=%ff", {}, 400, "malformed"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "code"), REFUSED)
def test_every_refusal_has_our_envelope_and_cors(
    http: httpx.Client, *, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    reply = http.request(method, path, headers=httpx.Headers(headers, encoding="latin-1"))

    error = reply.json()["error"]
    assert (reply.status_code, reply.json()["success"], error["code"], error["details"]) == (status, False, code, [])
    assert error["request_id"] == reply.headers["x-request-id"]
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "secret" not in reply.text
    assert (reply.headers["content-type"], reply.headers["vary"]) == ("application/json", "Accept")


@pytest.mark.parametrize(("method", "path", "headers", "status", "code"), REFUSED)
def test_whoever_prefers_problem_details_is_refused_so_by_the_gateway_too(
    http: httpx.Client, *, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    plain = http.request(method, path, headers=httpx.Headers(headers, encoding="latin-1"))
    reply = http.request(
        method, path, headers=httpx.Headers({**headers, "Accept": "application/problem+json"}, encoding="latin-1")
    )

    problem = reply.json()
    assert (reply.headers["content-type"], reply.headers["vary"]) == ("application/problem+json", "Accept")
    assert (reply.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"/api/docs/codes#{code}"
    assert (problem["detail"], problem["details"]) == (plain.json()["error"]["message"], [])
    assert problem["request_id"] == reply.headers["x-request-id"]
    assert reply.headers.get("allow") == plain.headers.get("allow")


@pytest.mark.parametrize("target", [b"/things/%zz", b"/things/%", b"/things/%ff", b"/things/\xff", b"/things/%c3%28"])
def test_a_path_that_cannot_be_decoded_is_malformed(base_url: str, target: bytes) -> None:
    status = raw_status(base_url, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert status == b"HTTP/1.1 400 Bad Request"


def test_a_body_above_the_limit_is_refused_and_one_at_the_limit_is_not(http: httpx.Client) -> None:
    header = {"X-Some-Header": "Value"}

    above = http.post("/echo", content=b"x" * (BODY_LIMIT + 1), headers=header)
    at_limit = http.post("/echo", content=b"x" * BODY_LIMIT, headers=header)
    problem = http.post("/echo", content=b"x" * (BODY_LIMIT + 1), headers={"Accept": "application/problem+json"})

    assert (above.status_code, above.json()["error"]["code"]) == (413, "payload_too_large")
    assert (problem.status_code, problem.json()["code"]) == (413, "payload_too_large")
    assert at_limit.status_code == 200


def test_keep_alive_requests_do_not_stall(http: httpx.Client) -> None:
    http.get("/things/1")

    started = time.perf_counter()
    for _ in range(50):
        http.get("/things/1")
    spent = time.perf_counter() - started

    assert spent / 50 < 0.02  # Nagle's algorithm against delayed acknowledgements costs 0.04 each


def test_concurrent_requests_never_get_each_others_answers(base_url: str) -> None:
    with httpx.Client(base_url=base_url) as client, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: client.get(f"/slow/{number}").json(), range(400)))

    assert answers == [{"name": str(number), "seen": str(number)} for number in range(400)]


def test_the_issuer_publishes_its_key_beside_the_app(http: httpx.Client, base_url: str) -> None:
    keys = http.get("/.well-known/jwks.json").json()["keys"]
    configuration = http.get("/.well-known/openid-configuration").json()

    assert [(key["kty"], key["alg"]) for key in keys] == [("RSA", "RS256")]
    assert configuration["jwks_uri"] == f"{base_url}/.well-known/jwks.json"


def test_the_event_has_what_api_gateway_sends() -> None:
    app = Chalice(app_name="events", configure_logs=False)
    seen: list[dict[str, object]] = []

    @app.route("/a/{b}", methods=["POST"], content_types=[])
    def view(b: str) -> str:
        seen.append(request_of(app).to_original_event())
        return b

    headers = [("X-Two", "1"), ("X-Two", "2"), ("Content-Type", "application/json")]
    Gateway(app).answer("POST", b"/a/c%20d/", b"q=1&q=2", headers, b"{}")

    (event,) = seen
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/a/{b}", "/a/c%20d/", "POST")
    assert event["pathParameters"] == {"b": "c d"}
    assert event["multiValueHeaders"] == {"x-two": ["1", "2"], "content-type": ["application/json"]}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert (event["body"], event["isBase64Encoded"]) == ("{}", False)
    assert json.dumps(event)
