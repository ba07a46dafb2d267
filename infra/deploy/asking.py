"""Asking the person at the terminal before something is done."""

import sys
from collections.abc import Callable

Ask = Callable[[str], bool]
Say = Callable[[str], None]


def ask(question: str) -> bool:
    """Whether the person at the terminal agrees; nobody there is a no."""
    if not sys.stdin.isatty():
        print("nobody to ask; --yes executes without asking", file=sys.stderr)
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
