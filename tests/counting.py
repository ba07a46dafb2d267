"""What the SDK really sends to the table, counted from its own calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.table import base


@contextmanager
def counted() -> Iterator[list[tuple[str, dict[str, Any], dict[str, Any]]]]:
    """Every request that the SDK really makes inside the block: operation, request, reply."""
    made: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
    client = base.connection().client
    real = client._make_api_call

    def recording(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        reply: dict[str, Any] = real(operation, request)
        made.append((operation, request, reply))
        return reply

    client._make_api_call = recording
    try:
        yield made
    finally:
        client._make_api_call = real
