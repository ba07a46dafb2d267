"""The declared routes as the proofs walk them."""

import re

import app  # noqa: F401 - declares the routes
from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES
from tests.client import Client

GUARDED = [route for route in ROUTES if route.roles]
PUBLIC = [route for route in ROUTES if not route.roles]
WITH_BODY = [route for route in ROUTES if route.body]


def named(route: Route) -> str:
    """How a route is called in the names of tests, and in the matrix."""
    return f"{route.method} {route.path}"


def address(route: Route, **ids: str) -> str:
    """The path with these in place of its variables, `x` where none is given."""
    return re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "x"), route.path)


def caller(api: Client, route: Route) -> Client:
    """Someone who may call the route."""
    return api.as_(min(route.roles)) if route.roles else api
