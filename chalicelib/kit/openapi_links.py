"""Links: which operations a reply makes possible, found from what the routes show and where; pure.

A reply that shows a thing leads to all that can be done with it under its own address, for whoever may do both. A list
leads to its first. A route may name further operations in its declaration (`leads_to`).
"""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from chalicelib.kit.calls import Route
from chalicelib.kit.models import View

Schema = dict[str, Any]


def of(route: Route, routes: Sequence[Route]) -> Schema:
    """The links of a route's success, by the name of the operation that each leads to."""
    listed = get_origin(route.view) is list
    shown = get_args(route.view)[0] if listed else route.view
    where = "$response.body#/data/0/id" if listed else "$response.body#/data/id"
    found: Schema = {}
    for other in routes:
        if other is not route and _open_to_both(route, other) and is_under(other, _address(shown, routes)):
            found[other.operation] = _link(other, parameters={_variable(other): where})
        elif other.operation in route.leads_to:
            found[other.operation] = _link(other, requestBody=route.leads_to[other.operation])
    return dict(sorted(found.items()))


def _link(target: Route, **with_what: Schema) -> Schema:
    return {"operationId": target.operation, "description": target.summary, **with_what}


def _address(shown: Any, routes: Sequence[Route]) -> str | None:
    """The address at which one such thing is read: `/api/doctors/{id}` for a doctor."""
    if not (isinstance(shown, type) and issubclass(shown, View)):
        return None
    reading = [
        route
        for route in routes
        if route.method == "GET"
        and route.path.endswith("/{id}")
        and isinstance(route.view, type)
        and issubclass(shown, route.view)
    ]
    return reading[0].path if reading else None


def is_under(route: Route, address: str | None) -> bool:
    """Whether the route is the thing's own address or stands below it, with nothing more to be named."""
    return address is not None and f"{route.path}/".startswith(f"{address}/") and route.path.count("{") == 1


def _variable(route: Route) -> str:
    return route.path[route.path.index("{") + 1 : route.path.index("}")]


def _open_to_both(one: Route, other: Route) -> bool:
    return bool(one.roles & other.roles)
