"""The functions' archive: libraries, Chalice's runtime and our code, pruned, precompiled, the same bytes every time."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from infra.deploy import prune
from infra.deploy.runtimes import Interpreter

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
_ELF_MACHINE = {183: "arm64", 62: "x86_64"}  # e_machine: EM_AARCH64, EM_X86_64


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes as unpacked, and as zipped."""

    unpacked: int
    zipped: int

    def __str__(self) -> str:
        return f"{self.unpacked / 1e6:.1f} MB unpacked, {self.zipped / 1e6:.1f} MB zipped"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive and the folder it was made from."""

    folder: Path
    file: Path
    before: Size
    after: Size


def make(*, application: Path, libraries: Path, interpreter: Interpreter, folder: Path, file: Path) -> Archive:
    """Lay the application (Chalice's own zip) over the libraries, prune, precompile, and zip it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(libraries, folder)
    with zipfile.ZipFile(application) as packed:
        packed.extractall(folder)
    before = Size(_weight(folder), zip_folder(folder, file))
    prune.prune(folder)
    prune.precompile(folder, interpreter)
    return Archive(folder, file, before, Size(_weight(folder), zip_folder(folder, file)))


def zip_folder(folder: Path, file: Path) -> int:
    """Zip a folder in order of names and without times; its size."""
    file.unlink(missing_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
    return file.stat().st_size


def machine(library: Path) -> str:
    """The machine that a shared library was built for, read from its ELF header."""
    with library.open("rb") as opened:
        header = opened.read(20)
    if header[:4] != b"\x7fELF":
        return "not ELF"
    number = int.from_bytes(header[18:20], "little" if header[5] == 1 else "big")
    return _ELF_MACHINE.get(number, f"machine {number}")


def names(folder: Path) -> set[str]:
    """The files of an unpacked archive, with what differs between machines by right left out of their names."""
    return {
        path.relative_to(folder).as_posix().replace("aarch64", "MACHINE").replace("x86_64", "MACHINE")
        for path in folder.rglob("*")
        if path.is_file()
    }


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
