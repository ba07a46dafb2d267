"""Why a schedule is refused, with its fields named as the wire names them."""

import re
from collections.abc import Sequence

from chalicelib.kit.errors import Invalid
from chalicelib.schedules.rules import Problem

_INDEX = re.compile(r"\.(\d+)")


class ScheduleRefused(Invalid):
    """The schedule can be read, but says what may not be; `details` name every wrong field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        details = [{"field": _on_the_wire(field), "problem": problem} for field, problem in problems]
        super().__init__(f"{details[0]['field']}: {details[0]['problem']}", details=details)


def _on_the_wire(field: str) -> str:
    return _INDEX.sub(r"[\1]", field.replace("rows.", "availability."))
