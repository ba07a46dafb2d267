"""What functions may do on a laptop: what their deployed policies say, and no more."""

import pytest

from chalicelib.kit.errors import Unavailable
from chalicelib.table import base, keys
from infra.local import rights
from infra.local.rights import Act
from tests.client import Client

QUERY, PUT, SEND = "dynamodb:Query", "dynamodb:PutItem", "sqs:SendMessage"


@pytest.mark.parametrize(
    ("function", "act", "allowed"),
    [
        ("api_handler", Act(QUERY, "Table/index/by_doctor"), True),
        ("remind", Act(QUERY, "Table/index/by_doctor"), False),
        ("api_handler", Act(PUT, "Table", "APPT#1"), True),
        ("api_handler", Act(PUT, "Table", "AUDIT#pat_1"), False),
        ("seal", Act(PUT, "Table", "SEALS"), True),
        ("seal", Act(PUT, "Table", "APPT#1"), False),
        ("remind", Act(SEND, "RemindersFeed"), True),
        ("remind", Act(SEND, "OfficeFeed"), False),
        ("on_reminder", Act("ses:SendEmail", None), True),
        ("sweep", Act("ses:SendEmail", None), False),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_policy_is_read_by_action_index_partition_and_queue(function: str, act: Act, *, allowed: bool) -> None:
    assert rights.allows(function, act) is allowed


def test_a_call_is_judged_by_each_thing_that_it_touches() -> None:
    key = {"PK": {"S": "APPT#1"}, "SK": {"S": "META"}}
    written = [{"Put": {"Item": key}}, {"ConditionCheck": {"Key": {"PK": {"S": "DOC#1"}}}}]
    asked = {"KeyConditionExpression": "#0 = :0", "ExpressionAttributeNames": {"#0": "PK"}}
    asked |= {"ExpressionAttributeValues": {":0": {"S": "SEALS"}}}
    queue = {"QueueUrl": "http://127.0.0.1/000000000000/careslot-local-office-feed.fifo"}

    assert rights.acts("dynamodb", "TransactWriteItems", {"TransactItems": written}) == [
        Act(PUT, "Table", "APPT#1"),
        Act("dynamodb:ConditionCheckItem", "Table", "DOC#1"),
    ]
    assert rights.acts("dynamodb", "Query", asked) == [Act(QUERY, "Table", "SEALS")]
    assert rights.acts("sqs", "SendMessageBatch", queue) == [Act(SEND, "OfficeFeed")]
    assert rights.acts("sesv2", "SendEmail", {}) == [Act("ses:SendEmail", None)]


def refusals() -> list[str]:
    """What was refused, which is meant here."""
    found = list(rights.refused)
    rights.refused.clear()
    return found


@pytest.mark.usefixtures("api")
def test_what_a_function_may_not_do_is_refused_and_nothing_is_written() -> None:
    key = keys.appointment("apt_nobody_s")

    with rights.of("tend_office"):
        read = base.get(key)
        with pytest.raises(Unavailable):
            base.call("PutItem", {"Item": base.primary(key)})

    assert (read, base.get(key)) == (None, None)
    assert refusals() == [f"tend_office {rights.REFUSED}: {PUT} on resource: Table"]


def test_requests_have_the_rights_of_the_function_behind_them(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    place = {"name": "St. Anna", "timezone": "UTC"}

    monkeypatch.setattr(rights, "API", "seal")
    refused = api.as_("admin").post("/api/hospitals", place)

    assert (refused.status, refusals()[0]) == (503, f"seal {rights.REFUSED}: {QUERY} on resource: Table")
