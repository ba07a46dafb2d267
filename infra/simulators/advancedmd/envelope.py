"""`ppmdmsg` and `PPMDResults`, in XML and in JSON, with the habits of the real one.

Inside, a message is an element tree whichever way it came. In JSON attributes are `@name`, text is `#text`, one child
is an object, several are an array, none is null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import (  # nosec B405 # only builds and writes; reading is defusedxml's
    Element,
    ParseError,
    SubElement,
    tostring,
)

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from infra.simulators.advancedmd import clock

BASE = -2147221504
UNKNOWN_LOGIN, TIMED_OUT, REDIRECT = 1024, 1025, 1028
NO_ATTRIBUTE, NO_ELEMENT, BAD_ATTRIBUTE, BAD_XML = 2048, 2049, 2051, 2052
NO_SUCH_ACTION, REDIRECTED_TWICE, BAD_SEARCH = 3088, 3090, 4108
CHANGED_BY_ANOTHER, TOO_MANY_RESULTS, TOO_MANY_CALLS = 4106, 4154, 429
_AS_THEY_ARE = frozenset({TOO_MANY_CALLS, 400})


class Fault(Exception):
    """What goes into `Error/Fault`; `results` is sent along, `http` is the transport's status."""

    def __init__(self, code: int, description: str, *, http: int = 200, results: Element | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.http, self.results = code, description, http, results


class BadRequest(Exception):
    """A request that is refused by the transport alone: plain text and a status."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text, self.status = text, status


@dataclass(frozen=True, slots=True)
class Message:
    """A request: the root's attributes, and the root for its children."""

    root: Element

    @property
    def action(self) -> str:
        return self.root.get("action", "").lower()

    @property
    def kind(self) -> str:
        """Its `class`."""
        return self.root.get("class", "").lower()

    def need(self, name: str) -> str:
        """An attribute that must be there."""
        value = self.root.get(name)
        if not value:
            raise Fault(NO_ATTRIBUTE, f"The required attribute '{name}' is missing.")
        return value


def read(body: bytes, *, is_json: bool) -> Message:
    """The message of a body; Fault when it is none."""
    try:
        root = _from_json(json.loads(body)) if is_json else fromstring(body)
    except (ParseError, DefusedXmlException, ValueError, AttributeError, TypeError):
        raise Fault(BAD_XML, "The message cannot be parsed.") from None
    if root.tag != "ppmdmsg":
        raise Fault(NO_ELEMENT, "The root must be 'ppmdmsg'.")
    return Message(root)


def _from_json(document: dict[str, Any]) -> Element:
    ((name, inner),) = document.items()
    return _grown(name, inner)


def _grown(name: str, inner: Any) -> Element:
    element = Element(name)
    if not isinstance(inner, dict):
        element.text = None if inner is None else str(inner)
        return element
    for key, value in inner.items():
        if key == "#text":
            element.text = str(value)
        elif key.startswith("@"):
            element.set(key[1:], "" if value is None else str(value))
        else:
            element.extend([_grown(key, one) for one in (value if isinstance(value, list) else [value])])
    return element


def reply(results: list[Element], fault: Fault | None, *, now: datetime, signed: bool, bare: bool = False) -> Element:
    """The whole `PPMDResults`; `bare` puts the records directly beneath it, as look-ups by REST do."""
    root = Element("PPMDResults", {"s": "SIMULATOR", "lst": clock.long_form(now)})
    if bare and fault is None:
        root.extend(results)
        return root
    root.extend(results or [Element("Results")])
    error = SubElement(root, "Error")
    if fault is not None:
        error.append(_fault(fault, signed=signed))
    return root


def _fault(fault: Fault, *, signed: bool) -> Element:
    small = fault.code in _AS_THEY_ARE or not signed
    code = fault.code if small else BASE + fault.code
    element = Element("Fault")
    SubElement(element, "faultcode").text = "Client"
    SubElement(element, "faultstring").text = "Client Error"
    detail = SubElement(element, "detail")
    SubElement(detail, "code").text = str(code)
    SubElement(detail, "description").text = fault.description
    for name in ("class", "method", "linenum", "source", "extrainfo"):
        SubElement(detail, name)
    return element


def as_xml(root: Element) -> bytes:
    """In ISO-8859-1, as AdvancedMD declares it; what that cannot hold is written as a reference."""
    written: bytes = tostring(root, encoding="iso-8859-1")  # the declaration comes with an encoding that is not UTF-8
    return written


def as_json(root: Element) -> bytes:
    document = {"?xml": {"@version": "1.0", "@encoding": "ISO-8859-1"}, root.tag: _shrunk(root)}
    return json.dumps(document, ensure_ascii=False).encode()


def _shrunk(element: Element) -> Any:
    inner: dict[str, Any] = {f"@{name}": value for name, value in element.items()}
    for child in element:
        told = _shrunk(child)
        if child.tag not in inner:
            inner[child.tag] = told
        elif isinstance(inner[child.tag], list):
            inner[child.tag].append(told)
        else:
            inner[child.tag] = [inner[child.tag], told]
    text = (element.text or "").strip()
    if not inner:
        return text or None
    return inner | ({"#text": text} if text else {})
