"""The page of codes: what every refusal means, at the address to which problem details point."""

from collections.abc import Iterable
from functools import cache
from html import escape

from chalicelib.admin.front_door import PastTheFrontDoor
from chalicelib.kit.errors import CareSlotError, MethodNotAllowed
from chalicelib.kit.http import ROUTES

_PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>CareSlot API: codes</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <h1>Codes</h1>
    <p>Every refusal has one of these codes. Each has one meaning and one status, and stays as it is.
    The <a href="/api/docs">description of the API</a> says which operation answers which.</p>
{entries}
  </body>
</html>
"""
_ENTRY = """    <h2 id="{code}">{code}</h2>
    <p>{status} &middot; {title}</p>
    <p>For example: <q>{example}</q></p>"""


@cache
def page() -> str:
    """The page as HTML, without anything that has to be loaded."""
    from chalicelib.kit.openapi_components import known  # noqa: PLC0415 - few processes are ever asked for it

    described = known(leaf for route in ROUTES for leaf in route.refuses)
    return _PAGE.format(entries=_entries([*described, CareSlotError, MethodNotAllowed, PastTheFrontDoor]))


def _entries(kinds: Iterable[type[CareSlotError]]) -> str:
    """An entry for each code."""
    samples = {kind.code: kind.sample() for kind in kinds}
    return "\n".join(
        _ENTRY.format(
            code=escape(code), status=one.status, title=escape(one.title()), example=escape(one.message, quote=False)
        )
        for code, one in sorted(samples.items())
    )
