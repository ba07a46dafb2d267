"""A patient's own place on the phone: number, place, range and room; no name, and no other patient."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.builders import Clinic, Data
from tests.portal.browsing import hear, heard, photograph
from tests.portal.conftest import Open
from tests.queue import waiting

PHONE = (390, 844)


def tracked(open_page: Open, entry: Data) -> Page:
    """The page of the entry's ticket."""
    page: Page = open_page(f"/portal/track/{entry['track']}", size=PHONE)
    return page


def test_it_shows_the_place_and_the_range_and_no_name(wire: Any, place: Clinic, open_page: Open) -> None:
    waiting.join(wire, place)
    entry = waiting.join(wire, place, patient_id=place.patient["id"])

    phone = tracked(open_page, entry)

    expect(phone.locator("h1")).to_have_text("002")
    expect(phone.locator(".facts")).to_contain_text("1")
    expect(phone.locator(".range")).to_contain_text("min")
    assert place.patient["last_name"] not in phone.content()


def test_a_call_fills_the_phone_with_the_room_and_sounds_when_wished(wire: Any, place: Clinic, open_page: Open) -> None:
    entry = waiting.join(wire, place)
    phone = tracked(open_page, entry)
    phone.get_by_role("button", name="Sound when I am called").click()
    expect(phone.locator(".range")).to_be_visible()

    waiting.call_next(wire, place, room_id=place.rooms[0]["id"])

    expect(phone.locator(".range")).to_have_text(f"Please go to {place.rooms[0]['name']}", timeout=20_000)
    expect(phone.locator("body")).to_have_class("called")
    photograph(phone, "track-called")
    hear(phone, 2)
    assert heard(phone)["spoken"][0] == {"text": "Number 1, it is your turn.", "lang": "en"}


def test_a_visit_that_is_over_is_said_to_be(wire: Any, place: Clinic, open_page: Open) -> None:
    entry = waiting.join(wire, place)
    for status in ("called", "in_consultation", "completed"):
        waiting.put(wire, entry, status)

    phone = tracked(open_page, entry)

    expect(phone.locator("#ticket")).to_contain_text("Your visit is over")


def test_a_secret_that_is_not_right_shows_nothing(wire: Any, place: Clinic, open_page: Open) -> None:
    entry = waiting.join(wire, place)

    phone = open_page(f"/portal/track/{entry['id']}.guessed", size=PHONE)

    expect(phone.locator("h1")).to_contain_text("This link is not known")
    expect(phone.locator("#ticket")).not_to_contain_text("001")
