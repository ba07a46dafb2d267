"""`scripts/redrive`: hand the changes that waited in the dead letters to their consumer again.

A dead letter names the place of its records in the table's stream and does not carry them, so they are read there
again, which works for 24 hours after the change. Each goes to the same consumer as before: of a stage, its deployed
function; of a local instance, the same code here. A letter is taken out when all of its records went through; what
fails again stays, and what the stream has forgotten stays too and is said, for a person to look at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.deploy import places
from infra.deploy.asking import Say
from infra.deploy.places import Place
from infra.local.gateway import lambda_context
from infra.local.streams import lambda_record

Consumer = Callable[[dict[str, Any]], Any]
"""Is given `{"Records": […]}` and answers what the handler answers; raises when the handler fails."""

_HIDDEN_SECONDS = 120  # while a letter is worked on, nobody else is given it
_PAGES = 50


class Forgotten(Exception):
    """The stream does not have the records any more."""


class ConsumerFailed(Exception):
    """The deployed function ended with an error; the message is its own."""


@dataclass(slots=True)
class Tally:
    """What became of the letters."""

    through: int = 0
    failed: int = 0
    forgotten: int = 0


def main(argv: list[str] | None = None) -> int:
    """0 when no letter is left."""
    parser = argparse.ArgumentParser(
        prog="scripts/redrive", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    places.add_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what waits")
    arguments = parser.parse_args(argv)
    try:
        place = places.find(arguments)
    except places.NoPlace as refusal:
        print(refusal, file=sys.stderr)
        return 1
    consumer = _here(place) if arguments.data else _deployed(place)
    tally = redrive(place, consumer, say=print, dry_run=arguments.dry_run)
    print(f"{tally.through} through, {tally.failed} failed again, {tally.forgotten} no longer in the stream")
    return 1 if tally.failed or tally.forgotten else 0


def redrive(place: Place, consumer: Consumer, *, say: Say, dry_run: bool = False) -> Tally:
    """Try every letter once."""
    sqs, url, tally = place.client("sqs"), place.settings["CHANGES_DLQ_URL"], Tally()
    for letter in _letters(sqs, url):
        where = json.loads(letter["Body"])["DDBStreamBatchInfo"]
        name = f"{where['startSequenceNumber']} ({where['batchSize']}, of {where['approximateArrivalOfFirstRecord']})"
        try:
            records = _records(place.client("dynamodbstreams"), where)
            if dry_run:
                say(f"  {name}: {len(records)} records wait")
                tally.failed += 1
                _put_back(sqs, url, letter)
                continue
            failures = (consumer({"Records": records}) or {}).get("batchItemFailures")
        except Forgotten:
            tally.forgotten += 1
            _put_back(sqs, url, letter)
            say(f"  {name}: the stream has forgotten it")
        except Exception as failure:  # noqa: BLE001 - a consumer's failure is its own; the next letter may go through
            tally.failed += 1
            _put_back(sqs, url, letter)
            say(f"  {name}: {type(failure).__name__}: failed again")
        else:
            if failures:
                tally.failed += 1
                _put_back(sqs, url, letter)
                say(f"  {name}: {len(failures)} of {len(records)} records failed again")
            else:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
                tally.through += 1
                say(f"  {name}: through")
    return tally


def _put_back(sqs: Any, url: str, letter: dict[str, Any]) -> None:
    """Let the letter be seen again at once."""
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0)


def _letters(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    """Each letter once: they are collected first, so that one that comes back is not taken for another."""
    found: dict[str, dict[str, Any]] = {}
    while True:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS)
        got = received.get("Messages", [])
        fresh = [letter for letter in got if letter["MessageId"] not in found]
        if not fresh:
            yield from found.values()
            return
        found |= {letter["MessageId"]: letter for letter in fresh}


def _records(streams: Any, where: dict[str, Any]) -> list[dict[str, Any]]:
    """The records that a letter names, as Lambda hands them over; Forgotten when the stream has lost one of them."""
    try:
        found = list(_read(streams, where))
    except (streams.exceptions.TrimmedDataAccessException, streams.exceptions.ResourceNotFoundException):
        raise Forgotten from None
    if not found or found[-1]["dynamodb"]["SequenceNumber"] != where["endSequenceNumber"]:
        raise Forgotten
    return found


def _read(streams: Any, where: dict[str, Any]) -> Iterator[dict[str, Any]]:
    iterator = streams.get_shard_iterator(
        StreamArn=where["streamArn"],
        ShardId=where["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=where["startSequenceNumber"],
    )["ShardIterator"]
    last = int(where["endSequenceNumber"])
    for _ in range(_PAGES):
        page = streams.get_records(ShardIterator=iterator)
        for record in page["Records"]:
            sequence = int(record["dynamodb"]["SequenceNumber"])
            if sequence <= last:
                yield lambda_record(record, where["streamArn"])
            if sequence >= last:
                return
        iterator = page.get("NextShardIterator")
        if not iterator:
            return


def _deployed(place: Place) -> Consumer:
    functions, name = place.client("lambda"), place.settings["ON_CHANGE_FUNCTION"]

    def consume(event: dict[str, Any]) -> Any:
        reply = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        said = json.loads(reply["Payload"].read() or b"null")
        if reply.get("FunctionError"):
            raise ConsumerFailed(said.get("errorType", "unknown"))
        return said

    return consume


def _here(place: Place) -> Consumer:
    places.enter(place)
    from chalicelib import changes  # noqa: PLC0415 - it reads the environment when it is imported

    return lambda event: changes.handle(event, lambda_context("on_change"))


if __name__ == "__main__":
    sys.exit(main())
