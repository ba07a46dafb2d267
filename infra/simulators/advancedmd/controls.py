"""What tests and people may see and do behind the scenes: calls, appointments, clock, faults, switches, edits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from infra.simulators.advancedmd import front_desk
from infra.simulators.advancedmd.front import AdvancedMD

READS = ("calls", "appointments", "switches", "clock")
CHANGES = ("clock", "faults", "switches", "edits")


def answer(whole: AdvancedMD, method: str, what: str, query: Mapping[str, str], body: bytes) -> tuple[int, Any]:
    """Status and document of `GET` for READS and of `POST` for CHANGES."""
    with whole.lock:
        try:
            if method == "GET" and what in READS:
                return HTTPStatus.OK, _read(whole, what, query)
            if method == "POST" and what in CHANGES:
                return HTTPStatus.OK, _change(whole, what, json.loads(body or b"{}"))
        except (ValueError, TypeError, KeyError, AttributeError, front_desk.NotDone) as wrong:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(wrong)}
    return HTTPStatus.NOT_FOUND, {"error": f"GET {', '.join(READS)}; POST {', '.join(CHANGES)}"}


def _read(whole: AdvancedMD, what: str, query: Mapping[str, str]) -> Any:
    if what == "calls":
        rows = whole.calls.rows(after=int(query.get("after", 0)), action=query.get("action"))
        return {"calls": [row.told() for row in rows], "over": len(whole.calls.over())}
    if what == "appointments":
        office = _office(whole, query)
        wanted = (one for one in office.appointments.values() if query.get("id") in (None, str(one.id)))
        chosen = sorted(wanted, key=lambda one: (one.start, one.id))
        return {"office": office.key, "zone": office.zone, "appointments": [front_desk.shown(one) for one in chosen]}
    return _clock(whole) if what == "clock" else whole.switches.told()


def _change(whole: AdvancedMD, what: str, wanted: dict[str, Any]) -> Any:
    if what == "edits":
        return front_desk.do(whole.desk(_office(whole, wanted)), {k: v for k, v in wanted.items() if k != "office"})
    if what == "switches":
        whole.switches.turn(wanted)
        return whole.switches.told()
    if what == "faults":
        if not wanted:
            whole.faults.clear()
        elif "rates" in wanted:
            whole.faults.draw(wanted["rates"], seed=wanted.get("seed", 1))
        else:
            whole.faults.plan(wanted["kind"], **{k: v for k, v in wanted.items() if k != "kind"})
        return {"met": dict(whole.faults.met)}
    if "advance" in wanted:
        whole.clock.advance(timedelta(seconds=wanted["advance"]))
    if "stand" in wanted:
        whole.clock.stand(datetime.fromisoformat(wanted["stand"]))
    if wanted.get("go_on"):
        whole.clock.go_on()
    return _clock(whole)


def _clock(whole: AdvancedMD) -> dict[str, str]:
    return {"now": whole.clock.now().isoformat()}


def _office(whole: AdvancedMD, wanted: Mapping[str, Any]) -> Any:
    return whole.offices[str(wanted["office"])] if "office" in wanted else next(iter(whole.offices.values()))
