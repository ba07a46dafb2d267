"""Base models of the wire: requests take every spelling of the seeds, views give one."""

from functools import cache
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from chalicelib.kit import formbody
from chalicelib.kit.errors import Invalid
from chalicelib.kit.jsonbody import check_text

Example = dict[str, Any]
_MOST_PROBLEMS = 50  # are told of at once: a body may have thousands


class Described(BaseModel):
    """What the API's description shows: `example` has the telling values of a model and of those made from it."""

    example: ClassVar[Example] = {}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        shown: dict[str, Any] = {}
        for kind in reversed(cls.__mro__):
            shown |= vars(kind).get("example", {})
        known = {said for name, field in cls.model_fields.items() for said in (name, field.alias)}
        shown = {name: value for name, value in shown.items() if name in known}
        if shown:
            handler.resolve_ref_schema(schema).setdefault("examples", [shown])
        return schema


class RequestModel(Described):
    """A request: snake_case, camelCase or a listed synonym of each field; unknown fields are refused.

    `synonyms` maps a further spelling to its field; `server_set` names fields that only the server
    sets and that are ignored when a client sends them back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, ser_json_inf_nan="null")
    media: ClassVar[str] = "application/json"
    synonyms: ClassVar[dict[str, str]] = {}
    server_set: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _one_spelling(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        spellings = _spellings(cls)
        found: dict[str, Any] = {}
        for spelling, value in data.items():
            field = spellings.get(str(spelling), str(spelling))
            if field in cls.server_set and field not in cls.model_fields:
                continue
            if field in found and found[field] != value:
                raise Invalid.field(field, f"given twice with different values (also as {spelling!r})")
            found[field] = value
        return cls.translate(found)

    def given(self) -> dict[str, Any]:
        """The fields that the caller sent, so that a change leaves the others as they are."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    @classmethod
    def translate(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Where a slice turns the seeds' combined or overloaded fields into its own; `data` has canonical names."""
        return data

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """The validated request, or `Invalid` naming every wrong field."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise invalid(error) from None


class QueryModel(RequestModel):
    """A query string: all values arrive as text, so numbers and flags are read from text."""

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """The validated query, or `Invalid` naming every wrong parameter."""
        for name, value in data.items():
            check_text(value, name)
        return super().read(data)


class FormModel(RequestModel):
    """A form that another system posts, with that system's names; what it says besides is not read."""

    model_config = ConfigDict(extra="ignore")
    media: ClassVar[str] = formbody.MEDIA_TYPE


class View(Described):
    """A reply: canonical names, every field present."""

    model_config = ConfigDict(frozen=True, defer_build=True, json_schema_serialization_defaults_required=True)

    def wire(self) -> dict[str, Any]:
        """The view as JSON-ready values."""
        return self.model_dump(mode="json")

    def subject(self) -> str | None:
        """The id of the patient whose data this shows, so that it is known who saw them; None for nobody's."""
        return None


class Page(View):
    """Where a list goes on; null at its end."""

    next_cursor: str | None


def invalid(error: ValidationError) -> Invalid:
    """pydantic's first findings as ours, without the values that were sent."""
    details = [
        {"field": _path(problem["loc"]) or "body", "problem": _sentence(problem)}
        for problem in error.errors(include_input=False, include_context=False, include_url=False)[:_MOST_PROBLEMS]
    ]
    first = details[0]
    return Invalid(f"{first['field']}: {first['problem']}", details=details)


def _sentence(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "unknown field"
    if problem["type"] == "missing":
        return "is required"
    return str(problem["msg"]).removeprefix("Value error, ")


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path[:200]


@cache
def _spellings(model: type[RequestModel]) -> dict[str, str]:
    spellings = dict(model.synonyms)
    for field in [*model.model_fields.keys(), *model.server_set]:
        spellings[field] = field
        spellings[to_camel(field)] = field
    spellings.update({to_camel(synonym): field for synonym, field in model.synonyms.items()})
    return spellings
