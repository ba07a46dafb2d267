"""Ten thousand generated requests by every role meet no failure of ours and no answer that the description lacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.issuer import ROLES
from scripts.fuzzing import campaign
from scripts.fuzzing.campaign import Run
from scripts.fuzzing.stage import Stage, raised

SEED = 20261121
CASES = 10_000
WALKS = 60
WALK_SEEDS = range(SEED, SEED + 4)  # one run ends where it finds nothing new; the whole way takes some luck
ALONG = {
    "booked": "POST /api/appointments",
    "held": "POST /api/appointments/hold",
    "confirmed": "POST /api/appointments/{id}/confirm",
    "read": "GET /api/appointments/{id}",
    "moved": "PUT /api/appointments/{id}/reschedule",
    "cancelled": "DELETE /api/appointments/{id}",
}


@dataclass
class Done:
    """What was run, and the appointments that the clinic had between the walks and the rest."""

    walks: list[Run]
    roams: list[Run]
    appointments: list[dict[str, Any]]


def appointments(stage: Stage) -> list[dict[str, Any]]:
    """All appointments of the doctor whom the walks are about."""
    headers = {"Authorization": f"Bearer {stage.token('admin')}"}
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    with httpx.Client(base_url=stage.base_url, headers=headers, trust_env=False) as client:
        while cursor is not None:
            asked = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = client.get(f"/api/doctors/{stage.words['doctor'][0]}/appointments", params=asked).json()
            found += page["data"]
            cursor = page["meta"]["next_cursor"]
    return found


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    """One campaign for all that is asserted here."""
    with raised(Path(tmp_path_factory.mktemp("fuzz"))) as stage:
        walks = [run for seed in WALK_SEEDS for run in campaign.walk(stage, walks=WALKS, seed=seed)]
        left = appointments(stage)
        yield Done(walks, campaign.roam(stage, cases=CASES, seed=SEED), left)


def test_ten_thousand_cases_find_no_failure(done: Done) -> None:
    runs = [*done.walks, *done.roams]

    assert {run.name: run.said for run in runs if run.failures} == {}
    assert sum(run.cases for run in runs) >= 10_000


def test_a_token_of_each_role_took_part(done: Done) -> None:
    roles = {run.name.split(":")[0] for run in done.roams}

    assert roles == set(ROLES)


@pytest.mark.parametrize("step", ALONG)
def test_the_links_led_from_booking_to_cancelling(done: Done, step: str) -> None:
    assert campaign.granted(done.walks)[ALONG[step]] > 0


def test_one_appointment_went_the_whole_way(done: Done) -> None:
    moved = [one["id"] for one in done.appointments if one["moves"]]
    gone = [one["id"] for one in done.appointments if one["moves"] and one["status"] == "cancelled"]

    assert moved
    assert gone
