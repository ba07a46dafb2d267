"""A backup is worth what comes back of it: whole, at once usable, and never a torn one."""

import base64
import gzip
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.kit import cache
from chalicelib.table import base
from infra import table_audit
from infra.deploy import exports, restore
from infra.deploy.export import export_here, export_stage
from infra.deploy.exports import BrokenExport, Bucket, Folder, open_export
from infra.deploy.places import Place
from infra.local.testing import Engine
from tests.client import Client
from tests.deploy.dying import until_done
from tests.scheduling import desk

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def silent(_: str) -> None:
    """Nobody reads what is said."""


@pytest.fixture
def exported(engine: Engine, api: Client, own_table: str, tmp_path: Path) -> Path:
    """The folder of an export of a clinic with three appointments, one of them cancelled, in files of five items."""
    place = desk.open_clinic(api)
    kept = [desk.book(api, place, time) for time in ("10:00", "11:00", "12:00")]
    api.as_("admin").delete(f"/api/appointments/{kept[2]['id']}", {"reason": "feels better"})
    where = Place("local", engine.client, {"TABLE_NAME": own_table})
    return export_here(where, tmp_path, now=NOW, say=silent, per_file=5)


@pytest.fixture
def new_table(engine: Engine) -> Iterator[str]:
    """The name of a table that is not there yet."""
    name = f"careslot-restored-{uuid.uuid4().hex[:8]}"
    yield name
    engine.client("dynamodb").delete_table(TableName=name)


@pytest.fixture
def use(own_table: str) -> Iterator[Callable[[str], None]]:
    """Points the application at another table for the rest of the test."""

    def point(name: str) -> None:
        base.use(name)
        cache.forget_everything()

    yield point
    point(own_table)


def test_a_restored_table_holds_every_item_as_it_was(engine: Engine, exported: Path, new_table: str) -> None:
    before = desk.contents(engine)

    restore.fill(engine.client("dynamodb"), new_table, open_export(Folder(exported)), say=silent)

    pages = engine.client("dynamodb").get_paginator("scan").paginate(TableName=new_table)
    after = {(item["PK"]["S"], item["SK"]["S"]): item for page in pages for item in page["Items"]}
    assert after == before
    assert len(after) > 15


def test_a_clinic_goes_on_in_a_restored_table(
    engine: Engine, api: Client, exported: Path, new_table: str, use: Callable[[str], None]
) -> None:
    restore.fill(engine.client("dynamodb"), new_table, open_export(Folder(exported)), say=silent)
    use(new_table)

    doctor = api.as_("admin").get("/api/doctors").data[0]
    free = desk.free(api, doctor)
    wish = {
        "doctor_id": doctor["id"],
        "patient_details": {"first_name": "Ana", "last_name": "Müller", "phone": "+12125550188"},
    }
    taken = api.as_("receptionist").post("/api/appointments/book", wish | {"scheduled_date": desk.utc("10:00")})
    again = api.as_("receptionist").post("/api/appointments/book", wish | {"scheduled_date": desk.utc("12:00")})

    assert "10:00" not in free
    assert "11:00" not in free
    assert "12:00" in free
    assert (taken.status, taken.error["code"]) == (409, "slot_taken")
    assert again.status == 201
    assert table_audit.audit(engine.client("dynamodb"), new_table, datetime.now(UTC)).ok


def test_a_restore_that_is_killed_at_any_request_is_finished_by_the_next(
    engine: Engine, exported: Path, new_table: str
) -> None:
    export = open_export(Folder(exported))

    deaths = until_done(engine, lambda client: restore.fill(client, new_table, export, say=silent))

    pages = engine.client("dynamodb").get_paginator("scan").paginate(TableName=new_table)
    assert deaths > 5
    assert sum(page["Count"] for page in pages) == export.items


