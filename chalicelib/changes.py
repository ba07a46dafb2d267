"""The table's stream: each change is handed to the slices that follow it. Writers know none of them.

Followers tolerate repeats and reordering; a record that keeps failing goes to the dead-letter feed.
"""

from typing import Any

from chalicelib.audit import recording
from chalicelib.kit import clock
from chalicelib.kit.auth import SYSTEM
from chalicelib.kit.log import described, logger
from chalicelib.kit.settings import settings
from chalicelib.kit.stamps import Stamp
from chalicelib.reminders import planning
from chalicelib.schedules import editing, stranding
from chalicelib.telehealth import following as telehealth

_OPENING = ("zone", "opening")
_BOOKKEEPING = {"connection", "followed", "socketof", "topicevent", "topichead", "topicmark"}
_BOOKKEEPING |= {"budget", "officelink", "officesession", "officevisit"}  # of who keeps AdvancedMD in step


def handle(event: dict[str, Any], context: Any) -> Any:
    """One batch of stream records; answers those that must come again."""
    # What the fan-out and others keep for themselves concerns nobody else, and there is much of it.
    event = {"Records": [record for record in event["Records"] if not _is_bookkeeping(record)]}
    if not event["Records"]:
        return {"batchItemFailures": []}
    # Imported here, because it brings 40 ms of cold start that only the stream's consumer needs.
    from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    # The exception for a batch of which nothing succeeded would quote the others; all come again without it, too.
    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=_hand_on, processor=processor, context=context)


def _is_bookkeeping(record: Any) -> bool:
    told = record["dynamodb"]
    image = told.get("NewImage") or told.get("OldImage") or {}
    return image.get("kind", {}).get("S") in _BOOKKEEPING


def _hand_on(record: Any) -> None:
    try:
        _follow(record)
    except Exception as bug:
        logger.error("change not followed", extra={"record": record.raw_event.get("eventID"), **described(bug)})
        raise


def _follow(record: Any) -> None:
    event = record.raw_event
    old, new = event["dynamodb"].get("OldImage"), event["dynamodb"].get("NewImage")
    stored = event["dynamodb"]["ApproximateCreationDateTime"]
    recording.record(old, new, stored=stored, now=clock.now())
    if new is None:
        return
    thing = new["PK"]["S"].partition("#")[2]
    stamp = Stamp(by=SYSTEM, now=clock.now(), request_id=event.get("eventID", "stream"))
    match new.get("kind", {}).get("S"):
        case "appointment":
            stranding.recheck(thing, stamp.now)
            if planning.concerns(old, new):
                planning.follow(thing, stamp.now)
            if telehealth.concerns(old, new):
                telehealth.follow(thing, stamp)
            if settings().advancedmd_office_key:
                from chalicelib.advancedmd import following  # noqa: PLC0415 - only clinics that have an office need it

                following.follow(thing, old, new, stamp.now)
        case "queueentry":
            from chalicelib.reminders import near_turn  # noqa: PLC0415 - the waiting lines, for those who change them

            if near_turn.concerns(old, new):
                near_turn.follow(new["PK"]["S"], stamp.now)
        case "fence" if old:
            # The edit marked already what its index read showed; by now the index shows all of it.
            stranding.mark(thing, stamp)
        case "location" if old and any(old.get(name) != new.get(name) for name in _OPENING):
            editing.follow_location(thing, stamp)
