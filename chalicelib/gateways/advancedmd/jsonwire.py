"""Messages in JSON: `@name` is an attribute, `#text` the text, one child an object, several an array, none null."""

import json
from typing import Any

from chalicelib.gateways.advancedmd.elements import Element

KIND = "application/json"
_DEEPEST = 40


def write(element: Element) -> bytes:
    """The body of a request."""
    return json.dumps({element.name: _told(element)}, ensure_ascii=False).encode()


def read(body: bytes) -> Element:
    """The element of a reply, its `?xml` left out; ValueError when it is none."""
    try:
        document = json.loads(body)
        ((name, inner),) = ((key, value) for key, value in document.items() if not key.startswith("?"))
        return _grown(name, inner, 0)
    except (ValueError, AttributeError, RecursionError) as wrong:
        raise ValueError("no JSON that can be read") from wrong


def _told(element: Element) -> Any:
    told: dict[str, Any] = {f"@{name}": value for name, value in element.attributes.items()}
    if element.text:
        told["#text"] = element.text
    for name in dict.fromkeys(child.name for child in element.children):
        same = [_told(child) for child in element.all(name)]
        told[name] = same if len(same) > 1 else same[0]
    return told


def _grown(name: str, inner: Any, depth: int) -> Element:
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if not isinstance(inner, dict):
        return Element(name, text=_text(inner))
    attributes = {key[1:]: _text(value) for key, value in inner.items() if key.startswith("@")}
    children = [
        _grown(key, one, depth + 1)
        for key, value in inner.items()
        if not key.startswith(("@", "#")) and value is not None
        for one in (value if isinstance(value, list) else [value])
    ]
    return Element(name, attributes, tuple(children), _text(inner.get("#text")))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value).strip()
