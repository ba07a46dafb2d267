"""Is it running, and can it work?"""

from typing import Any

from chalicelib import __version__
from chalicelib.admin import health as checks
from chalicelib.kit.http import PUBLIC, Api, Call
from chalicelib.kit.models import View

api = Api(__name__)


class HealthView(View):
    """The version that runs, and each thing it depends on."""

    status: str
    version: str
    checks: dict[str, str]


@api.get("/api/health", roles=PUBLIC, view=HealthView)
def health(_call: Call[Any, Any]) -> HealthView:
    """Say whether the system can work; 503 names what it cannot reach."""
    return HealthView(status="ok", version=__version__, checks=checks.check())
