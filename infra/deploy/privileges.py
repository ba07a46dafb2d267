"""Least privilege, read from the translated template: which statements reach everything, and which of them may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# `resource/statement` whose `*` has a reason. A statement that is not listed here must name what it reaches.
EXPLAINED: dict[str, str] = {}


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
    for logical_id, resource in translated["Resources"].items():
        properties = resource.get("Properties", {})
        documents = []
        if resource["Type"] == "AWS::IAM::Role":
            documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        elif resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            documents = [properties["PolicyDocument"]]
        for document in documents:
            for number, statement in enumerate(document["Statement"]):
                if statement["Effect"] == "Allow":
                    yield f"{logical_id}/{statement.get('Sid', number)}", statement


def _everything(statement: dict[str, Any]) -> Iterator[str]:
    if "*" in _listed(statement.get("Resource")) or "NotResource" in statement:
        yield "its actions on every resource"
    if any(isinstance(action, str) and action.endswith("*") for action in _listed(statement.get("Action"))):
        yield "actions by a pattern"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
