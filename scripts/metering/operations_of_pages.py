"""What is open to the world: health, the description, and the pages, which ask next to nothing of the table."""

from scripts.metering.operations import Ask, Operation

_AS_THEY_ARE = {
    "/api/health": "/api/health",
    "/api/openapi.json": "/api/openapi.json",
    "/api/docs": "/api/docs",
    "/api/docs/{asset}": "/api/docs/start.js",
    "/portal/lobby": "/portal/lobby",
    "/portal/reception": "/portal/reception",
    "/portal/advancedmd": "/portal/advancedmd",
    "/portal/kiosk": "/portal/kiosk",
    "/portal/track/{secret}": "/portal/track/456.x",
    "/portal/visit/{id}": "/portal/visit/vis_1",
    "/portal/assets/{asset}": "/portal/assets/lobby.js",
}


def _at(path: str) -> Operation:
    return Operation(f"GET {path}", lambda _: Ask(_AS_THEY_ARE[path]))


ROWS = [_at(path) for path in _AS_THEY_ARE]
