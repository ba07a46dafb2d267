"""The clock of an instance is put ahead: what falls in between is done, tokens go on, and nothing turns it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from chalicelib.kit import clock
from infra.local.clock import duration
from tests.builders import Clinic, Data
from tests.client import Client
from tests.instance import Instance
from tests.scheduling.desk import ask, open_clinic, read
from tests.wire import HttpClient

TOMORROW = (datetime.now(UTC) + timedelta(days=1, hours=6)).replace(minute=0, second=0, microsecond=0)


class Running:
    """An instance with its clinic, whose clock is put ahead over HTTP."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.api: Client = HttpClient(instance)  # type: ignore[assignment]

    def clock(self, advance: str | None = None, **headers: str) -> httpx.Response:
        url, body = f"{self.instance.base_url}/_local/clock", {"advance": advance}
        if advance is None:
            return httpx.get(url, headers=headers)
        return httpx.post(url, json=body, headers=headers, timeout=120)

    def told(self, patient: Data) -> list[tuple[str, str]]:
        """Channel and kind of all that the patient was sent, in order."""
        rows = httpx.get(f"{self.instance.base_url}/_local/outbox").json()["data"]
        mine = (patient["email"], patient["phone"])
        return [(row["channel"], row["kind"]) for row in rows if row["to"] in mine]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    instance = Instance(Path(tmp_path_factory.mktemp("clock")))
    yield Running(instance)
    instance.end()


def booked(running: Running) -> tuple[Clinic, Data]:
    """A clinic of its own with an appointment tomorrow, six hours later than now."""
    place = open_clinic(running.api)
    answer = ask(running.api, place, f"{TOMORROW:%H:%M}", scheduled_date=clock.iso(TOMORROW))
    assert answer.status == 201, answer.body
    return place, answer.data


def test_tomorrows_reminder_is_sent_today_once_the_clock_is_ahead_and_a_cancelled_one_is_not(running: Running) -> None:
    (kept, _), (gone, cancelled) = booked(running), booked(running)
    assert running.api.as_("receptionist").delete(f"/api/appointments/{cancelled['id']}").status == 200

    before = running.clock().json()["data"]
    after = running.clock("PT23H").json()["data"]

    moved = clock.parse(after["now"]) - clock.parse(before["now"])
    assert timedelta(hours=23) <= moved <= timedelta(hours=23, minutes=2)
    mails = [kind for channel, kind in running.told(kept.patient) if channel == "email"]
    assert mails == ["confirmation", "reminder"]  # a text may lie before the night, by when this runs
    assert ("email", "reminder") not in running.told(gone.patient)
    assert after["fired"]["close_day"] in {92, 93}  # by where in its quarter of an hour the advance begins
    assert after["fired"]["remind"] >= 276


def test_a_hold_ends_in_time_and_a_token_goes_on(running: Running) -> None:
    place = open_clinic(running.api)
    held = ask(running.api, place, "10:00", "/hold").data
    bearer = running.api.as_("receptionist")

    running.clock("PT2H")

    assert read(running.api, held)["status"] == "cancelled"
    assert bearer.get(f"/api/appointments/{held['id']}").status == 200


def test_who_signs_out_after_a_jump_can_sign_in_again(running: Running, until: Callable[..., None]) -> None:
    def asked() -> int:
        token = running.instance.token("patient", "pat_clock")
        headers = {"authorization": f"Bearer {token}"}
        return httpx.get(f"{running.instance.base_url}/api/appointments/apt_none", headers=headers).status_code

    running.clock("PT3H")
    token = running.instance.token("patient", "pat_clock")
    headers = {"authorization": f"Bearer {token}"}
    ended = httpx.post(f"{running.instance.base_url}/api/sessions/end", json={"everywhere": True}, headers=headers)

    assert (ended.status_code, asked()) == (200, 401)
    until(lambda: asked() == 404)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://localhost:3000"}, 200),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "rebound.example"}, 403),
    ],
)
def test_only_this_machine_may_ask(running: Running, headers: dict[str, str], status: int) -> None:
    assert running.clock(**headers).status_code == status


@pytest.mark.parametrize("said", ["", "P", "PT", "PT0S", "-PT1H", "P61D", "23h", "PT1H30", "P1M", "PT1.5H"])
def test_what_is_no_duration_is_refused_and_the_clock_stays(running: Running, said: str) -> None:
    before = running.clock().json()["data"]["ahead_seconds"]

    answer = running.clock(said)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert running.clock().json()["data"]["ahead_seconds"] == before


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("PT23H", timedelta(hours=23)),
        ("P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("P60D", timedelta(days=60)),
        ("PT45S", timedelta(seconds=45)),
    ],
)
def test_durations_are_those_of_iso_8601(said: str, meant: timedelta) -> None:
    assert duration({"advance": said}) == meant


def test_a_restart_does_not_turn_the_clock_back(start: Callable[[], Instance]) -> None:
    first = Running(start())
    first.clock("PT5H")
    first.instance.kill()

    shown = Running(start()).clock().json()["data"]

    assert shown["ahead_seconds"] == 5 * 3600
    assert clock.parse(shown["now"]) - clock.parse(shown["outside"]) == timedelta(hours=5)
