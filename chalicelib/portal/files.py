"""The pages of the clinic day and the files that they load: modules as browsers read them, without a build step."""

from functools import cache
from pathlib import Path

from chalicelib.kit import documents
from chalicelib.kit.documents import Document
from chalicelib.kit.errors import NotFound

FOLDER = Path(__file__).with_name("pages")
_MEDIA = {".css": "text/css", ".js": "text/javascript"}


@cache
def page(name: str) -> Document:
    """The page of that name."""
    return documents.read(FOLDER / f"{name}.html", "text/html")


@cache
def _assets() -> dict[str, Path]:
    return {path.name: path for path in FOLDER.iterdir() if path.suffix in _MEDIA}


@cache
def asset(name: str) -> Document:
    """A file that a page loads; NotFound for any other name."""
    path = _assets().get(name)
    if path is None:
        raise NotFound("file", "asset")
    return documents.read(path, _MEDIA[path.suffix])
