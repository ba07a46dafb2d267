"""The audit trail as IAM guards it, read from the translated template: who may write what of it. Answers complaints.

DynamoDB's `LeadingKeys` tells partitions apart, and not whether a put replaces something; so whoever may put entries
could overwrite one before it is sealed. Behind the seal it would show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.deploy.privileges import documents, listed
from infra.deploy.template import switchable

_TABLE = switchable({"Fn::GetAtt": ["Table", "Arn"]})
_WRITES = ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")
_SPREAD = ("PartiQLDelete", "PartiQLInsert", "PartiQLUpdate")
_GUARDED = ("AUDIT#*", "SEALS")
# role, partition → what it may do there
ALLOWED = {("OnChangeRole", "AUDIT#*"): {"PutItem"}, ("SealRole", "SEALS"): {"PutItem"}}


def complaints(translated: dict[str, Any]) -> list[str]:
    """Every role that may do more to the trail than it needs, and every key that more than the sealer may sign with."""
    said = []
    for role, statements in documents(translated):
        for partition in _GUARDED:
            left = set(_left(statements, partition)) - ALLOWED.get((role, partition), set())
            said += [f"{role} may {action} in {partition}" for action in sorted(left)]
        if role != "SealRole" and any("kms:Sign" in listed(one.get("Action")) for one in statements):
            said.append(f"{role} may sign seals")
    return said


def _left(statements: list[dict[str, Any]], partition: str) -> Iterator[str]:
    """The writes of a partition that are allowed and not denied."""
    for action in (*_WRITES, *_SPREAD):
        allowed = any(_covers(one, action, partition) for one in statements if one["Effect"] == "Allow")
        if allowed and not any(_covers(one, action, partition) for one in statements if one["Effect"] == "Deny"):
            yield action


def _covers(statement: dict[str, Any], action: str, partition: str) -> bool:
    if f"dynamodb:{action}" not in listed(statement.get("Action")) or _TABLE not in listed(statement.get("Resource")):
        return False
    conditions = statement.get("Condition", {}).values()
    keys = [key for condition in conditions for key in listed(condition.get("dynamodb:LeadingKeys", []))]
    return not keys or partition in keys
