"""Messages as they are sent: every one says its topic, the topic's version after it, and behind which it comes.

An event alone is a frame of its own type; several that come at once are one frame of the type `events`. `after` is the
version before the frame, so that a client sees at once when something is missing, and asks for it. No frame is longer
than API Gateway lets through.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

FRAME_BYTES = 31 * 1024  # of 32; the rest is for what stands around the events
_PIECE = 7_500  # characters of a snapshot's text: quoted in a frame, each is four bytes at the worst
Event = dict[str, Any]
Sees = Callable[[dict[str, Any]], bool]
"""Whether somebody may see whom this is about: an event's `staff`, with its doctor, patient and location."""


def shaped(event: Event, sees: Sees) -> Event | None:
    """The event as somebody may have it; None when it is not for them at all.

    `data` is for everyone who follows the topic, `staff` in its place for those who may see whom it is about.
    """
    shown = {name: event[name] for name in ("type", "version", "at")}
    if event["staff"] is not None and sees(event["staff"]):
        return {**shown, "data": event["staff"], "request_id": event["request_id"]}
    return {**shown, "data": event["data"]} if event["data"] is not None else None


def patients(events: Iterable[Event], sees: Sees) -> frozenset[str]:
    """The patients whom the events name to somebody."""
    named = (one["staff"] for one in events if one["staff"] is not None)
    return frozenset(str(staff["patient_id"]) for staff in named if sees(staff))


def frames(topic: str, after: int, events: Sequence[Event], sees: Sees) -> list[bytes]:
    """The frames that bring a client from `after` on; what a client may not see leaves only its number."""
    made: list[bytes] = []
    packed: list[str] = []
    size, version = 0, after
    for event in events:
        shown = shaped(event, sees)
        text = "" if shown is None else dump(shown)
        if len(text.encode()) > FRAME_BYTES:
            text = dump({**(shown or {}), "data": None, "too_large": True})
        if packed and size + len(text.encode()) > FRAME_BYTES:
            made.append(_frame(topic, after, version, packed))
            after, packed, size = version, [], 0
        version = event["version"]
        if text:
            packed.append(text)
            size += len(text.encode()) + 1
    made.append(_frame(topic, after, version, packed))
    return made


def _frame(topic: str, after: int, version: int, packed: Sequence[str]) -> bytes:
    head = f'"topic":{dump(topic)},"after":{after}'
    if len(packed) == 1 and version == after + 1:
        return f"{packed[0][:-1]},{head}}}".encode()
    return f'{{"type":"events",{head},"version":{version},"events":[{",".join(packed)}]}}'.encode()


def snapshot(topic: str, version: int, at: str, data: Any) -> Iterator[bytes]:
    """The frames of a snapshot; a long one comes in parts, whose `text` put together is the JSON of `data`."""
    head = {"type": "snapshot", "topic": topic, "version": version, "at": at}
    whole = dump({**head, "data": data}).encode()
    if len(whole) <= FRAME_BYTES:
        yield whole
        return
    text = dump(data)
    parts = -(-len(text) // _PIECE)
    for part in range(parts):
        piece = text[part * _PIECE : (part + 1) * _PIECE]
        yield dump({**head, "part": part + 1, "parts": parts, "text": piece}).encode()


def dump(value: Any) -> str:
    """JSON as short as it can be."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
