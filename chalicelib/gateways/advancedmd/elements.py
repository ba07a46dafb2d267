"""What is said to AdvancedMD and what it says, whichever way it is written: an element with attributes and children."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Element:
    """One element. JSON's single objects, arrays and nulls are one child, several and none."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Element, ...] = ()
    text: str = ""

    def all(self, name: str) -> Iterator[Element]:
        """The children of that name, in order."""
        return (child for child in self.children if child.name == name)

    def one(self, *path: str) -> Element | None:
        """The first element at the end of a path of names."""
        found: Element | None = self
        for name in path:
            found = next(found.all(name), None) if found else None
        return found

    def under(self, *path: str) -> Iterator[Element]:
        """All children of the last name, of the element at the path before it."""
        parent = self.one(*path[:-1])
        return parent.all(path[-1]) if parent else iter(())

    def get(self, name: str) -> str:
        """An attribute without the blanks that pad it; empty when it is not there."""
        return self.attributes.get(name, "").strip()


def message(action: str, kind: str, attributes: Mapping[str, str] | None = None, *children: Element) -> Element:
    """A request: the action of a class, with its attributes in order."""
    return Element("ppmdmsg", {"action": action, "class": kind} | dict(attributes or {}), children)
