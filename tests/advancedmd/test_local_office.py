"""`scripts/run` has an office beside it, which people can look into and which outlives a kill."""

from collections.abc import Callable

import httpx

from tests.instance import Instance

MOVE = {"kind": "move", "id": 9000001, "columnid": 16, "startdatetime": "2027-03-01T09:00:00"}


def test_an_edit_at_the_office_is_seen_there_and_still_there_after_a_kill(start: Callable[[], Instance]) -> None:
    first = start()
    moved = httpx.post(f"{first.base_url}/_local/advancedmd/edits", json=MOVE)
    calls = httpx.get(f"{first.base_url}/_local/advancedmd/calls").json()["data"]
    first.kill()

    shown = httpx.get(f"{start().base_url}/_local/advancedmd/appointments").json()["data"]

    row = next(one for one in shown["appointments"] if one["id"] == 9000001)
    assert (moved.status_code, calls["over"]) == (200, 0)
    assert (shown["office"], row["start"], row["modified_by"]) == ("162882", "2027-03-01T09:00:00", "FRONTDESK")


def test_no_page_of_another_site_reaches_it(start: Callable[[], Instance]) -> None:
    base_url = start().base_url

    page = httpx.post(f"{base_url}/_local/advancedmd/edits", json=MOVE, headers={"Origin": "https://elsewhere.example"})
    rebound = httpx.get(f"{base_url}/_local/advancedmd/appointments", headers={"Host": "elsewhere.example"})

    assert (page.status_code, rebound.status_code) == (403, 403)
