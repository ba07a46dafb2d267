"""No browser can be made to act for its user: tokens travel in one header only, and no simple request is understood."""

import pytest

import app
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from tests.client import Client
from tests.scheduling.desk import book, open_clinic, read
from tests.security.declared import GUARDED, WITH_BODY, address, caller, named

ALL_ROUTES = list(app.app.routes)
SIMPLE = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; charset=application/json",
    "multipart/form-data; boundary=x",
    "text/plain, application/json",
    "application/json5",
    "",
]


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_nothing_is_ever_stored_in_a_browser(api: Client, route: Route) -> None:
    callers = [api, caller(api, route), api.with_(cookie="session=1")]

    answers = [one.send(route.method, address(route), {"unknown": 1}, {"unknown": 1}) for one in callers]

    assert not any("set-cookie" in answer.headers for answer in answers)


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_a_cookie_proves_nothing(api: Client, route: Route) -> None:
    token = api.token(min(route.roles))
    names = ("session", "token", "id_token", "access_token", "Authorization", "__Host-session")
    cookies = "; ".join([f"{name}={token}" for name in names] + [f"bearer=Bearer {token}"])

    answer = api.with_(cookie=cookies).send(route.method, address(route), {})

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_a_token_in_the_address_or_in_the_body_proves_nothing(api: Client, route: Route) -> None:
    token = api.token(min(route.roles))
    said = dict.fromkeys(("token", "access_token", "id_token", "authorization", "Authorization"), token)

    in_address = api.send(route.method, address(route), {}, said)
    in_body = api.send(route.method, address(route), said)
    in_another_header = api.with_(x_authorization=f"Bearer {token}", proxy_authorization=f"Bearer {token}").send(
        route.method, address(route), {}
    )

    assert [answer.status for answer in (in_address, in_body, in_another_header)] == [401] * 3


# Forms are for systems that sign them, which no page can.
UNASKED = [(route, kind) for route in WITH_BODY for kind in SIMPLE if route.body and route.body.media != kind]


@pytest.mark.parametrize(("route", "content_type"), UNASKED, ids=[f"{named(one)}-{kind}" for one, kind in UNASKED])
def test_no_body_that_a_page_sends_unasked_is_understood(api: Client, route: Route, content_type: str) -> None:
    bodies = [b'{"a": 1}', b"a=1", b'{"a": "=', b"--x\r\n\r\n1\r\n--x--"]

    sender = caller(api, route).with_(content_type=content_type)
    answers = [sender.send(route.method, address(route), body) for body in bodies]

    assert {(answer.status, answer.error["code"]) for answer in answers} == {(415, "unsupported_media_type")}


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_reading_is_not_turned_into_a_change(api: Client, name: str) -> None:
    made = book(api, open_clinic(api))

    answer = api.as_("admin").with_(**{name: "DELETE"}).get(f"/api/appointments/{made['id']}", _method="DELETE")
    also = api.as_("admin").with_(**{name: "DELETE"}).get(f"/api/appointments/{made['id']}")

    assert (answer.status, also.status) == (422, 200)
    assert read(api, made)["status"] == "scheduled"


@pytest.mark.parametrize("path", ALL_ROUTES)
def test_no_route_lets_a_page_send_what_the_browser_keeps(path: str) -> None:
    granted = [entry.cors.get_access_control_headers() for entry in app.app.routes[path].values()]

    assert granted
    assert not any("Access-Control-Allow-Credentials" in headers for headers in granted)
