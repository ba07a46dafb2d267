"""The local instance is created from the file that is deployed."""

from __future__ import annotations

import uuid

from infra.local import resources
from infra.local.testing import Engine


def test_everything_is_created_once_and_named_by_settings(engine: Engine) -> None:
    stage = uuid.uuid4().hex[:8]

    first = resources.create_all(engine.client, stage)
    second = resources.create_all(engine.client, stage)

    assert second == first
    assert first["TABLE_NAME"] == f"careslot-{stage}"
    assert engine.client("kms").describe_key(KeyId=first["SEAL_KEY_ID"])["KeyMetadata"]["KeySpec"] == "ECC_NIST_P256"
    assert first["EXPORT_BUCKET"] == f"careslot-{stage}-export-bucket"
    assert first["CHANGES_DLQ_ARN"] == f"arn:aws:sqs:us-east-1:000000000000:careslot-{stage}-changes-dead-letters"
    assert first["CHANGES_STREAM_ARN"].startswith(
        f"arn:aws:dynamodb:us-east-1:000000000000:table/careslot-{stage}/stream/"
    )


def test_a_queue_that_an_older_version_made_becomes_as_it_is_declared(engine: Engine) -> None:
    stage, sqs = uuid.uuid4().hex[:8], engine.client("sqs")
    older = {"FifoQueue": "true", "VisibilityTimeout": "7"}
    url = sqs.create_queue(QueueName=f"careslot-{stage}-office-feed.fifo", Attributes=older)["QueueUrl"]

    made = resources.create_all(engine.client, stage)

    declared = resources.load()["Resources"]["OfficeFeed"]["Properties"]["VisibilityTimeout"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert (made["OFFICE_FEED_URL"], found) == (url, {"VisibilityTimeout": str(declared)})


def test_the_table_has_the_declared_keys_indexes_stream_and_ttl(engine: Engine) -> None:
    client = engine.client("dynamodb")
    name = f"careslot-{uuid.uuid4().hex[:8]}"

    resources.create_table(client, name)

    table = client.describe_table(TableName=name)["Table"]
    projections = {
        index["IndexName"]: index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]
    }
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["PK", "SK"]
    assert projections == {
        "by_doctor": "KEYS_ONLY",
        "by_patient": "KEYS_ONLY",
        "by_place": "KEYS_ONLY",
        "catalogue": "ALL",
        "due": "KEYS_ONLY",
        "by_thing": "KEYS_ONLY",
    }
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_short_forms_are_read_as_their_long_ones() -> None:
    outputs = resources.load()["Outputs"]

    assert outputs["TableName"]["Value"] == {"Ref": "Table"}
    assert outputs["ChangesStreamArn"]["Value"] == {"Fn::GetAtt": ["Table", "StreamArn"]}


def test_what_is_deployed_is_encrypted_backed_up_and_kept() -> None:
    table = resources.load()["Resources"]["Table"]
    bucket = resources.load()["Resources"]["ExportBucket"]

    assert table["DeletionPolicy"] == "Retain"
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
