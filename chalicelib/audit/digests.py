"""Digests: one number that stands for all of an item, and changes when anything of it does."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

_ENTRY_BYTES = 24


def entry(raw: Mapping[str, Any]) -> str:
    """An entry's digest, over its key and every attribute as the table has them: 32 letters, 192 bits."""
    return base64.b64encode(_sha(raw)[:_ENTRY_BYTES]).decode()


def head(seal: Mapping[str, Any]) -> str:
    """A seal's head, over all that it holds, the head of the seal before included."""
    return _sha(_without(seal, "head", "signature")).hex()


def mark(latest: Mapping[str, Any]) -> bytes:
    """What is signed of the mark of the latest seal; its kind keeps it apart from what is signed of any seal."""
    return _sha(_without(latest, "signature"))


def _without(item: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}


def _sha(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=bytes.hex)
    return hashlib.sha256(text.encode()).digest()
