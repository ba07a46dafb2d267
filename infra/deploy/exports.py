"""An export of a DynamoDB table as AWS lays it down: read back only where every checksum and every count agrees.

    <prefix>/AWSDynamoDB/<export id>/manifest-summary.json    what was exported, and how many items
                                     manifest-summary.md5     its MD5, base64
                                     manifest-files.json      a line for each data file: key, MD5, items
                                     manifest-files.md5
                                     data/<name>.json.gz      a line for each item: {"Item": {"PK": {"S": …}, …}}

MD5 is what AWS writes: it finds what was torn or mistaken, not a forger, who could write the manifest too. Who may
write to the bucket is what keeps forgers out.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

Raw = dict[str, dict[str, Any]]
SUMMARY, FILES = "manifest-summary", "manifest-files"


class BrokenExport(Exception):
    """The files are not what the export wrote; the message names the first that differs."""


class Store(Protocol):
    """Files by their names below one export's folder."""

    def read(self, name: str) -> bytes:
        """The bytes of a file; KeyError when there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Keep a file."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An export's folder on this machine."""

    path: Path

    def read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def write(self, name: str, content: bytes) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@dataclass(frozen=True, slots=True)
class Bucket:
    """An export's folder in S3."""

    s3: Any
    bucket: str
    prefix: str

    def read(self, name: str) -> bytes:
        try:
            content: bytes = self.s3.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            raise KeyError(name) from None
        return content

    def write(self, name: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}", Body=content)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data file as the manifest lists it."""

    name: str
    md5: str
    items: int


@dataclass(frozen=True, slots=True)
class Export:
    """An export whose manifests agree with their checksums."""

    store: Store
    id: str
    items: int
    files: tuple[DataFile, ...]

    def read(self, file: DataFile) -> list[Raw]:
        """All items of one file, or BrokenExport: no item of a file that is not whole."""
        content = _read(self.store, file.name)
        if md5(content) != file.md5:
            raise BrokenExport(f"{file.name} is not what the manifest lists: its checksum differs")
        try:
            lines = gzip.decompress(content).splitlines() if content else []
            items = [json.loads(line)["Item"] for line in lines]
        except (ValueError, OSError, EOFError, zlib.error, KeyError, TypeError):
            raise BrokenExport(f"{file.name} cannot be read as items") from None
        if len(items) != file.items:
            raise BrokenExport(f"{file.name} holds {len(items)} items, and the manifest lists {file.items}")
        return items

    def check(self) -> None:
        """Read every file, or BrokenExport."""
        for file in self.files:
            self.read(file)


def open_export(store: Store) -> Export:
    """The full export in a folder, its manifests checked."""
    summary = json.loads(_manifest(store, SUMMARY))
    if summary.get("outputFormat") != "DYNAMODB_JSON" or summary.get("exportType", "FULL_EXPORT") != "FULL_EXPORT":
        raise BrokenExport("only a full export in DynamoDB's JSON can be restored by itself")
    listed = [json.loads(line) for line in _manifest(store, FILES).splitlines() if line.strip()]
    # Keys in the manifest begin at the bucket, with or without the prefix; an export's own files lie beside it.
    files = tuple(
        DataFile(f"data/{one['dataFileS3Key'].rpartition('/')[2]}", one["md5Checksum"], one["itemCount"])
        for one in listed
    )
    if sum(file.items for file in files) != summary["itemCount"]:
        raise BrokenExport(f"the files are listed with other items than the {summary['itemCount']} of the summary")
    return Export(store, summary["exportArn"].rpartition("/")[2], summary["itemCount"], files)


def write_export(
    store: Store, items: Iterable[Raw], *, table_arn: str, export_id: str, now: datetime, per_file: int = 5_000
) -> int:
    """Lay items down as AWS does, the summary last, so that an export without one was never finished; their number."""
    base = f"AWSDynamoDB/{export_id}"
    store.write("_started", b"")
    listed = []
    for number, part in enumerate(_parts(items, per_file)):
        name = f"data/{number:08d}.json.gz"
        text = "".join(json.dumps({"Item": item}, separators=(",", ":")) + "\n" for item in part)
        content = gzip.compress(text.encode(), mtime=0)
        store.write(name, content)
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest() + "-1"
        listed.append(
            {"itemCount": len(part), "md5Checksum": md5(content), "etag": etag, "dataFileS3Key": f"{base}/{name}"}
        )
    _write_manifest(store, FILES, "".join(json.dumps(one) + "\n" for one in listed))
    total = sum(int(str(one["itemCount"])) for one in listed)
    at = now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    summary = {
        "version": "2020-06-30",
        "exportArn": f"{table_arn}/export/{export_id}",
        "startTime": at,
        "endTime": at,
        "tableArn": table_arn,
        "exportTime": at,
        "manifestFilesS3Key": f"{base}/{FILES}.json",
        "billedSizeBytes": 0,
        "itemCount": total,
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }
    _write_manifest(store, SUMMARY, json.dumps(summary))
    return total


def md5(content: bytes) -> str:
    """The digest as the manifests write it."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def _manifest(store: Store, name: str) -> str:
    content = _read(store, f"{name}.json")
    if md5(content) != _read(store, f"{name}.md5").decode(errors="replace").strip():
        raise BrokenExport(f"{name}.json is not what was written: its checksum differs")
    return content.decode()


def _write_manifest(store: Store, name: str, text: str) -> None:
    store.write(f"{name}.json", text.encode())
    store.write(f"{name}.md5", md5(text.encode()).encode())


def _read(store: Store, name: str) -> bytes:
    try:
        return store.read(name)
    except KeyError:
        raise BrokenExport(f"{name} is missing: the export was not finished, or not copied whole") from None


def _parts(items: Iterable[Raw], size: int) -> Iterator[list[Raw]]:
    part: list[Raw] = []
    for item in items:
        part.append(item)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
