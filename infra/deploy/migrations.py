"""The migrations that the repository has, and those that a table has seen; infra/migrations says what one is."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.table import keys

FOLDER = Path(__file__).resolve().parents[1] / "migrations"
Raw = dict[str, dict[str, Any]]
Change = Callable[[Raw], Raw | None]


class MigrationRefused(Exception):
    """The migrations and the table do not fit, or a migration is not what it must be; the message says why."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration of the repository."""

    number: int
    name: str
    checksum: str
    says: str
    change: Change

    def __str__(self) -> str:
        return f"{self.number:04d}_{self.name}: {self.says}"


@dataclass(frozen=True, slots=True)
class Applied:
    """One migration that the table has seen to its end."""

    number: int
    name: str
    checksum: str
    at: str


@dataclass(slots=True)
class State:
    """What a table knows: migrations applied, and how far one that was begun has come.

    `cursors` has a place for each segment of the scan: None before the first page, a key, or "done".
    """

    applied: list[Applied] = field(default_factory=list)
    running: int = 0
    checksum: str = ""
    cursors: list[Raw | str | None] = field(default_factory=list)


def load(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of a folder in order, or MigrationRefused for a gap or two of one number."""
    found = []
    for path in sorted(folder.glob("[0-9]*.py")):
        named = re.fullmatch(r"(\d{4})_([a-z0-9_]+)", path.stem)
        if not named:
            raise MigrationRefused(f"{path.name} is not named NNNN_what_it_does.py")
        found.append(_loaded(path, int(named[1]), named[2]))
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise MigrationRefused(f"the migrations are numbered {numbers}, and not from 1 without gaps")
    return found


def pending(migrations: list[Migration], state: State) -> list[Migration]:
    """Those that the table has still to see; MigrationRefused when it has seen others than these."""
    for number, applied in enumerate(state.applied, 1):
        if number > len(migrations):
            raise MigrationRefused(
                f"the table has seen migration {applied.number:04d}_{applied.name}, which this release does not know: "
                "it is older than the table's form, and there is no way back"
            )
        known = migrations[number - 1]
        if (known.number, known.checksum) != (applied.number, applied.checksum):
            raise MigrationRefused(
                f"{known.number:04d}_{known.name} was edited since it was applied on {applied.at}: "
                "put the file back as it was, and correct it with another migration"
            )
    if state.running > len(migrations):
        raise MigrationRefused(f"the table is amid migration {state.running:04d}, which this release does not know")
    return migrations[len(state.applied) :]


def stored(dynamodb: Any, table: str) -> State:
    """What a table knows of migrations; a table that has never seen one knows nothing."""
    raw = dynamodb.get_item(TableName=table, Key=key(), ConsistentRead=True).get("Item") or {}
    applied = [Applied(**one) for one in json.loads(raw.get("applied", {}).get("S", "[]"))]
    cursors = [json.loads(raw[name]["S"]) for name in sorted(raw) if name.startswith("cursor_")]
    return State(applied, int(raw.get("running", {}).get("N", 0)), raw.get("checksum", {}).get("S", ""), cursors)


def key() -> Raw:
    """Where the state is kept."""
    pk, sk = keys.migrations()
    return {"PK": {"S": pk}, "SK": {"S": sk}}


def note(applied: list[Applied], migration: Migration, now: datetime) -> str:
    """The list of what was applied, with one more, as it is kept."""
    done = Applied(migration.number, migration.name, migration.checksum, now.isoformat(timespec="seconds"))
    return json.dumps([asdict(one) for one in [*applied, done]])


def _loaded(path: Path, number: int, name: str) -> Migration:
    source = path.read_bytes()
    spec = importlib.util.spec_from_file_location(f"careslot_migration_{number:04d}", path)
    if spec is None or spec.loader is None:
        raise MigrationRefused(f"{path.name} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    change, says = getattr(module, "change", None), (module.__doc__ or "").strip().split("\n")[0]
    if not callable(change) or not says:
        raise MigrationRefused(f"{path.name} has no function `change`, or no docstring that says what changes")
    return Migration(number, name, hashlib.sha256(source).hexdigest(), says, change)
