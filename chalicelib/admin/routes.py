"""Is it running, can it work, and what does it offer?"""

from typing import Any

from chalicelib import __version__
from chalicelib.admin import contract
from chalicelib.admin import health as checks
from chalicelib.kit.http import PUBLIC, Api, Bare, Call, fresh
from chalicelib.kit.models import View

api = Api(__name__)


class HealthView(View):
    """The version that runs, and each thing it depends on."""

    status: str
    version: str
    checks: dict[str, str]


@api.get("/api/health", roles=PUBLIC, view=HealthView, tagged=False)
def health(_call: Call[Any, Any]) -> HealthView:
    """Say whether the system can work; 503 names what it cannot reach."""
    return HealthView(status="ok", version=__version__, checks=checks.check())


@api.get("/api/openapi.json", roles=PUBLIC)
def openapi(call: Call[Any, Any]) -> Bare:
    """Describe this API as an OpenAPI 3.1 document."""
    text, tag = contract.text()
    return Bare(text, etag=fresh(call, tag), headers={"Cache-Control": "public, max-age=300"})
