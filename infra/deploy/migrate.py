"""`scripts/migrate`: bring what the table holds into the form that this release writes, while the clinic works.

Each pending migration scans the table in segments, changes items one by one where nobody has changed them since they
were read, and notes after each page how far it has come. Run it again after any kind of stop: it goes on there. Runs
beside each other are harmless; the later one takes over. `--dry-run` writes nothing and counts what would change.

It is applied after a release has all of the traffic, not before: until then the release before is still writing the
old form, behind the scan's back. scripts/deploy does so by itself, and scripts/run at every start.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from chalicelib.kit import clock
from infra.deploy import migrations, places
from infra.deploy.asking import Say, ask
from infra.deploy.migrations import Migration, MigrationRefused, Raw

_SEGMENTS = 4
_PAGE = 200
_ATTEMPTS = 10
_FENCE = {"S": "fence"}
# Notes of these commands themselves; and the audit trail, which is sealed and never rewritten.
_LEFT_ALONE = ("MIGRATIONS", "RESTORE#", "AUDIT#", "SEALS")


def main(argv: list[str] | None = None) -> int:
    """0 when nothing is pending any more, or was only asked about."""
    parser = argparse.ArgumentParser(
        prog="scripts/migrate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    places.add_arguments(parser)
    parser.add_argument("--status", action="store_true", help="say what was applied and what is pending")
    parser.add_argument("--dry-run", action="store_true", help="count what would change, and write nothing")
    parser.add_argument("--yes", action="store_true", help="begin without asking")
    arguments = parser.parse_args(argv)
    try:
        place = places.find(arguments)
        dynamodb = place.client("dynamodb")
        state = migrations.stored(dynamodb, place.table)
        for one in state.applied:
            print(f"applied  {one.number:04d}_{one.name} on {one.at}")
        waiting = migrations.pending(migrations.load(), state)
        for migration in waiting:
            print(f"{'amid   ' if migration.number == state.running else 'pending'}  {migration}")
        if arguments.status or not waiting:
            print(f"{len(waiting)} pending")
            return 0
        if arguments.dry_run:
            dry_run(dynamodb, place.table, waiting, say=print)
            return 0
        if not arguments.yes and not ask(f"apply {len(waiting)} to {place.table}?"):
            return 1
        migrate(dynamodb, place.table, migrations.load(), say=print)
    except (places.NoPlace, MigrationRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def migrate(
    dynamodb: Any, table: str, known: list[Migration], *, say: Say, segments: int = _SEGMENTS, page: int = _PAGE
) -> int:
    """Apply all that is pending, in order; how many migrations that was."""
    waiting = migrations.pending(known, migrations.stored(dynamodb, table))
    for migration in waiting:
        say(f"applying {migration}")
        changed = _Run(dynamodb, table, migration, page=page).apply(segments)
        say(f"  {changed} items changed")
    return len(waiting)


def dry_run(dynamodb: Any, table: str, waiting: list[Migration], *, say: Say) -> Counter[tuple[int, str]]:
    """Count what every pending migration would change, by kind of item; nothing is written."""
    counts: Counter[tuple[int, str]] = Counter()
    for found in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in _theirs(found["Items"]):
            form = item
            for migration in waiting:
                changed = changed_form(migration, form)
                if changed is not None:
                    counts[migration.number, form.get("kind", {}).get("S", "other")] += 1
                    form = changed
    for migration in waiting:
        parts = [f"{count} of {kind}" for (number, kind), count in sorted(counts.items()) if number == migration.number]
        say(f"{migration.number:04d}_{migration.name} would change {', '.join(parts) or 'nothing'}")
    return counts


def changed_form(migration: Migration, item: Raw) -> Raw | None:
    """The item's new form, or None; MigrationRefused for a migration that would not stand to meet it twice."""
    changed = migration.change(copy.deepcopy(item))
    if changed is None or changed == item:
        return None
    where = f"{item['PK']['S']} {item['SK']['S']}"
    if any(changed.get(name) != item[name] for name in ("PK", "SK")):
        raise MigrationRefused(f"{migration.number:04d}_{migration.name} moves {where} to another key")
    again = migration.change(copy.deepcopy(changed))
    if again is not None and again != changed:
        raise MigrationRefused(f"{migration.number:04d}_{migration.name} changes {where} again after it was changed")
    return changed


