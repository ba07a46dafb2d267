"""The audit of the whole table: what every day sheet must show is worked out anew from the appointments.

The arithmetic is the audit's own, so that a mistake of the application's is found and not repeated. Run it while
nobody writes: `python -m infra.table_audit --endpoint http://127.0.0.1:4566 --table careslot-local`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import boto3

from chalicelib.kit import grid
from infra import table_snapshot
from infra.table_expectation import Must, SheetKey, explained
from infra.table_snapshot import CANCELLED, HELD, Appointment, Mark, Sheet, Snapshot

_SHEETS_KEPT = timedelta(days=60)  # TTL takes older ones away while their appointments stay
_SHOWN = 40
_ANY = "local"  # the engine accepts any credentials


class Violation(NamedTuple):
    """One thing that must not be: its kind, the key of the item, and what is wrong with it."""

    kind: str
    key: str
    detail: str


class Comparison(NamedTuple):
    """What the callers were told beside what is there: ids with what was told, and ids that nobody was told of."""

    lost: dict[str, str]
    ghosts: list[str]


@dataclass(frozen=True)
class Report:
    """What an audit found."""

    snapshot: Snapshot
    violations: list[Violation]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    def compare(
        self,
        acknowledged: Mapping[str, str],
        *,
        doubtful: Collection[str] = (),
        doctor_ids: Collection[str] | None = None,
    ) -> Comparison:
        """The table beside what callers were told: appointment id → its start, or "cancelled".

        `doubtful` are ids whose last change was not answered: any state of theirs is right. With `doctor_ids` only
        these doctors' appointments can be ghosts.
        """
        there = self.snapshot.appointments
        lost = {
            told: state
            for told, state in acknowledged.items()
            if told not in doubtful and not _is_as_told(there.get(told), state)
        }
        scope = None if doctor_ids is None else {f"DOCTOR#{one}" for one in doctor_ids}
        ghosts = [
            one.id
            for one in there.values()
            if one.active and one.id not in acknowledged and one.id not in doubtful
            if scope is None or one.doctor_key in scope
        ]
        return Comparison(lost, sorted(ghosts))

    def __str__(self) -> str:
        active = sum(one.active for one in self.snapshot.appointments.values())
        lines = [
            (
                f"audited {self.snapshot.items} items, {len(self.snapshot.sheets)} day sheets, "
                f"{len(self.snapshot.appointments)} appointments ({active} active): {len(self.violations)} violations"
            )
        ]
        lines += [f"  {count:5d}  {kind}" for kind, count in Counter(one.kind for one in self.violations).most_common()]
        lines += [f"  {one.kind}: {one.key}: {one.detail}" for one in self.violations[:_SHOWN]]
        if len(self.violations) > _SHOWN:
            lines.append(f"  … and {len(self.violations) - _SHOWN} more")
        return "\n".join(lines)


def audit(client: Any, table_name: str, now: datetime) -> Report:
    """Read the whole table, which nobody may be writing to, and say what is wrong with it at `now`.

    `client` is boto3's for DynamoDB. Kinds: overlap, orphaned_cell, missing_cell, count_mismatch, stray_hold,
    hold_unmarked, patient_holds, duplicate_number, dangling.
    """
    found = table_snapshot.take(client, table_name)
    must = explained(found, now)
    kept_from = (now.astimezone(UTC) - _SHEETS_KEPT).date()
    violations = [
        *_about_sheets(found, must, kept_from),
        *_about_holds(found, must, now),
        *_duplicates("APPOINTMENT", ((one.number, one.id) for one in found.appointments.values())),
        *_duplicates("PATIENT", ((number, pk) for pk, number in found.patient_numbers.items())),
        *_dangling(found),
    ]
    return Report(found, sorted(violations))


_EMPTY = Sheet({}, 0, {})


def _about_sheets(found: Snapshot, must: Mapping[SheetKey, Must], kept_from: date) -> Iterator[Violation]:
    for pk, day in sorted(found.sheets.keys() | must.keys()):
        wanted = must.get((pk, day), Must())
        yield from _overlaps(pk, day, wanted)
        if (pk, day) not in found.sheets and day < kept_from:
            continue
        sheet = found.sheets.get((pk, day), _EMPTY)
        yield from _cells(pk, day, sheet, wanted)
        if sheet.count != len(wanted.counted):
            yield Violation("count_mismatch", f"{pk} DAY#{day}", f"n is {sheet.count}, not {len(wanted.counted)}")


def _overlaps(pk: str, day: date, wanted: Must) -> Iterator[Violation]:
    crowded: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for cell, claimants in wanted.claimants.items():
        if len(claimants) > wanted.limits[cell]:
            crowded[tuple(sorted(claimants))].append(cell)
    for group, cells in crowded.items():
        yield Violation("overlap", f"{pk} DAY#{day}", f"{', '.join(group)} share {_names(cells)}")


def _cells(pk: str, day: date, sheet: Sheet, wanted: Must) -> Iterator[Violation]:
    excess = {
        cell: sheet.claims.get(cell, 0) - len(wanted.claimants.get(cell, ()))
        for cell in sheet.claims.keys() | wanted.claimants.keys()
    }
    orphaned = [cell for cell, more in excess.items() if more > 0]
    missing = [cell for cell, more in excess.items() if more < 0]
    if orphaned:
        yield Violation("orphaned_cell", f"{pk} DAY#{day}", f"{_names(orphaned)} taken by no appointment")
    if missing:
        whose = sorted({one for cell in missing for one in wanted.claimants.get(cell, ())})
        yield Violation("missing_cell", f"{pk} DAY#{day}", f"{_names(missing)} not taken for {', '.join(whose)}")


def _about_holds(found: Snapshot, must: Mapping[SheetKey, Must], now: datetime) -> Iterator[Violation]:
    for (pk, day), sheet in found.sheets.items():
        held = must[pk, day].marks if (pk, day) in must else {}
        for hold_id in sheet.marks.keys() - held.keys():
            yield Violation("stray_hold", f"{pk} DAY#{day}", f"marks {hold_id}, which is not held there")
    for (pk, day), wanted in must.items():
        marks = found.sheets.get((pk, day), _EMPTY).marks
        for hold_id, mark in wanted.marks.items():
            if not _same(marks.get(hold_id), mark):
                yield Violation("hold_unmarked", f"{pk} DAY#{day}", f"{hold_id} must be marked as {tuple(mark)}")
    for one in found.appointments.values():
        live = one.status == HELD and one.hold_expires > now.timestamp()
        if live and one.id not in found.listed_holds.get(one.patient_key, ()):
            yield Violation("patient_holds", f"{one.patient_key} TALLY", f"does not list {one.id}")


def _same(mark: Mark | None, wanted: Mark) -> bool:
    """Whether a mark says what it must; without cells it does not matter where they would begin."""
    if mark is None or wanted.first != wanted.stop:
        return mark == wanted
    return mark.first == mark.stop and (mark.expires, mark.counted) == (wanted.expires, wanted.counted)


def _duplicates(kind: str, numbers: Iterable[tuple[str, str]]) -> Iterator[Violation]:
    owners: dict[str, list[str]] = defaultdict(list)
    for number, owner in numbers:
        owners[number].append(owner)
    for number, who in owners.items():
        if len(who) > 1:
            yield Violation("duplicate_number", f"{kind} {number}", f"of {', '.join(sorted(who))}")


def _dangling(found: Snapshot) -> Iterator[Violation]:
    for one in found.appointments.values():
        for pk in (one.doctor_key, one.patient_key, one.place_key, one.room_key):
            if pk is not None and pk not in found.profiles:
                yield Violation("dangling", f"APPOINTMENT#{one.id}", f"{pk} does not exist")


def _is_as_told(there: Appointment | None, state: str) -> bool:
    if there is None:
        return False
    if state == CANCELLED or not there.active:
        return state == there.status
    return datetime.fromisoformat(state) == there.start


def _names(cells: Iterable[int]) -> str:
    return " ".join(grid.NAMES[cell] for cell in sorted(cells))


def main() -> int:
    """Audit one table: 0 when nothing is wrong, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.table_audit", description="Audit a table as a whole.")
    parser.add_argument("--endpoint", help="where the embedded engine answers; without it, AWS itself")
    parser.add_argument("--table", required=True)
    arguments = parser.parse_args()
    any_will_do = {"region_name": "us-east-1", "aws_access_key_id": _ANY, "aws_secret_access_key": _ANY}
    client = boto3.client("dynamodb", endpoint_url=arguments.endpoint, **(any_will_do if arguments.endpoint else {}))
    report = audit(client, arguments.table, datetime.now(UTC))
    sys.stdout.write(f"{report}\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