def test_a_table_that_is_in_use_is_never_restored_over(engine: Engine, exported: Path, own_table: str) -> None:
    before = desk.contents(engine)

    with pytest.raises(restore.RestoreRefused, match="name a new table"):
        restore.fill(engine.client("dynamodb"), own_table, open_export(Folder(exported)), say=silent)

    assert desk.contents(engine) == before


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def bent(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [torn, bent, missing])
@pytest.mark.parametrize("name", ["manifest-summary.json", "manifest-files.json", "data/00000001.json.gz"])
def test_a_torn_a_bent_and_a_missing_file_are_refused(
    exported: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(exported / name)

    with pytest.raises(BrokenExport, match=name):
        open_export(Folder(exported)).check()


def test_a_file_that_lacks_an_item_is_refused_though_its_checksum_is_right(exported: Path) -> None:
    data = exported / "data" / "00000000.json.gz"
    data.write_bytes(gzip.compress(b"\n".join(gzip.decompress(data.read_bytes()).splitlines()[1:])))
    lines = [json.loads(line) for line in (exported / "manifest-files.json").read_text().splitlines()]
    lines[0]["md5Checksum"] = exports.md5(data.read_bytes())
    listed = "".join(json.dumps(line) + "\n" for line in lines)
    (exported / "manifest-files.json").write_text(listed)
    (exported / "manifest-files.md5").write_text(exports.md5(listed.encode()))

    with pytest.raises(BrokenExport, match="holds 4 items, and the manifest lists 5"):
        open_export(Folder(exported)).check()


def test_no_item_of_a_broken_file_is_written(engine: Engine, exported: Path, new_table: str) -> None:
    bent(exported / "data" / "00000000.json.gz")

    with pytest.raises(BrokenExport):
        restore.fill(engine.client("dynamodb"), new_table, open_export(Folder(exported)), say=silent)

    (note,) = engine.client("dynamodb").scan(TableName=new_table)["Items"]
    assert note["PK"]["S"].startswith("RESTORE#")


def test_the_files_of_an_export_by_aws_are_read_from_its_bucket(engine: Engine) -> None:
    """Laid down byte for byte as AWS documents it: keys from the bucket's root, bytes as base64, an empty file."""
    s3, base_key = engine.client("s3"), "exports/AWSDynamoDB/01693685827463-2d8752fd"
    bucket = f"exports-{uuid.uuid4().hex[:8]}"
    data = gzip.compress(b'{"Item":{"PK":{"S":"A"},"SK":{"S":"B"},"seal":{"B":"AAEC"},"n":{"N":"8"}}}\n')
    listed = [
        {
            "itemCount": 1,
            "md5Checksum": exports.md5(data),
            "etag": "x-1",
            "dataFileS3Key": f"{base_key}/data/a.json.gz",
        },
        {"itemCount": 0, "md5Checksum": exports.md5(b""), "etag": "y-1", "dataFileS3Key": f"{base_key}/data/b.json.gz"},
    ]
    files = "\n".join(json.dumps(line) for line in listed).encode()
    summary = {
        "version": "2020-06-30",
        "exportArn": "arn:aws:dynamodb:us-east-1:123456789012:table/careslot/export/01693685827463-2d8752fd",
        "manifestFilesS3Key": f"{base_key}/manifest-files.json",
        "itemCount": 1,
        "outputFormat": "DYNAMODB_JSON",
    }
    told = json.dumps(summary).encode()
    s3.create_bucket(Bucket=bucket)
    for name, content in {
        "_started": b"",
        "data/a.json.gz": data,
        "data/b.json.gz": b"",
        "manifest-files.json": files,
        "manifest-files.md5": exports.md5(files).encode(),
        "manifest-summary.json": told,
        "manifest-summary.md5": exports.md5(told).encode(),
    }.items():
        s3.put_object(Bucket=bucket, Key=f"{base_key}/{name}", Body=content)

    export = open_export(Bucket(s3, bucket, base_key))
    items = [item for file in export.files for item in export.read(file)]

    assert [base64.b64decode(item["seal"]["B"]) for item in items] == [b"\x00\x01\x02"]
    assert export.id == "01693685827463-2d8752fd"


def test_a_stage_s_export_is_followed_until_aws_has_finished_it(engine: Engine, own_table: str) -> None:
    said: list[str] = []
    where = Place("dev", engine.client, {"TABLE_NAME": own_table, "EXPORT_BUCKET": "careslot-exports"})

    address = export_stage(where, since=None, say=said.append, pause=0.1)

    assert address.startswith("s3://careslot-exports/exports/AWSDynamoDB/")
    assert "in progress" in said[0]
    assert said[-1].endswith("items")


def test_a_moment_of_the_past_becomes_a_table_with_stream_and_expiry(
    engine: Engine, api: Client, own_table: str, new_table: str
) -> None:
    desk.book(api, desk.open_clinic(api))
    dynamodb = engine.client("dynamodb")

    restore.from_past(dynamodb, own_table, new_table, at=None, say=silent, pause=0.1)

    found = dynamodb.describe_table(TableName=new_table)["Table"]
    assert found["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert found["DeletionProtectionEnabled"]
    assert dynamodb.describe_time_to_live(TableName=new_table)["TimeToLiveDescription"]["AttributeName"] == "expires_at"
    assert table_audit.audit(dynamodb, new_table, datetime.now(UTC)).ok
    dynamodb.update_table(TableName=new_table, DeletionProtectionEnabled=False)
