"""DynamoDB's limits on one expression, checked by us because the embedded engine checks only one of them.

Limits: 4 KB of text and 300 operators (comparisons, AND, OR, NOT, functions) per expression;
100 operations per transaction.
"""

import re
from typing import Any

MAX_BYTES = 4096
MAX_OPERATORS = 300
MAX_OPERATIONS = 100
_OPERATOR = re.compile(
    r"<>|<=|>=|[=<>+\-]|\b(?:AND|OR|NOT|BETWEEN|IN)\b"
    r"|\b(?:attribute_exists|attribute_not_exists|attribute_type|begins_with|contains|size|if_not_exists|list_append)\b"
)


class ExpressionTooLarge(Exception):
    """A request that DynamoDB would refuse, whatever the table holds; a bug or a missing bound of ours."""


def operators(expression: str) -> int:
    """How many operators and functions DynamoDB counts in the expression."""
    return len(_OPERATOR.findall(expression))


def check(operation: dict[str, Any]) -> None:
    """Refuse an operation whose expressions exceed DynamoDB's limits."""
    for name in ("ConditionExpression", "UpdateExpression"):
        expression = operation.get(name) or ""
        if len(expression.encode()) > MAX_BYTES:
            raise ExpressionTooLarge(f"{name} has {len(expression.encode())} bytes of {MAX_BYTES}")
        if operators(expression) > MAX_OPERATORS:
            raise ExpressionTooLarge(f"{name} has {operators(expression)} operators of {MAX_OPERATORS}")
