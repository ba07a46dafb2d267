"""Every page in light and in dark, as axe judges it: nothing serious; and pictures of each for people to judge."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import Clinic
from tests.portal.browsing import complaints, photograph
from tests.portal.conftest import Open
from tests.portal.test_reception import booked_soon
from tests.queue import waiting

SCHEMES = ["light", "dark"]


@pytest.fixture
def busy(wire: Any, place: Clinic) -> Clinic:
    """The clinic with every status in its line."""
    booked_soon(wire, place)
    for urgency in ("low", "high", "medium", "low", "low"):
        waiting.join(wire, place, urgency_level=urgency, reason_for_visit="Cough and fever")
    inside = waiting.call_next(wire, place, room_id=place.rooms[0]["id"]).data
    waiting.put(wire, inside, "in_consultation")
    waiting.act(wire, waiting.call_next(wire, place).data, "hold")
    waiting.call_next(wire, place)
    return place


def live(page: Page) -> Page:
    """The page, when it is up to date."""
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "size"), [("wide", (1920, 1080)), ("upright", (1080, 1920)), ("phone", (390, 844))])
def test_the_lobby(busy: Clinic, open_page: Open, scheme: str, shape: str, size: tuple[int, int]) -> None:
    page = live(open_page("/portal/lobby", "display", busy.location["id"], scheme=scheme, size=size))
    expect(page.locator(".waiting")).to_have_count(2)

    photograph(page, f"lobby-{shape}-{scheme}")

    assert complaints(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "size"), [("wide", (1440, 900)), ("phone", (390, 844))])
def test_the_reception(busy: Clinic, open_page: Open, scheme: str, shape: str, size: tuple[int, int]) -> None:
    page = live(open_page("/portal/reception", "receptionist", busy.location["id"], scheme=scheme, size=size))
    expect(page.locator("#lines tbody tr")).to_have_count(5)
    expect(page.locator("#today tbody tr")).to_have_count(1)

    photograph(page, f"reception-{shape}-{scheme}")

    assert complaints(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("key", ["w", "?"])
def test_the_receptions_dialogs(busy: Clinic, open_page: Open, scheme: str, key: str) -> None:
    page = live(open_page("/portal/reception", "receptionist", busy.location["id"], scheme=scheme))

    page.keyboard.press(key)

    expect(page.get_by_role("dialog")).to_be_visible()
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("steps", [(), ("I have an appointment",), ("I have an appointment", "Appointment number")])
def test_the_kiosk(busy: Clinic, open_page: Open, scheme: str, steps: tuple[str, ...]) -> None:
    page = open_page("/portal/kiosk", "kiosk", busy.location["id"], scheme=scheme, size=(1080, 1500))
    expect(page.locator("#place")).to_have_text(busy.location["name"])

    for step in steps:
        page.get_by_role("button", name=step).click()
    photograph(page, f"kiosk-{len(steps)}-{scheme}")

    assert complaints(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("status", ["waiting", "called", "on_hold"])
def test_the_track_page(wire: Any, place: Clinic, open_page: Open, scheme: str, status: str) -> None:
    entry = waiting.join(wire, place)
    waiting.put(wire, entry, status)

    page = open_page(f"/portal/track/{entry['track']}", scheme=scheme, size=(390, 844))
    expect(page.locator("h1")).to_have_text("001")
    photograph(page, f"track-{status}-{scheme}")

    assert complaints(page) == []


@pytest.mark.parametrize("page", ["lobby", "reception", "kiosk", "advancedmd"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_sign_in(open_page: Open, page: str, scheme: str) -> None:
    opened = open_page(f"/portal/{page}", scheme=scheme)

    expect(opened.get_by_label("Token or key")).to_be_visible()

    assert complaints(opened) == []


def test_axe_would_complain_of_what_cannot_be_read(open_page: Open) -> None:
    page = open_page("/portal/lobby")
    expect(page.get_by_label("Token or key")).to_be_visible()

    page.evaluate("document.querySelector('.sign-in p').style.color = '#ddd'")

    assert [one for one in complaints(page) if one.startswith("color-contrast")] != []
