"""Reading a JSON body: everything that is not plain, finite, printable JSON is refused by name."""

import json
import unicodedata
from decimal import Decimal
from typing import Any, NoReturn

from chalicelib.kit.errors import Invalid, Malformed, TooLarge, UnsupportedMedia

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
_ALLOWED_CONTROLS = frozenset("\n\r\t")


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
        raise Malformed("The body is not valid UTF-8.", code="invalid_utf8") from error
    try:
        body = json.loads(text, object_pairs_hook=_unique, parse_float=Decimal, parse_constant=_not_json)
    except RecursionError as error:
        raise Malformed("The body is nested too deeply.", code="too_deep") from error
    except ValueError as error:  # JSONDecodeError, and integers of absurd length
        raise Malformed("The body is not valid JSON.", code="invalid_json") from error
    if not isinstance(body, dict):
        raise Malformed("The body must be a JSON object.", code="invalid_json")
    _check(body, path="", depth=0)
    return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise Malformed(
            "A field is given twice.",
            code="repeated_field",
            details=[{"field": repeated[:64], "problem": "given twice"}],
        )
    return found


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _check(value: Any, *, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed(
            "The body is nested too deeply.", code="too_deep", details=[{"field": path, "problem": "too deep"}]
        )
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
