"""The table's stream: each change is handed to the slices that follow it. Writers know none of them.

Followers tolerate repeats and reordering; a record that keeps failing goes to the dead-letter feed.
"""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from chalicelib.audit import recording
from chalicelib.kit import clock
from chalicelib.scheduling import stranding


def handle(event: dict[str, Any], context: Any) -> Any:
    """One batch of stream records; answers those that must come again."""
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
    return process_partial_response(event=event, record_handler=_follow, processor=processor, context=context)


def _follow(record: Any) -> None:
    change = record.raw_event["dynamodb"]
    old, new = change.get("OldImage"), change.get("NewImage")
    recording.record(old, new)
    if new and new.get("kind", {}).get("S") == "appointment":
        stranding.recheck(new["PK"]["S"].removeprefix("APPOINTMENT#"), clock.now())
