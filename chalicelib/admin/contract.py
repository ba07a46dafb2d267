"""The description of the API as it is served: made at the first request for it, then kept."""

import json
from functools import cache

from chalicelib import __version__
from chalicelib.kit import ids
from chalicelib.kit.http import ROUTES


@cache
def text() -> tuple[str, str]:
    """The OpenAPI document of all declared routes as JSON, and its tag."""
    from chalicelib.kit.openapi import document  # noqa: PLC0415 - few processes are ever asked for it

    described = document(ROUTES, version=__version__)
    said = json.dumps(described, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return said, ids.digest(said)
