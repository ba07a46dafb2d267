"""Every route declares who may call it, and means it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import app
from chalicelib.kit.auth import ROLES
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from tests.builders import Data
from tests.client import Client

PAGES = {
    f"/portal/{page}"
    for page in ("lobby", "reception", "advancedmd", "kiosk", "track/{secret}", "visit/{id}", "assets/{asset}")
}
OPEN_TO_THE_WORLD = PAGES | {
    *("/api/health", "/api/openapi.json", "/api/docs", "/api/docs/{asset}"),
    *("/api/webhooks/twilio/messages", "/api/webhooks/twilio/status"),  # whoever can sign as Twilio
    *("/api/reminders/answer/{secret}", "/api/reminders/unsubscribe/{secret}"),  # whoever has the letter
    "/api/queue/track/{secret}",  # whoever has the secret of a ticket sees its number
}
GUARDED = [route for route in ROUTES if route.roles]
MAY_NOT = [(route, role) for route in GUARDED for role in sorted(ROLES - route.roles)]
ANOTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def address(route: Route) -> str:
    """The path with something in place of each variable."""
    return re.sub(r"{\w+}", "x", route.path)


def claims(**changed: Any) -> Data:
    """What a token of an administrator says."""
    now = datetime.now(UTC)
    usual = {"iss": "careslot-test", "aud": "careslot", "sub": "a", "role": "admin", "iat": now}
    return usual | {"exp": now + timedelta(hours=1)} | changed


def test_every_route_of_the_application_is_a_declared_one() -> None:
    declared = {(route.path, route.method) for route in ROUTES}

    served = {(path, method) for path, entries in app.app.routes.items() for method in entries}

    assert served == declared
    assert len(declared) == len(ROUTES)


def test_only_what_is_meant_for_everyone_is_open_to_everyone() -> None:
    public = {route.path for route in ROUTES if not route.roles}

    assert public <= OPEN_TO_THE_WORLD
    assert "/api/health" in public


def test_roles_are_those_of_the_system() -> None:
    known = set().union(*(route.roles for route in ROUTES))

    assert known == ROLES


def test_one_path_level_has_one_variable() -> None:
    levels: dict[str, set[str]] = {}
    for route in ROUTES:
        for found in re.finditer(r"{(\w+)}", route.path):
            levels.setdefault(re.sub(r"{\w+}", "{}", route.path[: found.start()]), set()).add(found[1])

    assert {level: names for level, names in levels.items() if len(names) > 1} == {}


@pytest.mark.parametrize(("route", "role"), MAY_NOT, ids=[f"{named(route)} {role}" for route, role in MAY_NOT])
def test_a_role_that_is_not_declared_is_refused(api: Client, route: Route, role: str) -> None:
    answer = api.as_(role).send(route.method, address(route), {})

    assert (answer.status, answer.error["code"]) == (403, "forbidden")


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_a_role_that_is_declared_is_let_in(api: Client, route: Route) -> None:
    nonsense = {"unknown": 1}

    answers = [api.as_(role).send(route.method, address(route), nonsense, nonsense) for role in sorted(route.roles)]

    assert {answer.status for answer in answers} <= {404, 422}


@pytest.mark.parametrize("route", GUARDED, ids=named)
def test_without_a_token_nothing_is_said(api: Client, route: Route) -> None:
    answer = api.send(route.method, address(route), {})

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


TOKENS: dict[str, Callable[..., str]] = {
    "rubbish": lambda _: "rubbish",
    "three rubbish parts": lambda _: "a.b.c",
    "not ASCII": lambda _: "ÿ.ÿ.ÿ",
    "no algorithm": lambda _: jwt.encode(claims(), None, algorithm="none", headers={"kid": "test"}),
    "a shared secret": lambda _: jwt.encode(claims(), "s" * 64, algorithm="HS256", headers={"kid": "test"}),
    "another key": lambda _: jwt.encode(claims(), ANOTHER_KEY, algorithm="RS256", headers={"kid": "test"}),
    "an unknown key": lambda _: jwt.encode(claims(), ANOTHER_KEY, algorithm="RS256", headers={"kid": "other"}),
    "expired": lambda mint: mint("admin", exp=datetime.now(UTC) - timedelta(minutes=5)),
    "not yet valid": lambda mint: mint("admin", nbf=datetime.now(UTC) + timedelta(hours=1)),
    "another issuer": lambda mint: mint("admin", iss="someone-else"),
    "another audience": lambda mint: mint("admin", aud="someone-else"),
    "an unknown role": lambda mint: mint("emperor"),
    "no role": lambda mint: mint(""),
    "a changed payload": lambda mint: mint("patient")[:-6] + "AAAAAA",
}


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_that_proves_nothing_opens_nothing(api: Client, token: Callable[..., str], kind: str) -> None:
    bearer = api.with_(authorization=f"Bearer {TOKENS[kind](token)}")

    answer = bearer.get("/api/appointments/apt_x")

    assert (answer.status, answer.error["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "{token}", "Token {token}"])
def test_only_the_bearer_scheme_counts(api: Client, token: Callable[..., str], header: str) -> None:
    answer = api.with_(authorization=header.format(token=token("admin"))).get("/api/appointments/apt_x")

    assert answer.status == 401


def test_the_role_may_come_from_a_group_of_the_user_pool(api: Client, token: Callable[..., str]) -> None:
    groups = {"cognito:groups": ["staff", "receptionist"], "custom:hospital_id": "*", "hospital_id": None}
    bearer = api.with_(authorization=f"Bearer {token('', **groups)}")

    answer = bearer.get("/api/appointments/apt_none")

    assert answer.status == 404
