"""IAM's part on a laptop: while a function runs, what its policy does not allow is refused, as AWS refuses it.

The policies are those that are deployed. The table is judged by action, index and partition, a queue that
`resources.yaml` declares by action and resource, everything else by action. Calls that no function makes, as those of
the engine's own tools, are nobody's and pass.
"""

from __future__ import annotations

import json
import logging
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, wraps
from pathlib import Path
from typing import Any

from infra.local.resources import load, name_of

API = "api_handler"
"""The function behind HTTP."""
_CHALICE = Path(__file__).parents[2] / ".chalice"
_SERVICES = {"sesv2": "ses"}  # whose actions have another name than their client
_ACTIONS = {"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"} | {
    "ConditionCheck": "ConditionCheckItem"
}
_PARTITIONS = "dynamodb:LeadingKeys"
_BATCHED = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage"}
_running: ContextVar[str | None] = ContextVar("running", default=None)
_log = logging.getLogger("careslot.rights")
refused: deque[str] = deque(maxlen=100)
"""What was refused of late, in words: who meets a refusal may go on without what was refused."""
REFUSED = "is not authorized to perform"


@dataclass(frozen=True, slots=True)
class Act:
    """One action on one resource: `Table`, `Table/index/due`, a queue's name in the template, or unknown."""

    action: str
    resource: str | None
    partition: str | None = None


@contextmanager
def of(function: str) -> Iterator[None]:
    """Whatever is called inside is called by this function, by its name in `.chalice/config.json`."""
    token = _running.set(function)
    try:
        yield
    finally:
        _running.reset(token)


def bound(function: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, with the function's rights."""

    @wraps(handler)
    def with_rights(*arguments: Any, **named: Any) -> Any:
        with of(function):
            return handler(*arguments, **named)

    return with_rights


def watch(events: Any) -> None:
    """Judge the calls of the clients that share this emitter of botocore's; again changes nothing."""
    events.register("provide-client-params", _judge, unique_id="rights")


def watch_all() -> None:
    """Judge the calls of the table's client, and of whatever is made of boto3's default session from now on."""
    import boto3  # noqa: PLC0415 - this is loaded before the environment is complete

    from chalicelib.table import base  # noqa: PLC0415 - same

    watch(base.connection().client.meta.events)
    if boto3.DEFAULT_SESSION is None:
        boto3.setup_default_session()
    watch(boto3.DEFAULT_SESSION.events)


def _judge(params: dict[str, Any], model: Any, **_: Any) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see watch_all

    function = _running.get()
    if function is None:
        return
    for act in acts(model.service_model.service_name, model.name, params):
        if not allows(function, act):
            said = f"{function} {REFUSED}: {act.action} on resource: {act.resource or 'unknown'}"
            refused.append(said)
            _log.error("%s: a policy in .chalice lacks it", said)
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": said}}, model.name)


def acts(service: str, operation: str, params: dict[str, Any]) -> list[Act]:
    """What a call asks for, in IAM's words."""
    if service == "dynamodb":
        return [
            Act(f"dynamodb:{action}", resource, partition)
            for action, resource, partition in _on_table(operation, params)
        ]
    action = f"{_SERVICES.get(service, service)}:{_BATCHED.get(operation, operation)}"
    queue = _queues().get(params.get("QueueUrl", "").rpartition("/")[2].removesuffix(".fifo"))
    return [Act(action, queue)]


def _on_table(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    match operation:
        case "TransactWriteItems" | "TransactGetItems":
            asked = [one for item in params["TransactItems"] for one in item.items()]
            for kind, request in asked:
                yield _ACTIONS[kind], "Table", _partition(request)
        case "BatchGetItem":
            for key in [key for asked in params["RequestItems"].values() for key in asked["Keys"]]:
                yield operation, "Table", _partition({"Key": key})
        case "BatchWriteItem":
            for request in [one for asked in params["RequestItems"].values() for one in asked]:
                yield operation, "Table", _partition(request.get("PutRequest") or request["DeleteRequest"])
        case "Query" | "Scan":
            index = params.get("IndexName")
            yield operation, f"Table/index/{index}" if index else "Table", None if index else _asked(params)
        case _:
            yield operation, "Table", _partition(params)


def _partition(request: dict[str, Any]) -> str | None:
    """The partition of what is read or written; None when a request names none."""
    value: str | None = (request.get("Key") or request.get("Item") or {}).get("PK", {}).get("S")
    return value


def _asked(params: dict[str, Any]) -> str | None:
    """The partition that a Query names."""
    names, values = params.get("ExpressionAttributeNames", {}), params.get("ExpressionAttributeValues", {})
    for name, value in re.findall(r"([#\w]+) = (:\w+)", params.get("KeyConditionExpression", "")):
        if names.get(name, name) == "PK":
            found: str = values[value]["S"]
            return found
    return None


def allows(function: str, act: Act) -> bool:
    """Whether a function's policy allows this: some statement does, and none forbids it."""
    stated = _stated(function, act.action, act.resource)
    applying = {effect for effect, patterns in stated if _holds(patterns, act.partition)}
    return "Allow" in applying and "Deny" not in applying


@cache
def _stated(function: str, action: str, resource: str | None) -> list[tuple[str, list[str]]]:
    """What a function's policy says of an action on a resource: each time the effect, and for which partitions."""
    return [
        (one["Effect"], [name for test in one.get("Condition", {}).values() for name in test[_PARTITIONS]])
        for one in _policy(function)
        if action in one["Action"] and (resource is None or resource in _resources(one))
    ]


def _holds(patterns: list[str], partition: str | None) -> bool:
    """Whether the partition is one of those that are named; where none are, it is."""
    return not patterns or any(fnmatchcase(partition or "", pattern) for pattern in patterns)


def _resources(statement: dict[str, Any]) -> list[str]:
    told = statement["Resource"]
    return [_named(one) for one in (told if isinstance(told, list) else [told])]


def _named(resource: Any) -> str:
    match resource:
        case {"Fn::GetAtt": [name, _]} | {"Ref": name}:
            return str(name)
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text)
    return str(resource)


@cache
def _policy(function: str) -> list[dict[str, Any]]:
    config = json.loads((_CHALICE / "config.json").read_text(encoding="utf-8"))
    file = config["stages"]["dev"]["lambda_functions"][function]["iam_policy_file"]
    statements: list[dict[str, Any]] = json.loads((_CHALICE / file).read_text(encoding="utf-8"))["Statement"]
    return statements


@cache
def _queues() -> dict[str, str]:
    """The names that queues have here, each with its name in the template."""
    declared = load()["Resources"].items()
    found = [name for name, resource in declared if resource["Type"] == "AWS::SQS::Queue"]
    return {name_of(name, "local"): name for name in found}
