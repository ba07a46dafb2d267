"""Is it running, can it work, and what does it offer?"""

from typing import Any, ClassVar

from chalicelib import __version__
from chalicelib.admin import contract, docs
from chalicelib.admin import health as checks
from chalicelib.admin.health import Unhealthy
from chalicelib.kit import documents
from chalicelib.kit.http import PUBLIC, Api, Bare, Call, fresh
from chalicelib.kit.models import Example, View

api = Api(__name__)
_FIVE_MINUTES, _A_DAY = 300, 86_400


class HealthView(View):
    """The version that runs, and each thing it depends on."""

    example: ClassVar[Example] = {"status": "ok", "version": "0.1.0", "checks": {"table": "ok"}}
    status: str
    version: str
    checks: dict[str, str]


@api.get("/api/health", roles=PUBLIC, view=HealthView, tagged=False, refuses=(Unhealthy,))
def check_health(_call: Call[Any, Any]) -> HealthView:
    """Say whether the system can work; 503 names what it cannot reach."""
    return HealthView(status="ok", version=__version__, checks=checks.check())


@api.get("/api/openapi.json", roles=PUBLIC)
def read_openapi(call: Call[Any, Any]) -> Bare:
    """Describe this API as an OpenAPI 3.1 document."""
    text, tag = contract.text()
    headers = {"Cache-Control": f"public, max-age={_FIVE_MINUTES}"}
    return Bare(text, etag=fresh(call, tag, headers), headers=headers)


@api.get("/api/docs", roles=PUBLIC, media=("text/html",))
def read_docs(call: Call[Any, Any]) -> Bare:
    """Show the description of this API as a page to read and to try."""
    return documents.sent(call, docs.page(), allowing=documents.policy(), seconds=_FIVE_MINUTES)


@api.get(
    "/api/docs/{asset}", roles=PUBLIC, media=("text/javascript", "text/css", "text/html"), example={"asset": "start.js"}
)
def read_docs_asset(call: Call[Any, Any], asset: str) -> Bare:
    """A script or a style sheet of that page; `codes` is a page of its own, with what every refusal means."""
    return documents.sent(call, docs.asset(asset), allowing=documents.policy(), seconds=_A_DAY)
