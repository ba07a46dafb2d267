"""Whose data a reply shows, told by its views."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from chalicelib.kit.models import View


def views(declared: Any) -> frozenset[type[View]]:
    """Every view that a declared reply can hold: `list[V]`, `V | W`, and those inside their fields."""
    if isinstance(declared, type) and issubclass(declared, View):
        inside = [views(field.annotation) for field in declared.model_fields.values()]
        return frozenset({declared}).union(*inside)
    return frozenset().union(*(views(part) for part in get_args(declared)))


@cache
def may_show_patients(declared: Any) -> bool:
    """Whether a reply of this type can show a patient's data; most cannot, and are not looked through."""
    return any(view.subject is not View.subject for view in views(declared))


def patients(said: Any) -> Iterator[str]:
    """The ids of the patients whose data are shown, as often as they are."""
    if isinstance(said, View):
        subject = said.subject()
        if subject:
            yield subject
        for name in type(said).model_fields:
            yield from patients(getattr(said, name))
    elif isinstance(said, list | tuple):
        for member in said:
            yield from patients(member)