class _Run:
    """One migration of one table, by one process; `mark` tells it from any other run."""

    def __init__(self, dynamodb: Any, table: str, migration: Migration, *, page: int) -> None:
        self._dynamodb, self._table, self._migration, self._page = dynamodb, table, migration, page
        self._mark = uuid.uuid4().hex
        self._stop = threading.Event()

    def apply(self, segments: int) -> int:
        """Go on where an earlier run stopped, and note the end; how many items this run changed."""
        state = migrations.stored(self._dynamodb, self._table)
        same = state.running == self._migration.number and state.checksum == self._migration.checksum
        cursors = state.cursors if same else [None] * segments
        fresh = {
            "running": {"N": str(self._migration.number)},
            "checksum": {"S": self._migration.checksum},
            "run": {"S": self._mark},
            **{_cursor(number): {"S": json.dumps(cursor)} for number, cursor in enumerate(cursors)},
        }
        # A file that was edited while half applied begins anew: it must recognise what its earlier self has changed.
        stale = [_cursor(number) for number in range(len(cursors), len(state.cursors))]
        seen = json.dumps([asdict(one) for one in state.applied])
        self._note(fresh, stale, "attribute_not_exists(applied) OR applied = :seen", {":seen": {"S": seen}})
        with ThreadPoolExecutor(len(cursors)) as pool:
            counts = list(
                pool.map(lambda number: self._segment(number, len(cursors), cursors[number]), range(len(cursors)))
            )
        applied = migrations.note(state.applied, self._migration, clock.now())
        names = ["running", "checksum", "run", *(_cursor(number) for number in range(len(cursors)))]
        self._note({"applied": {"S": applied}}, names, *self._mine())
        return sum(counts)

    def _segment(self, number: int, segments: int, cursor: Raw | str | None) -> int:
        changed = 0
        while cursor != "done" and not self._stop.is_set():
            after = {"ExclusiveStartKey": cursor} if cursor else {}
            try:
                found = self._dynamodb.scan(
                    TableName=self._table,
                    ConsistentRead=True,
                    Segment=number,
                    TotalSegments=segments,
                    Limit=self._page,
                    **after,
                )
                changed += sum(self._change(item) for item in _theirs(found["Items"]))
                cursor = found.get("LastEvaluatedKey") or "done"
                self._note({_cursor(number): {"S": json.dumps(cursor)}}, [], *self._mine())
            except BaseException:
                self._stop.set()  # the other segments end with their page
                raise
        return changed

    def _change(self, item: Raw | None) -> bool:
        """Write the item's new form where nobody has changed it since it was read; read again where somebody has."""
        for attempt in range(_ATTEMPTS):
            time.sleep(0.02 * attempt)
            changed = changed_form(self._migration, item) if item else None
            if item is None or changed is None:
                return False
            try:
                self._dynamodb.update_item(TableName=self._table, **_update(item, changed, self._migration))
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                where = {"PK": item["PK"], "SK": item["SK"]}
                item = self._dynamodb.get_item(TableName=self._table, Key=where, ConsistentRead=True).get("Item")
            else:
                return True
        raise MigrationRefused("an item is changed too often to be migrated; run scripts/migrate again to go on")

    def _mine(self) -> tuple[str, Raw]:
        return "#run = :mine", {":mine": {"S": self._mark}}

    def _note(self, values: Raw, gone: list[str], condition: str, given: Raw) -> None:
        names = {f"#n{place}": name for place, name in enumerate([*values, *gone])}
        sets = ", ".join(f"#n{place} = :v{place}" for place in range(len(values)))
        removes = ", ".join(f"#n{place}" for place in range(len(values), len(names)))
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=migrations.key(),
                UpdateExpression=f"SET {sets}" + (f" REMOVE {removes}" if removes else ""),
                ConditionExpression=condition,
                ExpressionAttributeNames=names | ({"#run": "run"} if "#run" in condition else {}),
                ExpressionAttributeValues={f":v{place}": value for place, value in enumerate(values.values())} | given,
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            raise MigrationRefused("another run has taken over; this one has stopped") from None


def _update(item: Raw, changed: Raw, migration: Migration) -> dict[str, Any]:
    """The write of what differs, where neither that nor the item's version has changed since it was read.

    A version is raised, so that whoever read the item before reads it again, and so that its change is audited; but not
    a fence's, which is the schedule's version.
    """
    stamped = dict(changed)
    counter = next((name for name in ("version", "v") if name in item), "")
    if counter and item.get("kind") != _FENCE:
        stamped[counter] = {"N": str(int(item[counter]["N"]) + 1)}
    if counter == "version" and item.get("kind") != _FENCE:
        stamped["updated_at"] = {"S": clock.iso(clock.now())}
        stamped["updated_by"] = {"S": f"admin:migration_{migration.number:04d}"}
    names = sorted(name for name in item.keys() | stamped.keys() if item.get(name) != stamped.get(name))
    place = {name: f"#n{number}" for number, name in enumerate(names)}
    sets = [f"{place[name]} = :v{number}" for number, name in enumerate(names) if name in stamped]
    removes = [place[name] for name in names if name not in stamped]
    unchanged = [
        f"{place[name]} = :o{number}" if name in item else f"attribute_not_exists({place[name]})"
        for number, name in enumerate(names)
    ]
    values = {f":v{number}": stamped[name] for number, name in enumerate(names) if name in stamped}
    values |= {f":o{number}": item[name] for number, name in enumerate(names) if name in item}
    return {
        "Key": {"PK": item["PK"], "SK": item["SK"]},
        "UpdateExpression": f"SET {', '.join(sets)}" * bool(sets) + f" REMOVE {', '.join(removes)}" * bool(removes),
        "ConditionExpression": " AND ".join(["attribute_exists(PK)", *unchanged]),
        "ExpressionAttributeNames": {mark: name for name, mark in place.items()},
        "ExpressionAttributeValues": values,
    }


def _theirs(items: list[Raw]) -> Iterator[Raw]:
    """The clinic's items, without those that no migration changes."""
    return (item for item in items if not item["PK"]["S"].startswith(_LEFT_ALONE))


def _cursor(segment: int) -> str:
    return f"cursor_{segment:03d}"


if __name__ == "__main__":
    sys.exit(main())
