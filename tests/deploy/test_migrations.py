"""What the table holds is brought into a new form once, whatever stops it and whoever writes meanwhile."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import migrations
from infra.deploy.deploy import bring_forward
from infra.deploy.migrate import dry_run, migrate
from infra.deploy.migrations import MigrationRefused
from infra.deploy.places import Place
from infra.local.testing import Engine
from tests.builders import Data, make_patient
from tests.client import Client
from tests.deploy.dying import Killed, dying, until_done
from tests.scheduling import desk

INITIAL = '''"""Keep the initial of a patient's first name beside it."""


def change(item):
    if item.get("kind") != {"S": "patient"} or "initial" in item:
        return None
    return {**item, "initial": {"S": item["first_name"]["S"][0]}}
'''
MONOGRAM = '''"""Write a patient's monogram from the initial, which goes."""


def change(item):
    if "initial" not in item:
        return None
    kept = {name: value for name, value in item.items() if name != "initial"}
    return {**kept, "monogram": {"S": item["initial"]["S"] + item["last_name"]["S"][0]}}
'''


def silent(_: str) -> None:
    """Nobody reads what is said."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two migrations, the second of which needs the first."""
    (tmp_path / "0001_initial.py").write_text(INITIAL)
    (tmp_path / "0002_monogram.py").write_text(MONOGRAM)
    return tmp_path


@pytest.fixture
def patients(api: Client, own_table: str) -> list[Data]:  # noqa: ARG001 - they are registered in a table of their own
    """Nine patients."""
    return [
        make_patient(api, first_name=name, last_name="Öz")
        for name in ("Ana", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida")
    ]


def stored(engine: Engine, kind: str) -> list[Data]:
    """The items of a kind as the table has them."""
    return [item for item in desk.contents(engine).values() if item.get("kind") == {"S": kind}]


def seen(engine: Engine, attribute: str) -> list[str]:
    """The values of an attribute of all patients."""
    return sorted(item[attribute]["S"] for item in stored(engine, "patient") if attribute in item)


def test_pending_migrations_are_applied_in_order_and_once(
    engine: Engine, own_table: str, patients: list[Data], folder: Path
) -> None:
    known, dynamodb = migrations.load(folder), engine.client("dynamodb")

    first = migrate(dynamodb, own_table, known, say=silent)
    second = migrate(dynamodb, own_table, known, say=silent)

    assert (first, second) == (2, 0)
    assert seen(engine, "monogram") == ["AÖ", "BÖ", "CÖ", "DÖ", "EÖ", "FÖ", "GÖ", "HÖ", "IÖ"]
    assert seen(engine, "initial") == []
    assert [one.name for one in migrations.stored(dynamodb, own_table).applied] == ["initial", "monogram"]
    assert len(patients) == 9


def test_a_migrated_item_has_a_new_version_and_the_migration_s_name(
    engine: Engine, api: Client, own_table: str, patients: list[Data], folder: Path
) -> None:
    before = api.as_("admin").get(f"/api/patients/{patients[0]['id']}")

    migrate(engine.client("dynamodb"), own_table, migrations.load(folder)[:1], say=silent)

    stale = (
        api.as_("admin")
        .with_(if_match=before.headers["etag"])
        .put(f"/api/patients/{patients[0]['id']}", {"gender": "female"})
    )
    assert stale.status == 412
    assert {item["updated_by"]["S"] for item in stored(engine, "patient")} == {"admin:migration_0001"}


@pytest.mark.parametrize("segments", [1, 3])
def test_a_migration_that_is_killed_at_any_request_is_finished_by_the_next(
    engine: Engine, own_table: str, patients: list[Data], folder: Path, segments: int
) -> None:
    known = migrations.load(folder)

    deaths = until_done(engine, lambda client: migrate(client, own_table, known, say=silent, segments=segments, page=3))

    assert deaths > 8
    assert len(seen(engine, "monogram")) == len(patients)
    assert {item["version"]["N"] for item in stored(engine, "patient")} == {"3"}


@pytest.mark.usefixtures("patients")
def test_a_migration_goes_on_where_it_was_killed(engine: Engine, own_table: str, folder: Path) -> None:
    known = migrations.load(folder)[:1]
    with pytest.raises(Killed):
        migrate(dying(engine, "dynamodb", 7), own_table, known, say=silent, segments=1, page=2)
    counted, asked = engine.client("dynamodb"), []
    counted.meta.events.register("before-call.dynamodb.Scan", lambda params, **_: asked.append(params["body"]))

    migrate(counted, own_table, known, say=silent, segments=1, page=2)

    assert b"ExclusiveStartKey" in asked[0]


def interrupted(engine: Engine, operation: str, then: Callable[[], None]) -> Any:
    """A client between whose reading and first writing of an item somebody else writes."""
    client, once = engine.client("dynamodb"), threading.Event()

    def come_between(params: Any, **_: Any) -> None:
        if b"PATIENT#" in params["body"] and not once.is_set():
            once.set()
            then()

    client.meta.events.register(f"before-call.dynamodb.{operation}", come_between)
    return client


def test_what_is_written_while_an_item_is_migrated_is_kept(
    engine: Engine, api: Client, own_table: str, folder: Path
) -> None:
    patient = make_patient(api, first_name="Ana")
    rename = lambda: api.as_("admin").put(f"/api/patients/{patient['id']}", {"first_name": "Zoë"})  # noqa: E731 - said once
    client = interrupted(engine, "UpdateItem", rename)

    migrate(client, own_table, migrations.load(folder)[:1], say=silent)

    (item,) = stored(engine, "patient")
    assert (item["first_name"]["S"], item["initial"]["S"]) == ("Zoë", "Z")


def test_a_migration_that_just_put_items_back_would_lose_what_was_written(
    engine: Engine, api: Client, own_table: str, folder: Path
) -> None:
    patient = make_patient(api, first_name="Ana")
    rename = lambda: api.as_("admin").put(f"/api/patients/{patient['id']}", {"first_name": "Zoë"})  # noqa: E731 - same
    client, (migration, _) = interrupted(engine, "PutItem", rename), migrations.load(folder)

    (item,) = stored(engine, "patient")
    client.put_item(TableName=own_table, Item=migration.change(item))

    (after,) = stored(engine, "patient")
    assert after["first_name"]["S"] == "Ana"


def test_bookings_go_on_while_a_migration_runs(
    engine: Engine, api: Client, own_table: str, patients: list[Data], folder: Path
) -> None:
    place, booked = desk.open_clinic(api), []
    clerk = threading.Thread(
        target=lambda: booked.extend(
            desk.ask(api, place, f"{10 + number // 2}:{number % 2 * 3}0", patient_id=patient["id"]).status
            for number, patient in enumerate(patients)
        )
    )
    clerk.start()

    migrate(engine.client("dynamodb"), own_table, migrations.load(folder), say=silent, page=1)

    clerk.join()
    assert booked == [201] * len(patients)
    assert len(seen(engine, "monogram")) == len(patients) + 1


def test_a_dry_run_counts_through_all_migrations_and_writes_nothing(
    engine: Engine, own_table: str, patients: list[Data], folder: Path
) -> None:
    before, said = desk.contents(engine), []

    dry_run(engine.client("dynamodb"), own_table, migrations.load(folder), say=said.append)

    assert desk.contents(engine) == before
    assert said == [
        f"0001_initial would change {len(patients)} of patient",
        f"0002_monogram would change {len(patients)} of patient",
    ]


@pytest.mark.usefixtures("patients")
def test_an_applied_migration_is_not_edited(engine: Engine, own_table: str, folder: Path) -> None:
    migrate(engine.client("dynamodb"), own_table, migrations.load(folder), say=silent)
    (folder / "0001_initial.py").write_text(INITIAL + "\n# once more\n")

    with pytest.raises(MigrationRefused, match="0001_initial was edited since it was applied"):
        migrate(engine.client("dynamodb"), own_table, migrations.load(folder), say=silent)


@pytest.mark.usefixtures("patients")
def test_an_older_release_does_not_migrate_what_it_does_not_know(engine: Engine, own_table: str, folder: Path) -> None:
    migrate(engine.client("dynamodb"), own_table, migrations.load(folder), say=silent)
    (folder / "0002_monogram.py").unlink()

    with pytest.raises(MigrationRefused, match="0002_monogram, which this release does not know"):
        migrate(engine.client("dynamodb"), own_table, migrations.load(folder), say=silent)


def test_a_gap_in_the_numbers_is_refused(folder: Path) -> None:
    (folder / "0004_more.py").write_text(INITIAL)

    with pytest.raises(MigrationRefused, match="without gaps"):
        migrations.load(folder)


@pytest.mark.usefixtures("patients")
@pytest.mark.parametrize(
    ("last", "problem"),
    [
        ('{**item, "number": {"S": item["number"]["S"] + "x"}}', "again after it was changed"),
        ('{**item, "SK": {"S": "ELSEWHERE"}}', "to another key"),
    ],
)
def test_a_migration_that_cannot_be_repeated_writes_nothing(
    engine: Engine, own_table: str, tmp_path: Path, last: str, problem: str
) -> None:
    before = {key for key, item in desk.contents(engine).items() if "number" in item}
    body = f'"""Go wrong."""\n\n\ndef change(item):\n    return {last} if "number" in item else None\n'
    (tmp_path / "0001_wrong.py").write_text(body)

    with pytest.raises(MigrationRefused, match=problem):
        migrate(engine.client("dynamodb"), own_table, migrations.load(tmp_path), say=silent)

    after = {key for key, item in desk.contents(engine).items() if "number" in item and item["version"] == {"N": "1"}}
    assert after == before


def test_a_deployment_applies_what_its_release_brings_when_that_is_agreed_to(
    engine: Engine, own_table: str, patients: list[Data], folder: Path
) -> None:
    place, said = Place("staging", engine.client, {"TABLE_NAME": own_table}), []

    declined = bring_forward(place, agree=lambda _: False, say=said.append, folder=folder)
    untouched = seen(engine, "monogram")
    agreed = bring_forward(place, agree=lambda _: True, say=silent, folder=folder)

    assert (declined, untouched, agreed) == (0, [], 2)
    assert said == ["staging: 2 migrations are pending; scripts/migrate --stage staging applies them"]
    assert len(seen(engine, "monogram")) == len(patients)


def test_the_repository_s_own_migrations_can_be_loaded() -> None:
    assert [migration.number for migration in migrations.load()] == list(range(1, len(migrations.load()) + 1))
