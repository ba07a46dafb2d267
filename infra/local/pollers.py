"""Drives every event handler of the deployed app from the embedded engine, with the events that AWS would send.

It walks what the app has declared (`app.event_sources`), so a handler that is added to `app.py` is served here
without a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from chalice.app import Chalice, DynamoDBEventConfig, ScheduledEventConfig, ScheduleExpression, SQSEventConfig

from infra.local import polling, rights
from infra.local.feeds import FeedPoller
from infra.local.polling import Rhythm
from infra.local.resources import Clients
from infra.local.schedules import Scheduler
from infra.local.streams import ATTEMPTS, Positions, StreamPoller


class _Poller(Protocol):
    rhythm: Rhythm

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Pollers:
    """All pollers of one app. `positions` is the file that remembers how far each stream was read.

    What a reader gives up goes to `dlq_url`, or to the queue that `other_dlqs` has under the reader's name.
    """

    def __init__(
        self,
        app: Chalice,
        clients: Clients,
        *,
        positions: Path,
        dlq_url: str,
        other_dlqs: Mapping[str, str] | None = None,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._app, self._clients = app, clients
        self._positions = Positions(positions)
        self._dead_letter = _sender(clients, dlq_url)
        self._others = {name: _sender(clients, url) for name, url in (other_dlqs or {}).items()}
        self._attempts = attempts
        self._all: list[_Poller] = [
            poller for config in app.event_sources if (poller := self._poller(config)) is not None
        ]
        self.scheduler = Scheduler(
            {
                config.name: (_expression(config), rights.bound(config.name, app.handler_map[config.name]))
                for config in app.event_sources
                if isinstance(config, ScheduledEventConfig)
            }
        )

    def start(self) -> None:
        """Begin to deliver events."""
        for poller in self._all:
            poller.start()
        self.scheduler.start()

    def stop(self) -> None:
        """Finish what is running, then deliver no more."""
        for poller in self._all:
            poller.stop()
        self.scheduler.stop()

    def drain(self, *, seconds: float) -> bool:
        """Wait until streams and feeds hold nothing that could be handed over; False when they do after so long.

        What a handler has refused lies in its feed unseen until it may come again, and is not waited for.
        """
        return polling.drain([poller.rhythm for poller in self._all], seconds=seconds)

    def _poller(self, config: Any) -> _Poller | None:
        handler = rights.bound(config.name, self._app.handler_map[config.name])
        if isinstance(config, DynamoDBEventConfig):
            return StreamPoller(
                config.name,
                handler,
                streams=self._clients("dynamodbstreams"),
                stream_arn=config.stream_arn,
                batch_size=config.batch_size,
                positions=self._positions,
                dead_letter=self._others.get(config.name, self._dead_letter),
                attempts=self._attempts,
            )
        if isinstance(config, SQSEventConfig):
            arn = config.queue_arn or f"arn:aws:sqs:us-east-1:000000000000:{config.queue}"
            return FeedPoller(
                config.name, handler, sqs=self._clients("sqs"), queue_arn=arn, batch_size=config.batch_size
            )
        return None


def _sender(clients: Clients, queue_url: str) -> Callable[[str], None]:
    sqs = clients("sqs")
    return lambda body: sqs.send_message(QueueUrl=queue_url, MessageBody=body)


def _expression(config: ScheduledEventConfig) -> str:
    expression = config.schedule_expression
    return expression.to_string() if isinstance(expression, ScheduleExpression) else expression
