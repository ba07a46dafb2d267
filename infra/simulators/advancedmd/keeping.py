"""Keeps the offices in a file, so that they outlive the process as the clinic's own data do."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from infra.simulators.advancedmd.office import Office

_OFFICES = TypeAdapter(dict[str, Office])


def save(offices: dict[str, Office], path: Path) -> None:
    """Replace the file, in one step; it is on the disk when this returns."""
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(_OFFICES.dump_json(offices))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load(path: Path) -> dict[str, Office]:
    """The offices of the file, none when there is no file; ValueError when it is damaged."""
    try:
        return _OFFICES.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as damage:
        raise ValueError(f"{path.name}: {damage.error_count()} fields cannot be read") from None
