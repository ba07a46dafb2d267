"""When a sign-in ends or a key is revoked, its open connections end too; they would go on for two hours otherwise."""

from collections.abc import Iterator

from chalicelib.realtime import delivery
from chalicelib.realtime.changes import Change
from chalicelib.table import connections


def follow(change: Change) -> None:
    """Close what the change has ended; most changes end nothing."""
    for principal, connection_id in _ended(change):
        delivery.end(connection_id, principal)


def _ended(change: Change) -> Iterator[tuple[str, str]]:
    image = change.new
    if image is None or change.kind not in ("apikey", "caller", "session"):
        return
    if change.kind == "apikey":
        principal = f"{image['role']['S']}:{change.pk.partition('#')[2]}"
        if not image["active"]["BOOL"]:
            yield from ((principal, connection_id) for connection_id, *_ in connections.of_caller(principal))
        return
    principal = change.pk.partition("#")[2]
    until = int(image["ended"]["N"]) if "ended" in image else 0
    for connection_id, session, since in connections.of_caller(principal):
        if since <= until or (change.kind == "session" and session == change.sk.partition("#")[2]):
            yield principal, connection_id
