"""The index of CareSlot: every address, and every event Lambda as a one-line delegation.

What a process is not asked for, it does not load: addresses lead to modules by name (chalicelib/addresses.py), and an
event imports what follows it when it comes.
"""

import os
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, ConvertToMiddleware, DynamoDBEvent, SQSEvent

from chalicelib.addresses import ADDRESSES
from chalicelib.admin import front_door
from chalicelib.kit import clock, gates, http, late
from chalicelib.kit.log import logger, without_texts

app = Chalice(app_name="careslot", configure_logs=False)
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context))
app.register_middleware(front_door.check, event_type="http")
app.register_middleware(front_door.check_handshake, event_type="pure_lambda")
for kind in ("dynamodb", "sqs", "scheduled", "pure_lambda"):
    app.register_middleware(without_texts, event_type=kind)
gates.put_up(
    guards=(
        "chalicelib.callers.sessions:check",  # has the caller signed out?
        "chalicelib.callers.apikeys:check",  # was the key made for this?
        "chalicelib.callers.metering:spend",  # how often has the caller asked?
        "chalicelib.callers.acting:note",  # does an administrator act for somebody?
    ),
    witnesses=("chalicelib.audit.sightings:witness",),  # who was shown a patient's data
)
late.KEY_HOLDERS.join("chalicelib.callers.apikeys:holder")  # other systems
late.REPLIES.join("chalicelib.reminders.replies:heard")  # what people write back
late.REFUSED_ADDRESSES.join("chalicelib.reminders.suppression:add")  # who takes no messages, or wants none
late.VISIT_HOLDERS.join("chalicelib.telehealth.holders:holder")  # whoever opens a telehealth link
late.APPOINTMENT_MOVES.join("chalicelib.queue.companion:follow")  # the visit's place in the waiting line
http.serve(app, ADDRESSES)

# Events live here and not in blueprints: Chalice deploys a blueprint's handler without importing app.py.
_NO_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/placeholder"
_NO_FEED = "arn:aws:sqs:us-east-1:000000000000:placeholder"


@app.on_dynamodb_record(stream_arn=os.environ.get("CHANGES_STREAM_ARN", _NO_STREAM), batch_size=100)
def on_change(event: DynamoDBEvent) -> Any:
    """Every change of the table, handed to the slices that follow it."""
    from chalicelib import changes

    return changes.handle(event.to_dict(), event.context)


# Another reader of the stream, so that displays and the audit trail do not wait for each other.
@app.on_dynamodb_record(stream_arn=os.environ.get("CHANGES_STREAM_ARN", _NO_STREAM), batch_size=100)
def on_fanout(event: DynamoDBEvent) -> Any:
    """Every change of the table, told to those who follow its topics."""
    from chalicelib.realtime import fanout

    return fanout.handle(event.to_dict())


@app.lambda_function(name="on_socket")
def on_socket(event: dict[str, Any], _context: Any) -> Any:
    """What happens on the sockets of the WebSocket API: handshakes, messages, ends."""
    from chalicelib.realtime import socket

    return socket.handle(event)


@app.schedule("rate(1 minute)")
def sweep(_event: CloudWatchEvent) -> int:
    """What is due: holds that have expired."""
    from chalicelib.scheduling import expiry

    return expiry.sweep(clock.now())


@app.schedule("rate(1 minute)")
def remind(_event: CloudWatchEvent) -> int:
    """The reminders that are due, put into the feed of those who send them."""
    from chalicelib.reminders import sweep as reminding

    return reminding.run(clock.now())


@app.on_sqs_message(queue_arn=os.environ.get("REMINDERS_FEED_ARN", _NO_FEED), batch_size=5)
def on_reminder(event: SQSEvent) -> Any:
    """Due reminders, sent."""
    from chalicelib.reminders import feed

    return feed.handle(event.to_dict(), clock.now)


@app.on_sqs_message(queue_arn=os.environ.get("MAIL_EVENTS_FEED_ARN", _NO_FEED), batch_size=10)
def on_mail_event(event: SQSEvent) -> Any:
    """What became of mails, as their provider tells it."""
    from chalicelib.reminders import mail_events

    return mail_events.handle(event.to_dict(), clock.now)


@app.schedule("rate(1 minute)")
def tend_office(_event: CloudWatchEvent) -> int:
    """Whoever tells AdvancedMD, woken if anything is due."""
    from chalicelib.advancedmd import feed

    return feed.run(clock.now())


@app.on_sqs_message(queue_arn=os.environ.get("OFFICE_FEED_ARN", _NO_FEED), batch_size=10)
def on_office(event: SQSEvent) -> Any:
    """What the clinic has changed, told to AdvancedMD."""
    from chalicelib.advancedmd import feed

    return feed.handle(event.to_dict(), clock.now)


@app.schedule("rate(5 minutes)")
def seal(_event: CloudWatchEvent) -> int:
    """Audit entries that are old enough, chained and signed."""
    from chalicelib.audit import sealing

    return sealing.run(clock.now())


@app.schedule("rate(15 minutes)")
def close_day(_event: CloudWatchEvent) -> int:
    """At each location's night, what is left of its waiting lines."""
    from chalicelib.queue import closing

    return closing.close(clock.now())
