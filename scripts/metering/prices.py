"""What AWS asks: list prices of us-east-1 in dollars, without free tiers, as published in November 2026.

Not counted: storage, backups, the key service, logs, traffic, CloudFront. The queues carry only what failed.
"""

import json
from pathlib import Path

from scripts.metering.measuring import Cost, Effort, Units

CHECKED = "2026-11-21"
READ_UNITS = 0.125  # per million, on demand; since November 2024
WRITE_UNITS = 0.625  # per million, on demand; since November 2024
GATEWAY_REQUESTS = 3.50  # per million of a REST API, up to 333 millions a month
LAMBDA_REQUESTS = 0.20  # per million
LAMBDA_GB_SECOND = 0.0000133334  # arm64, up to 7.5 billions a month

WHOLE_CPU_MB = 1769  # so much memory comes with one whole virtual CPU, less with a share of it
WAIT_MS = 5.0  # assumed of each request to the table: Lambda bills waiting too, and this is not measured on a laptop
_CONFIG = Path(__file__).parents[2] / ".chalice" / "config.json"


def of_table(units: Units) -> float:
    """The table's dollars for a million."""
    return units.reads * READ_UNITS + units.writes * WRITE_UNITS


def of_function(units: Units, cpu: float, *, function: str, calls: float = 1.0) -> float:
    """Lambda's dollars for a million: `cpu` milliseconds at the memory's share of a CPU, and the waits."""
    memory = _memory(function)
    milliseconds = cpu * max(1.0, WHOLE_CPU_MB / memory) + units.requests * WAIT_MS
    return calls * LAMBDA_REQUESTS + milliseconds * 1000 * memory / 1024 * LAMBDA_GB_SECOND


def of_all(cost: Cost, effort: Effort) -> float:
    """Dollars for a million: gateway, function and table, with warm caches; and the followers, called once for each
    change, which is the most that a quiet stream can ask: a busy one brings up to a hundred changes in one call.
    """
    own = GATEWAY_REQUESTS + of_function(cost.warm, effort.request, function="api_handler") + of_table(cost.warm)
    calls = cost.changes
    return (
        own
        + of_table(cost.followers)
        + (of_function(cost.followers, effort.followers, function="on_change", calls=calls) if calls else 0.0)
    )


def _memory(function: str) -> int:
    """Megabytes of the function in production."""
    config = json.loads(_CONFIG.read_text(encoding="utf-8"))
    return int(config["stages"]["prod"]["lambda_functions"][function]["lambda_memory_size"])
