"""The readable form of the API's description: a page with the parts of Swagger UI that it needs, and a page of codes.

The viewer comes with the package `swagger-ui-py`, of which only static files are used; it is never imported.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from chalicelib.admin import codes
from chalicelib.kit import ids, problems
from chalicelib.kit.errors import NotFound

_OURS = Path(__file__).with_name("viewer")
_HTML = "text/html; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"
_ASSETS = {"start.js": _SCRIPT, "swagger-ui-bundle.js": _SCRIPT, "swagger-ui.css": "text/css; charset=utf-8"}
_CODES = problems.CODES.rpartition("/")[2]
# Nothing but our own files and answers; the viewer's icons are data addresses.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be sent as it is: its media type and a tag that changes with it."""

    text: str
    media_type: str
    tag: str


@cache
def page() -> Document:
    """The page of the viewer."""
    return _read(_OURS / "page.html", _HTML)


@cache
def asset(name: str) -> Document:
    """One of the files that the page loads, or the page of codes; NotFound for any other name."""
    if name == _CODES:
        return _document(codes.page(), _HTML)
    if name not in _ASSETS:
        raise NotFound("file", "asset")
    folder = _OURS if (_OURS / name).exists() else _viewer()
    return _read(folder / name, _ASSETS[name])


def _viewer() -> Path:
    found = find_spec("swagger_ui")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise NotFound("file", "asset")
    return Path(folders[0]) / "static"


def _read(path: Path, media_type: str) -> Document:
    return _document(path.read_text(encoding="utf-8"), media_type)


def _document(text: str, media_type: str) -> Document:
    return Document(text, media_type, ids.digest(text))
