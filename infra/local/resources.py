"""Creates what `infra/resources.yaml` declares on an endpoint that speaks AWS: the embedded engine, or moto in a
test.

The same file is deployed, so tables in tests, on a laptop and in AWS cannot drift apart. Left out on purpose, because
it means nothing on a laptop: encryption at rest, point-in-time recovery, deletion protection and policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chalicelib.kit.settings import Settings

TEMPLATE = Path(__file__).parents[1] / "resources.yaml"

Clients = Callable[[str], Any]
"""Gives the client of a service by its boto3 name: `boto3.client`, or `session.client`."""


class _Loader(yaml.SafeLoader):
    """Reads short forms as long ones: `!Ref x` as `{"Ref": "x"}`, `!GetAtt a.b` as `{"Fn::GetAtt": ["a", "b"]}`."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def load(template: Path = TEMPLATE) -> dict[str, Any]:
    """The template as plain data, with intrinsic functions in their long form; the same for all, to be read only."""
    document = _Loader(template.read_text(encoding="utf-8")).get_single_data()
    if not isinstance(document, dict) or "Resources" not in document:
        raise ValueError(f"{template.name} is not a CloudFormation template: it has no Resources")
    return document


def table_definition(template: dict[str, Any] | None = None) -> dict[str, Any]:
    """The arguments of DynamoDB's CreateTable, without the table's name."""
    properties = (template or load())["Resources"]["Table"]["Properties"]
    return {
        "BillingMode": properties["BillingMode"],
        "AttributeDefinitions": properties["AttributeDefinitions"],
        "KeySchema": properties["KeySchema"],
        "GlobalSecondaryIndexes": properties["GlobalSecondaryIndexes"],
        "StreamSpecification": {"StreamEnabled": True, **properties["StreamSpecification"]},
    }


def create_table(client: Any, table_name: str) -> str:
    """Create the table if it is missing, and answer the ARN of its stream. A table that exists is left as it is."""
    template = load()
    try:
        client.create_table(TableName=table_name, **table_definition(template))
    except client.exceptions.ResourceInUseException:
        return _stream_arn(client, table_name)
    client.get_waiter("table_exists").wait(TableName=table_name, WaiterConfig={"Delay": 1})
    ttl = template["Resources"]["Table"]["Properties"]["TimeToLiveSpecification"]
    client.update_time_to_live(TableName=table_name, TimeToLiveSpecification=ttl)
    return _stream_arn(client, table_name)


def create_all(clients: Clients, stage: str = "local") -> dict[str, str]:
    """Create the table, queues, buckets and keys that are missing; answer the settings that name them.

    Names are `careslot-<stage>` for the table and `careslot-<stage>-<resource>` for everything else.
    """
    template = load()
    created: dict[tuple[str, str], str] = {}
    for logical_id, resource in template["Resources"].items():
        for attribute, value in _create(clients, resource, name_of(logical_id, stage)).items():
            created[logical_id, attribute] = value
    return {
        setting(output): created[_reference(declared["Value"])]
        for output, declared in template.get("Outputs", {}).items()
        if _reference(declared["Value"]) in created
    }


def name_of(logical_id: str, stage: str) -> str:
    """What a resource of the template is called."""
    return f"careslot-{stage}" if logical_id == "Table" else f"careslot-{stage}-{_words(logical_id, '-').lower()}"


def setting(output: str) -> str:
    """The setting that an output of the template is: `ChangesDlqUrl` is CHANGES_DLQ_URL."""
    return _words(output, "_").upper()


def _create(clients: Clients, resource: dict[str, Any], name: str) -> dict[str, str]:
    """What `!Ref` (the empty attribute) and `!GetAtt` give for the resource; nothing for a kind without use here."""
    match resource["Type"]:
        case "AWS::DynamoDB::Table":
            return {"": name, "StreamArn": create_table(clients("dynamodb"), name)}
        case "AWS::SQS::Queue":
            return _create_queue(clients("sqs"), name, resource.get("Properties", {}))
        case "AWS::S3::Bucket":
            return _create_bucket(clients("s3"), name)
        case "AWS::SES::EmailIdentity":
            sender = Settings.model_fields["smtp_from"].default
            clients("ses").verify_email_identity(EmailAddress=sender)
            return {"": sender}
        case "AWS::KMS::Key":
            return create_key(clients("kms"), name, resource["Properties"])
        case _:
            return {}


def _create_queue(sqs: Any, name: str, properties: dict[str, Any]) -> dict[str, str]:
    """Only settings that change what a consumer sees are carried over, to a queue of an older version too."""
    fifo = bool(properties.get("FifoQueue"))
    attributes = {
        key: str(properties[key]).lower() if isinstance(properties[key], bool) else str(properties[key])
        for key in (
            "VisibilityTimeout",
            "DelaySeconds",
            "MessageRetentionPeriod",
            "FifoQueue",
            "ContentBasedDeduplication",
        )
        if key in properties
    }
    queue = f"{name}.fifo" if fifo else name
    try:
        url: str = sqs.create_queue(QueueName=queue, Attributes=attributes)["QueueUrl"]
    except sqs.exceptions.QueueNameExists:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        changed = {key: value for key, value in attributes.items() if key != "FifoQueue"}
        sqs.set_queue_attributes(QueueUrl=url, Attributes=changed)
    arn: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return {"": url, "Arn": arn}


def _create_bucket(s3: Any, name: str) -> dict[str, str]:
    if name not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=name)
    return {"": name, "Arn": f"arn:aws:s3:::{name}"}


def create_key(kms: Any, name: str, properties: dict[str, Any]) -> dict[str, str]:
    """Create the key under an alias if there is none; one that exists stays, so old signatures still fit."""
    alias = f"alias/{name}"
    try:
        key = kms.describe_key(KeyId=alias)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        wanted = {name: properties[name] for name in ("KeySpec", "KeyUsage") if name in properties}
        key = kms.create_key(**wanted)["KeyMetadata"]
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    return {"": key["KeyId"], "Arn": key["Arn"]}


def _stream_arn(client: Any, table_name: str) -> str:
    arn: str = client.describe_table(TableName=table_name)["Table"]["LatestStreamArn"]
    return arn


def _reference(value: Any) -> tuple[str, str]:
    """Which resource, and which attribute of it, an output's value names."""
    match value:
        case {"Ref": str(logical_id)}:
            return logical_id, ""
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
            return logical_id, attribute
        case _:
            raise ValueError(f"an output must be one !Ref or one !GetAtt, this one is {value!r}")


def _words(camel: str, separator: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", separator, camel)
