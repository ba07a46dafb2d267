"""Who is called by what, read from the translated template: event sources, aliases, log groups. Answers complaints."""

from __future__ import annotations

import json
from typing import Any

_OWN_STREAM = {"Fn::GetAtt": ["Table", "StreamArn"]}
_STREAM = {"Fn::If": ["TableIsRestored", {"Ref": "RestoredStream"}, _OWN_STREAM]}
# Each reader of the stream, and where it leaves what fails.
_READERS = {"OnChange": "ChangesDeadLetters", "OnFanout": "FanoutDeadLetters"}
# Each reader of a feed, the feed, and where that leaves what fails.
_FED = {
    "OnReminder": ("RemindersFeed", "RemindersDeadLetters"),
    "OnMailEvent": ("MailEventsFeed", "MailEventsDeadLetters"),
    "OnOffice": ("OfficeFeed", "OfficeDeadLetters"),
}
_SOCKET_ROUTES = {"$connect", "$default", "$disconnect"}


def complaints(translated: dict[str, Any]) -> list[str]:
    """All that is wired wrongly."""
    resources = translated["Resources"]
    looks = (_streams, _feeds, _functions, _integrations, _sockets)
    return [complaint for look in looks for complaint in look(resources)]


def _streams(resources: dict[str, Any]) -> list[str]:
    sources = {name: source for name, source in _sources(resources) if not _is_feed(source)}
    readers = {source["FunctionName"].get("Ref") for source in sources.values()}
    said = [f"{reader} does not read the table's stream" for reader in sorted(_READERS.keys() - readers)]
    for name, source in sources.items():
        dead_letters = {"Fn::GetAtt": [_READERS.get(source["FunctionName"].get("Ref"), ""), "Arn"]}
        wanted = {
            "EventSourceArn": _STREAM,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": True,
            "DestinationConfig": {"OnFailure": {"Destination": dead_letters}},
        }
        said += [
            f"{name} has {key} {source.get(key)!r} and not {value!r}"
            for key, value in wanted.items()
            if _without_type(source.get(key)) != value
        ]
        if source.get("MaximumRetryAttempts", -1) < 0:
            said.append(f"{name} tries a failing record until it leaves the stream, and holds up all behind it")
    return said


def _feeds(resources: dict[str, Any]) -> list[str]:
    """Readers of feeds: what is read, and what becomes of a message that fails."""
    said = []
    fed = {source["FunctionName"].get("Ref"): source for _, source in _sources(resources) if _is_feed(source)}
    for reader, (feed, dead_letters) in _FED.items():
        source = fed.get(reader, {})
        if source.get("EventSourceArn") != {"Fn::GetAtt": [feed, "Arn"]}:
            said.append(f"{reader} does not read {feed}")
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            said.append(f"{reader} fails whole batches for one message")
        policy = resources.get(feed, {}).get("Properties", {}).get("RedrivePolicy", {})
        if policy.get("deadLetterTargetArn") != {"Fn::GetAtt": [dead_letters, "Arn"]}:
            said.append(f"{feed} brings a message that fails for ever")
    return said


def _sources(resources: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    wanted = "AWS::Lambda::EventSourceMapping"
    return [(name, found["Properties"]) for name, found in resources.items() if found["Type"] == wanted]


def _is_feed(source: dict[str, Any]) -> bool:
    return source["FunctionName"].get("Ref") in _FED


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


def _sockets(resources: dict[str, Any]) -> list[str]:
    """Routes of the WebSocket API that lead nowhere, a function that may not be called, a public path without a way."""

    def of(kind: str) -> list[dict[str, Any]]:
        return [found["Properties"] for found in resources.values() if found["Type"] == kind]

    served = {route["RouteKey"] for route in of("AWS::ApiGatewayV2::Route") if "Target" in route}
    said = [f"{route} of the sockets leads nowhere" for route in sorted(_SOCKET_ROUTES - served)]
    allowed = [one for one in of("AWS::Lambda::Permission") if "${SocketsApi}" in json.dumps(one.get("SourceArn", ""))]
    if [one["FunctionName"] for one in allowed] != [{"Ref": "OnSocket"}]:
        said.append("the WebSocket API may not call its function")
    distribution = resources["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = {one["PathPattern"]: one for one in distribution["CacheBehaviors"]}
    if not behaviours.get("/ws/queue", {}).get("FunctionAssociations"):
        said.append("/ws/queue does not lead to the stage of the sockets")
    return said + [
        f"{name} does not know where the sockets are"
        for name in ("OnFanout", "OnSocket")
        if "SOCKETS_ENDPOINT" not in resources[name]["Properties"]["Environment"]["Variables"]
    ]
