"""Documents: texts that belong to the application (pages, scripts, style sheets), sent as they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.kit import ids
from chalicelib.kit.calls import Call, fresh
from chalicelib.kit.replies import Bare


@dataclass(frozen=True, slots=True)
class Document:
    """A text, its media type, and a tag that changes with it."""

    text: str
    media_type: str
    tag: str


def read(path: Path, media_type: str) -> Document:
    """The document in a file."""
    return document(path.read_text(encoding="utf-8"), media_type)


def document(text: str, media_type: str) -> Document:
    """The text as a document."""
    return Document(text, f"{media_type}; charset=utf-8", ids.digest(text))


def policy(**more: str) -> str:
    """A page's content security policy: nothing but files and answers of our own address, and what is said here.

    Whoever adds a directive names it with underscores: `img_src="'self' data:"`.
    """
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",  # sockets too: to the page's own host, wss where the page is https
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def sent(call: Call[Any, Any], document: Document, *, allowing: str, seconds: int) -> Bare:
    """The document under a policy, kept by browsers for so long, and not sent again while it is the same."""
    headers = {
        "Content-Security-Policy": allowing,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": f"public, max-age={seconds}",
    }
    return Bare(document.text, fresh(call, document.tag, headers), document.media_type, headers)
