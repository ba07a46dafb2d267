"""Late binding: functions that `app.py` names, `package.module:function`, and that are loaded when first needed."""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def named(name: str) -> Any:
    """The function of that name."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)
