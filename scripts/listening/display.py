"""One display as a client should be: it takes what connects to what it has, and asks for what is missing.

What comes before the snapshot, or leaves a gap, is held until the answer closes it; what is known already is passed
over. So every version of the topic is received once, in order, however often the display is away.
"""

import asyncio
import json
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]
Receive = Callable[[int, Frame, float], None]
_PATIENCE_SECONDS = 30
_AWAY_SECONDS = 0.5  # after a break


@lru_cache(maxsize=256)
def read(text: str) -> Frame:
    """The frame; the same text that came to hundreds of displays is read once, as on hundreds of machines."""
    frame: Frame = json.loads(text)
    return frame


class Display:
    """One socket that follows one topic. `received` is told each event once: the display's number, event and time.

    One that does not `resume` begins anew after each break, as a naive client does: the negative control.
    """

    def __init__(self, number: int, url: str, topic: str, received: Receive, *, resumes: bool = True) -> None:
        self._resumes = resumes
        self.number, self.topic = number, topic
        self.version: int | None = None
        self.reconnects = 0
        self._url, self._received = url, received
        self._held: list[tuple[Frame, float]] = []
        self._asked = False
        self._connection: ClientConnection | None = None
        self.ready = asyncio.Event()

    async def follow(self) -> None:
        """Follow the topic for as long as this runs; a connection that breaks is made again, and taken up."""
        while True:
            async with connect(
                self._url, compression=None, ping_interval=None, open_timeout=_PATIENCE_SECONDS
            ) as opened:
                self._connection, self._asked = opened, True
                since = {} if self.version is None or not self._resumes else {"since": self.version}
                action = "resume" if since else "subscribe"
                await opened.send(json.dumps({"action": action, "topic": self.topic, **since}))
                try:
                    async for text in opened:
                        await self._hear(read(str(text)), time.monotonic())
                except ConnectionClosed:
                    pass
            self.reconnects += 1
            await asyncio.sleep(_AWAY_SECONDS)

    async def break_off(self) -> None:
        """Lose the connection."""
        if self._connection is not None:
            self._connection.transport.abort()

    async def _hear(self, frame: Frame, at: float) -> None:
        if frame.get("topic") != self.topic:
            return
        if not self._resumes:
            self._believe(frame, at)
            return
        if frame["type"] == "snapshot":
            if frame.get("part", 1) == frame.get("parts", 1):
                self.version, self._asked = frame["version"], False
                self.ready.set()
                self._take_held()
            return
        self._held.append((frame, at))
        self._take_held()
        if self._held and not self._asked and self._connection is not None:
            self._asked = True
            await self._connection.send(json.dumps({"action": "resume", "topic": self.topic, "since": self.version}))

    def _believe(self, frame: Frame, at: float) -> None:
        """Take whatever comes, as a naive client does."""
        if frame["type"] == "snapshot":
            self.ready.set()
        else:
            self._take(frame, at)

    def _take_held(self) -> None:
        """Take every held frame that connects, and pass over what is known."""
        if self.version is None:
            return
        for frame, at in sorted(self._held, key=lambda one: one[0]["after"]):
            if frame["after"] <= self.version:
                self._take(frame, at)
        self._held = [one for one in self._held if one[0]["version"] > self.version]

    def _take(self, frame: Frame, at: float) -> None:
        known = self.version or 0
        self._asked = False
        for event in frame["events"] if frame["type"] == "events" else [frame]:
            if event["version"] > known:
                self._received(self.number, event, at)
        self.version = max(known, frame["version"])
