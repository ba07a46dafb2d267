"""`scripts/bench cost`: what every public operation asks of the table, and what a million of it costs.

Each declared route succeeds on a typical clinic (ten doctors in ten rooms, ten visits a day in every list) on the
embedded engine; some have several rows. Requests are those that the SDK really sends. Read units come from the items by
DynamoDB's rules, since the engine reports them wrongly; write units too, and tests compare them with what it reports.
`cold` is the same with empty caches, as a fresh process has them; that one also takes a block of fifty numbers for one
write unit. `its followers` is what the stream's consumers do about the changes. Dollars are list prices
(scripts/metering/prices.py): of the table alone, and of all with API Gateway and Lambda (arm64), for which the CPU of
this machine stands. `--write` puts the table into the README; a test compares all but the dollars with it.
"""

import argparse
import sys
from collections.abc import Iterator

from chalicelib.kit.http import ROUTES
from scripts.metering import here, operations, prices, table
from scripts.metering.measuring import Cost, Effort, Measure


def main() -> int:
    """Print the table, or put it into the README; 1 when a declared route has no row."""
    parser = argparse.ArgumentParser(prog="scripts/bench cost", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args()
    with here.alone() as application:
        if missing := list(operations.without_row(ROUTES, operations.every())):
            print("no row measures " + ", ".join(missing), file=sys.stderr)
            return 1
        rows = sorted(_measured(Measure(application)), key=lambda row: _place(row[0]))
    if arguments.write:
        table.write(rows)
        return 0
    print("requests · read units · write units; dollars for a million, list prices of " + prices.CHECKED)
    print("\n".join(table.lines(rows)))
    print("\nCPU ms of the request / of its followers, the median of five, on this machine")
    print("\n".join(f"{effort.request:7.1f} / {effort.followers:6.1f}  {cost.name}" for cost, effort in rows))
    return 0


def _measured(measure: Measure) -> Iterator[tuple[Cost, Effort]]:
    every = operations.every()
    costs = [measure.cost(operation) for operation in every]
    for operation, cost in zip(every, costs, strict=True):
        yield cost, measure.effort(operation)


def _place(cost: Cost) -> tuple[str, str, str]:
    """By path, as the README's other table of routes."""
    route, _, what = cost.name.removeprefix("`").partition("`")
    method, _, path = route.partition(" ")
    return path, method, what


if __name__ == "__main__":
    sys.exit(main())
