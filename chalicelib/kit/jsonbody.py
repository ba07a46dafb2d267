"""Reading a JSON body: everything that is not plain, finite, printable JSON is refused by name."""

import json
import unicodedata
from decimal import Decimal
from typing import Any, NoReturn

from chalicelib.kit.errors import Invalid, Malformed, TooLarge, UnsupportedMedia

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
_ALLOWED_CONTROLS = frozenset("\n\r\t")


class NotUtf8(Malformed):
    """The bytes of the body are not text."""

    code = "invalid_utf8"
    sampled = ()

    def __init__(self) -> None:
        super().__init__("The body is not valid UTF-8.")


class NotJson(Malformed):
    """The text of the body is not JSON, or not an object."""

    code = "invalid_json"
    sampled = ("The body is not valid JSON.",)


class TooDeep(Malformed):
    """The body is nested more deeply than any request needs."""

    code = "too_deep"
    sampled = ()

    def __init__(self, path: str = "") -> None:
        details = [{"field": path, "problem": "too deep"}] if path else ()
        super().__init__("The body is nested too deeply.", details=details)


class RepeatedField(Malformed):
    """An object of the body has a field twice."""

    code = "repeated_field"
    sampled = ("doctor_id",)

    def __init__(self, name: str) -> None:
        super().__init__("A field is given twice.", details=[{"field": name[:64], "problem": "given twice"}])


def parse(raw: bytes, content_type: str) -> dict[str, Any]:
    """The object in the body, `{}` for an empty one; numbers keep their decimals.

    Raises UnsupportedMedia, TooLarge, Malformed (not JSON, not UTF-8, a repeated key, too deep) or
    Invalid (control characters, half surrogates), naming the field where there is one.
    """
    if not raw.strip():
        return {}
    if content_type.split(";", maxsplit=1)[0].strip().lower() != "application/json":
        raise UnsupportedMedia("Send the body as application/json.")
    if len(raw) > MAX_BYTES:
        raise TooLarge(f"The body is larger than {MAX_BYTES // 1024} KiB.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUtf8 from error
    try:
        body = json.loads(text, object_pairs_hook=_unique, parse_float=Decimal, parse_constant=_not_json)
    except RecursionError as error:
        raise TooDeep from error
    except ValueError as error:  # JSONDecodeError, and integers of absurd length
        raise NotJson("The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise NotJson("The body must be a JSON object.")
    _check(body, path="", depth=0)
    return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise RepeatedField(repeated)
    return found


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _check(value: Any, *, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TooDeep(path)
    if isinstance(value, str):
        check_text(value, path)
    elif isinstance(value, dict):
        for name, member in value.items():
            check_text(name, path or "body")
            _check(member, path=f"{path}.{name}" if path else name, depth=depth + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            _check(member, path=f"{path}[{index}]", depth=depth + 1)


def check_text(text: str, field: str) -> None:
    """Refuse text that no one can type: control characters and half surrogates; emoji and diacritics pass."""
    if text.isascii() and text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in _ALLOWED_CONTROLS:
            raise Invalid.field(field, "contains a control character")
