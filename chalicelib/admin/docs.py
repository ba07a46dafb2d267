"""The readable form of the API's description: a page with the parts of Swagger UI that it needs, and a page of codes.

The viewer comes with the package `swagger-ui-py`, of which only static files are used; it is never imported.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from chalicelib.admin import codes
from chalicelib.kit import documents, problems
from chalicelib.kit.documents import Document
from chalicelib.kit.errors import NotFound

_OURS = Path(__file__).with_name("viewer")
_HTML = "text/html"
_SCRIPT = "text/javascript"
_ASSETS = {"start.js": _SCRIPT, "swagger-ui-bundle.js": _SCRIPT, "swagger-ui.css": "text/css"}
_CODES = problems.CODES.rpartition("/")[2]


@cache
def page() -> Document:
    """The page of the viewer."""
    return documents.read(_OURS / "page.html", _HTML)


@cache
def asset(name: str) -> Document:
    """One of the files that the page loads, or the page of codes; NotFound for any other name."""
    if name == _CODES:
        return documents.document(codes.page(), _HTML)
    if name not in _ASSETS:
        raise NotFound("file", "asset")
    folder = _OURS if (_OURS / name).exists() else _viewer()
    return documents.read(folder / name, _ASSETS[name])


def _viewer() -> Path:
    found = find_spec("swagger_ui")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise NotFound("file", "asset")
    return Path(folders[0]) / "static"
