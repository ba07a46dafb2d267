"""Events over HTTP."""

from typing import Any

from chalicelib.kit.http import ANYONE, Api, Call, Reply, fresh
from chalicelib.realtime import polling, topics
from chalicelib.realtime.schemas import EventsMeta, EventsQuery, EventView

api = Api(__name__)


@api.get("/api/events", roles=ANYONE, query=EventsQuery, view=list[EventView], meta=EventsMeta)
def read_events(call: Call[Any, EventsQuery]) -> Reply:
    """What is new in a topic behind a version, or its state: what sockets tell, for networks that let none through."""
    query = call.query
    topic = topics.parse(query.topic)
    head = polling.head_of(topic, call.claims, now=call.now)
    etag = fresh(call, str(head))
    found = polling.poll(topic, call.claims, since=query.since, head=head, limit=query.limit, now=call.now)
    views = [EventView(topic=query.topic, **{"request_id": None, **event}) for event in found.events]
    meta = {"after": found.after, "version": found.version, "head": found.head}
    return Reply(views, meta=meta, etag=etag)
