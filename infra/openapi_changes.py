"""What breaks callers between two OpenAPI documents of ours; pure.

Breaking is: an operation that is gone, a role that may no longer call it, a request field that is newly required or no
longer known, a request value that is no longer taken, another status of success, and a field gone from a reply.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body or a reply: whether it must be there, and the words that it may say (none means any)."""

    required: bool
    words: frozenset[str]


def breaking(before: Document, after: Document) -> list[str]:
    """A sentence for each change from `before` to `after` that breaks a caller who relied on `before`."""
    return list(_breaking(before, after))


def _breaking(before: Document, after: Document) -> Iterator[str]:
    for path, methods in before.get("paths", {}).items():
        for method, old in methods.items():
            name = f"{method.upper()} {path}"
            new = after.get("paths", {}).get(path, {}).get(method)
            if new is None:
                yield f"breaking: {name} is gone"
                continue
            yield from (f"breaking: {name}: {change}" for change in _changes(before, old, after, new))


def _changes(before: Document, old: Schema, after: Document, new: Schema) -> Iterator[str]:
    yield from _narrowed(old["x-roles"], new["x-roles"])
    yield from _asked(_parameters(before, old), _parameters(after, new))
    yield from _asked(_fields(before, _body(old)), _fields(after, _body(new)))
    success = _success(old)
    if success != _success(new):
        yield f"succeeds with {_success(new)} instead of {success}"
        return
    lost = _fields(before, _reply(old, success)).keys() - _fields(after, _reply(new, success)).keys()
    yield from (f"the reply has no {field} any more" for field in _outermost(lost))


def _narrowed(old: list[str], new: list[str]) -> Iterator[str]:
    if new and not old:
        yield "needs a token now"
    elif new:
        yield from (f"is closed to {role} now" for role in old if role not in new)


def _asked(old: dict[str, Field], new: dict[str, Field]) -> Iterator[str]:
    for name, field in new.items():
        was = old.get(name)
        inside = name.rpartition(".")[0]
        # What is required inside an object that is new itself asks nothing of those who never send the object.
        if field.required and not (was and was.required) and (not inside or inside in old):
            yield f"{name} is required now"
        if was and field.words and not was.words:
            yield f"{name} takes only {', '.join(sorted(field.words))} now"
        elif was and field.words and was.words - field.words:
            yield f"{name} may not say {', '.join(sorted(was.words - field.words))} any more"
    yield from (f"{name} is refused now" for name in _outermost(old.keys() - new.keys()))


def _outermost(names: Iterable[str]) -> list[str]:
    """The names less those inside of others."""
    found: list[str] = []
    for name in sorted(names):
        if not any(name.startswith((f"{other}.", f"{other}[")) for other in found):
            found.append(name)
    return found


def _parameters(document: Document, operation: Schema) -> dict[str, Field]:
    resolved = [_resolved(document, parameter) for parameter in operation.get("parameters", [])]
    return {
        f"{one['in']} {one['name']}": Field(one.get("required", False), _words(document, one["schema"]))
        for one in resolved
    }


def _body(operation: Schema) -> Schema:
    return _content(operation.get("requestBody", {}))


def _success(operation: Schema) -> str:
    return next((status for status in sorted(operation["responses"]) if status.startswith("2")), "")


def _reply(operation: Schema, status: str) -> Schema:
    return _content(operation["responses"].get(status, {}))


def _content(said: Schema) -> Schema:
    schema: Schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _fields(document: Document, schema: Schema, path: str = "", seen: tuple[str, ...] = ()) -> dict[str, Field]:
    """Every field by its path, `data[].id`; of alternatives all fields."""
    if schema.get("$ref") in seen:
        return {}
    seen = (*seen, schema["$ref"]) if "$ref" in schema else seen
    schema = _resolved(document, schema)
    found: dict[str, Field] = {}
    for kind in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        found |= _fields(document, kind, path, seen)
    if "items" in schema:
        found |= _fields(document, schema["items"], f"{path}[]", seen)
    for name, part in schema.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        found[inner] = Field(name in schema.get("required", ()), _words(document, part))
        found |= _fields(document, part, inner, seen)
    return found


def _words(document: Document, schema: Schema) -> frozenset[str]:
    """The words of an enumeration, through a reference or beside null; none for anything else."""
    schema = _resolved(document, schema)
    words = frozenset(str(word) for word in schema.get("enum", ()))
    return words.union(*(_words(document, kind) for kind in schema.get("anyOf", ())))


def _resolved(document: Document, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found
