"""A crowd of displays in a process of its own, some of which lose their connections on the way.

It writes down when each entry's version was first known to each display: one number for each, so that hundreds of
displays and hundreds of changes stay small.
"""

import asyncio
import random
import sys
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import uvloop

from scripts.listening.display import Display, Frame

_AT_ONCE = 25  # handshakes
_SETTLE_SECONDS = 30.0
Known = tuple[str, int]


@dataclass
class Heard:
    """What the crowd received: of each entry's version the times, by display; and how each display ended."""

    times: dict[Known, list[float]] = field(default_factory=lambda: defaultdict(list))
    events: list[int] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    reconnects: int = 0
    by_naive: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who follows what: the last `naive` of the displays do not resume; `breaks` of the others lose their connections
    within so many seconds, and the naive ones all do."""

    urls: list[str]
    topic: str
    breaks: int
    naive: int
    seconds: float


def run(pipe: Connection, plan: Plan) -> None:
    """Follow, say `ready`, break some connections while the changes go on, wait for the last version, and report."""
    with suppress(KeyboardInterrupt):
        pipe.send(uvloop.run(_listen(pipe, plan)))


async def _listen(pipe: Connection, plan: Plan) -> Heard:
    heard = Heard(events=[0] * len(plan.urls))
    steady = len(plan.urls) - plan.naive
    seen: list[dict[str, int]] = [{} for _ in plan.urls]

    def received(number: int, event: Frame, at: float) -> None:
        heard.events[number] += 1
        if event["type"] == "queue_update" and number < steady:
            entry = event["data"]["entry"]
            first = seen[number].get(entry["id"], 0) + 1
            for version in range(first, entry["version"] + 1):
                heard.times[entry["id"], version].append(at)
            seen[number][entry["id"]] = max(first - 1, entry["version"])

    displays = [
        Display(number, url, plan.topic, received, resumes=number < steady) for number, url in enumerate(plan.urls)
    ]
    tasks = []
    for first in range(0, len(displays), _AT_ONCE):
        some = displays[first : first + _AT_ONCE]
        tasks += [asyncio.create_task(display.follow()) for display in some]
        await asyncio.gather(*(display.ready.wait() for display in some))
    pipe.send("ready")
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, pipe.recv)
    dice = random.Random(1)  # noqa: S311  # nosec B311 # the same ones each time
    broken = [*dice.sample(displays[:steady], plan.breaks), *displays[steady:]]
    for display in broken:
        await asyncio.sleep(plan.seconds / max(1, len(broken)))
        await display.break_off()
    head = await loop.run_in_executor(None, pipe.recv)
    deadline = loop.time() + _SETTLE_SECONDS
    while any((display.version or 0) < head for display in displays[:steady]) and loop.time() < deadline:
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            print(f"a display ended: {outcome!r}", file=sys.stderr)
    heard.events, heard.by_naive = heard.events[:steady], heard.events[steady:]
    heard.versions = [display.version or 0 for display in displays[:steady]]
    heard.reconnects = sum(display.reconnects for display in displays)
    heard.times = dict(heard.times)
    return heard
