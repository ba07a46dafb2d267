"""Messages in XML. Replies are ISO-8859-1; what is sent is so too, other letters as references."""

from xml.etree.ElementTree import Element as Node  # nosec B405 # only builds and writes; reading is defusedxml's
from xml.etree.ElementTree import ParseError, tostring  # nosec B405 # what we wrote ourselves

from chalicelib.gateways.advancedmd.elements import Element

KIND = "text/xml"


def write(element: Element) -> bytes:
    """The body of a request."""
    written: bytes = tostring(_node(element), encoding="iso-8859-1")
    return written


def read(body: bytes) -> Element:
    """The element of a reply; ValueError when it is none, or tries what an XML bomb does."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only what talks to AdvancedMD needs it
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415 - same

    try:
        return _element(fromstring(body))
    except (ParseError, DefusedXmlException, LookupError) as wrong:  # the last: an encoding that nobody knows
        raise ValueError("no XML that can be read") from wrong


def _node(element: Element) -> Node:
    node = Node(element.name, dict(element.attributes))
    node.text = element.text or None
    node.extend([_node(child) for child in element.children])
    return node


def _element(node: Node) -> Element:
    text = (node.text or "").strip()
    return Element(str(node.tag), dict(node.attrib), tuple(_element(child) for child in node), text)
