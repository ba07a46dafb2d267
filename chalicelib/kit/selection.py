"""Selections: only those fields of a reply that its caller asks for with `fields`, of a thing or of each in a list.

What is left out is decided when a reply is written down: handlers, and those who record whose data was shown, work on
the whole. A selection has a media type of its own, so that the description can say exactly what each reply holds.
"""

from collections.abc import Sequence
from typing import Any, get_args

from pydantic.alias_generators import to_camel

from chalicelib.kit import ids
from chalicelib.kit.errors import Invalid
from chalicelib.kit.models import View

PARAMETER = "fields"
MEDIA_TYPE = "application/vnd.careslot.selection+json"
MOST = 64  # names; the largest view has fewer


def names(view: Any) -> tuple[str, ...]:
    """The names that can be asked for of a declared view; of `V | W` and `list[V]`, those of every view in it."""
    if isinstance(view, type) and issubclass(view, View):
        return tuple(view.model_fields)
    return tuple(dict.fromkeys(name for part in get_args(view) for name in names(part)))


def read(sent: Sequence[str], view: Any) -> tuple[str, ...]:
    """The view's names that were asked for, in the view's order; Invalid when one is unknown, or there are too many.

    They come separated by commas, in several parameters, or both, in snake_case or camelCase. The refusal lists what is
    known, and does not repeat what was sent.
    """
    asked = [word.strip() for value in sent for word in value.split(",")]
    if len(asked) > MOST:
        raise Invalid.field(PARAMETER, f"must be at most {MOST} names")
    known = names(view)
    spellings = {spelling: name for name in known for spelling in (to_camel(name), name)}
    if not spellings.keys() >= set(asked):
        raise Invalid.field(PARAMETER, f"must be among {', '.join(known)}")
    wanted = {spellings[word] for word in asked}
    return tuple(name for name in known if name in wanted)


def tag(etag: str, fields: tuple[str, ...]) -> str:
    """The ETag of this selection; If-Match reads no further than the dot, so that whoever saw a part may change it."""
    return f"{etag}.{ids.digest(*fields)}" if fields else etag


def only(shown: Any, fields: tuple[str, ...]) -> Any:
    """The selected fields of a view or a plain dict, or of each in a list; a form that lacks some is shown without."""
    if isinstance(shown, list | tuple):
        return [only(one, fields) for one in shown]
    whole = shown.wire() if isinstance(shown, View) else shown
    return {name: whole[name] for name in fields if name in whole}
