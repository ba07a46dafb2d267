"""Who is called by what, read from the translated template: event sources, aliases, log groups. Answers complaints."""

from __future__ import annotations

import json
from typing import Any

_OWN_STREAM = {"Fn::GetAtt": ["Table", "StreamArn"]}
_STREAM = {"Fn::If": ["TableIsRestored", {"Ref": "RestoredStream"}, _OWN_STREAM]}
_DEAD_LETTERS = {"Fn::GetAtt": ["ChangesDeadLetters", "Arn"]}


def complaints(translated: dict[str, Any]) -> list[str]:
    """All that is wired wrongly."""
    resources = translated["Resources"]
    return [*_streams(resources), *_functions(resources), *_integrations(resources)]


def _streams(resources: dict[str, Any]) -> list[str]:
    sources = {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
    }
    said = [] if sources else ["nothing reads the table's stream"]
    for name, source in sources.items():
        wanted = {
            "EventSourceArn": _STREAM,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": True,
            "DestinationConfig": {"OnFailure": {"Destination": _DEAD_LETTERS}},
        }
        said += [
            f"{name} has {key} {source.get(key)!r} and not {value!r}"
            for key, value in wanted.items()
            if _without_type(source.get(key)) != value
        ]
        if source.get("MaximumRetryAttempts", -1) < 0:
            said.append(f"{name} tries a failing record until it leaves the stream, and holds up all behind it")
    return said


def _without_type(value: Any) -> Any:
    """SAM's word for the kind of a destination is not CloudFormation's, and some versions leave it in."""
    if isinstance(value, dict) and "OnFailure" in value:
        return {"OnFailure": {key: inner for key, inner in value["OnFailure"].items() if key != "Type"}}
    return value


def _functions(resources: dict[str, Any]) -> list[str]:
    said = []
    for name, resource in resources.items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        group = resource["Properties"].get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")
        if not resources.get(group, {}).get("Properties", {}).get("RetentionInDays"):
            said.append(f"{name} writes to a log that is kept for ever")
        if not resource["Properties"]["Handler"].startswith("app."):
            said.append(f"{name} is deployed without app.py and so without its middleware")
    return said


def _integrations(resources: dict[str, Any]) -> list[str]:
    body = json.dumps(resources["RestAPI"]["Properties"]["Body"])
    unqualified = body.count("${APIHandler.Arn}")
    return [f"{unqualified} routes call the function and not its alias"] if unqualified else []
