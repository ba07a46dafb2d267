"""Least privilege, read from the translated template: which statements reach everything, and which of them may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# `resource/statement` whose `*` has a reason. A statement that is not listed here must name what it reaches.
EXPLAINED: dict[str, str] = {
    "OnReminderRole/TextAnyPhone": "a phone number has no ARN; what has one, topics and apps, is left out",
}


def reaching_everything(translated: dict[str, Any]) -> list[str]:
    """Allowing statements with `Resource: "*"` or `Action: "*"` that nobody explained."""
    return [
        f"{name} allows {what}"
        for name, statement in statements(translated)
        for what in _everything(statement)
        if name not in EXPLAINED
    ]


def statements(translated: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every allowing statement of a role or a managed policy, as `resource/statement`."""
    for logical_id, found in documents(translated):
        for number, statement in enumerate(found):
            if statement["Effect"] == "Allow":
                yield f"{logical_id}/{statement.get('Sid', number)}", statement


def documents(translated: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every role and managed policy with all of its statements."""
    for logical_id, resource in translated["Resources"].items():
        properties = resource.get("Properties", {})
        found = []
        if resource["Type"] == "AWS::IAM::Role":
            found = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        elif resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            found = [properties["PolicyDocument"]]
        if found:
            yield logical_id, [statement for document in found for statement in document["Statement"]]


def listed(value: Any) -> list[Any]:
    """One or several, as several."""
    return value if isinstance(value, list) else [value]


def _everything(statement: dict[str, Any]) -> Iterator[str]:
    if "*" in listed(statement.get("Resource")) or "NotResource" in statement:
        yield "its actions on every resource"
    if any(isinstance(action, str) and action.endswith("*") for action in listed(statement.get("Action"))):
        yield "actions by a pattern"
