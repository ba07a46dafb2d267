"""AdvancedMD's simulator beside the instance: its address for the application, its log and scheduler for people.

`GET /_local/advancedmd/calls` and `/appointments`, `POST …/edits` for what somebody does at the office, and
`POST …/faults` for what it is to meet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from infra.local.backstage import Deed, Deeds, Refused
from infra.simulators.advancedmd.demo import APP, OFFICE_KEY, PASSWORD, USER
from infra.simulators.advancedmd.front import PARTNER
from infra.simulators.advancedmd.server import CONTROL, Running


def start(folder: Path) -> Running:
    """The simulator on a free port, its offices kept in the folder; ValueError when what is kept is damaged."""
    return Running(kept=folder / "advancedmd.json")


def environment(running: Running) -> dict[str, str]:
    """How the application reaches and opens the demo office."""
    return {
        "ADVANCEDMD_LOGIN_URL": running.url + PARTNER,
        "ADVANCEDMD_OFFICE_KEY": OFFICE_KEY,
        "ADVANCEDMD_USERNAME": USER,
        "ADVANCEDMD_PASSWORD": PASSWORD,
        "ADVANCEDMD_APP_NAME": APP,
        "ADVANCEDMD_VISIT_URL": f"{running.url}{CONTROL}appointments?id={{visit_id}}",
    }


def deeds(running: Running) -> Deeds:
    """What is behind the scenes."""

    def deed(method: str, what: str) -> Deed:
        def done(query: Mapping[str, str], said: Any) -> Any:
            status, document = running.behind(method, what, dict(query), json.dumps(said).encode())
            if status != HTTPStatus.OK:
                raise Refused(status, "invalid", str(document["error"]))
            return document

        return done

    asked = [("GET", "calls"), ("GET", "appointments"), ("POST", "edits"), ("POST", "faults")]
    return {(method, f"advancedmd/{what}"): deed(method, what) for method, what in asked}
