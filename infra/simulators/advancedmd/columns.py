"""Columns and blocks over REST."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infra.simulators.advancedmd import clock
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.office import Block, Column

_COLUMN = re.compile(r"/scheduler/columns(?:/(\d+))?/?")


def answer(desk: Desk, method: str, path: str, query: Mapping[str, str]) -> Any:
    """What there is at the path; None when nothing is."""
    if method != "GET":
        return None
    found = _COLUMN.fullmatch(path)
    if found and found[1]:
        one = desk.office.columns.get(int(found[1]))
        return _column(one) if one else None
    if found:
        return [_column(one) for one in desk.office.columns.values()]
    if path.rstrip("/") == "/scheduler/blockholds":
        wanted = query.get("columnid", "").split("-")
        return [_block(one) for one in desk.office.blocks.values() if str(one.column_id) in wanted]
    return None


def _column(one: Column) -> dict[str, Any]:
    return {
        "id": one.id,
        "heading": one.name,
        "starttime": one.start,
        "endtime": one.end,
        "timeincrement": one.interval,
        "workweek": one.workweek,
        "maxapptsperslot": one.max_per_slot,
        "facilityid": one.facility_id,
        "profileid": one.profile_id,
    }


def _block(one: Block) -> dict[str, Any]:
    return {
        "id": one.id,
        "startdatetime": clock.iso(one.start),
        "enddatetime": clock.iso(one.end),
        "duration": int((one.end - one.start).total_seconds() // 60),
        "columnid": one.column_id,
        "note": one.note,
    }
