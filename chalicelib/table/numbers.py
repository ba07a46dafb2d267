"""Human numbers: leased in blocks of fifty, unique, with gaps allowed."""

import threading
from collections.abc import Iterator

from chalicelib.table import base, keys

BLOCK = 50
_leases: dict[tuple[str, str], Iterator[int]] = {}
_lock = threading.Lock()


def take(series: str) -> int:
    """The next number of a series; one small write per fifty numbers."""
    lease = (base.table_name(), series)
    with _lock:
        number = next(_leases.get(lease, iter(())), None)
        if number is None:
            _leases[lease] = iter(_lease(series))
            number = next(_leases[lease])
        return number


def _lease(series: str) -> range:
    update = {
        "Key": base.primary(keys.numbers(series)),
        "UpdateExpression": "ADD taken :block SET kind = if_not_exists(kind, :kind)",
        "ExpressionAttributeValues": {":block": {"N": str(BLOCK)}, ":kind": {"S": "numbers"}},
        "ReturnValues": "UPDATED_NEW",
    }
    last = int(base.call("UpdateItem", update)["Attributes"]["taken"]["N"])
    return range(last - BLOCK + 1, last + 1)
