"""Late binding: functions that `app.py` names, `package.module:function`, and that are loaded when first needed."""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def named(name: str) -> Any:
    """The function of that name."""
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


class Seam:
    """Where a slice lets others join in without knowing them: `app.py` names their functions, in order."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def join(self, *names: str) -> None:
        """Let these functions be called here too."""
        self._names.extend(names)

    def functions(self) -> list[Any]:
        """All that are to be called, loaded now."""
        return [named(name) for name in self._names]


KEY_HOLDERS = Seam()
"""Who says whose an API key is: `kit.auth`."""
VISIT_HOLDERS = Seam()
"""Who says whose a telehealth link is: `kit.auth`."""
APPOINTMENT_MOVES = Seam()
"""What goes along when an appointment's status changes: `scheduling.companions`."""
REPLIES = Seam()
"""What becomes of a message that somebody sends us, and what they are answered: `reminders.webhooks`."""
REFUSED_ADDRESSES = Seam()
"""Who is told of an address that takes no messages, or wants none: `reminders.receipts`."""
