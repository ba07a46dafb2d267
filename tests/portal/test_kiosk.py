"""The kiosk: check in or take a number, in one's own language, and leave nothing behind."""

import re
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import Clinic, Data
from tests.portal.browsing import photograph
from tests.portal.conftest import Open
from tests.portal.test_reception import booked_soon

STANDING = (1080, 1500)


@pytest.fixture
def kiosk(place: Clinic, open_page: Open) -> Page:
    """The location's kiosk."""
    page = open_page("/portal/kiosk", "kiosk", place.location["id"], size=STANDING)
    expect(page.locator("#place")).to_have_text(place.location["name"])
    return page


def press(kiosk: Page, name: str) -> None:
    """Press what is called like that."""
    kiosk.get_by_role("button", name=re.compile(name)).click()


def born(kiosk: Page, patient: Data) -> None:
    """Say when the patient was born."""
    date = datetime.fromisoformat(patient["date_of_birth"])
    kiosk.get_by_label("Day").select_option(str(date.day))
    kiosk.get_by_label("Month").select_option(f"{date:%B}")
    kiosk.get_by_label("Year").select_option(str(date.year))


def test_a_booked_patient_checks_in_by_the_number(wire: Any, place: Clinic, kiosk: Page) -> None:
    appointment = booked_soon(wire, place)

    press(kiosk, "I have an appointment")
    press(kiosk, "Appointment number")
    kiosk.get_by_label("Appointment number").fill("")
    kiosk.keyboard.type(appointment["appointment_number"], delay=80)
    press(kiosk, "Check in")

    expect(kiosk.locator(".ticket-number")).to_have_text("001")
    expect(kiosk.locator(".ticket")).to_contain_text(place.doctor["name"])
    photograph(kiosk, "kiosk-ticket")
    assert wire.get(f"/api/appointments/{appointment['id']}").data["status"] == "checked_in"


def test_a_booked_patient_checks_in_by_phone_and_birth_date(wire: Any, place: Clinic, kiosk: Page) -> None:
    booked_soon(wire, place)

    press(kiosk, "I have an appointment")
    press(kiosk, "Phone and date of birth")
    kiosk.get_by_label("Phone").fill(place.patient["phone"])
    born(kiosk, place.patient)
    photograph(kiosk, "kiosk-phone")
    press(kiosk, "Check in")

    expect(kiosk.locator(".ticket-number")).to_have_text("001")


def test_a_code_under_the_reader_checks_in_from_any_step(wire: Any, place: Clinic, kiosk: Page) -> None:
    appointment = booked_soon(wire, place)

    kiosk.keyboard.type(appointment["id"], delay=150)  # as a slow reader does
    kiosk.keyboard.press("Enter")

    expect(kiosk.locator(".ticket-number")).to_have_text("001")


def test_a_patient_without_appointment_takes_a_number_and_follows_it_on_the_phone(
    wire: Any, place: Clinic, kiosk: Page, open_page: Open
) -> None:
    press(kiosk, "I have no appointment")
    photograph(kiosk, "kiosk-doctors")
    press(kiosk, re.escape(place.doctor["name"]))
    kiosk.get_by_label("First name").fill("Kofi")
    kiosk.get_by_label("Last name").fill("Mensah")
    born(kiosk, {"date_of_birth": "1975-08-04"})
    kiosk.get_by_label("Reason").fill("Earache")
    press(kiosk, "Take my number")
    expect(kiosk.locator(".ticket-number")).to_have_text("001")
    expect(kiosk.locator(".code")).to_be_visible()

    (line,) = wire.get("/api/queue/current", doctor_id=place.doctor["id"]).data
    (entry,) = line["queue"]
    phone = open_page(f"/portal/track/{entry['track']}", size=(390, 844))

    assert (entry["patient_name"], entry["reason_for_visit"]) == ("Kofi Mensah", "Earache")
    expect(phone.locator("h1")).to_have_text("001")


def test_a_number_that_nobody_knows_is_answered_with_a_way_on(kiosk: Page) -> None:
    press(kiosk, "I have an appointment")
    press(kiosk, "Appointment number")
    for digit in ("9", "9", "9", "9"):
        press(kiosk, f"^{digit}$")
    press(kiosk, "Check in")

    expect(kiosk.get_by_role("alert")).to_be_visible()
    expect(kiosk.locator("#step")).to_contain_text("Please ask at the desk.")
    press(kiosk, "Try again")
    expect(kiosk.locator("h1")).to_have_text("How can we help?")


def test_it_speaks_the_language_that_is_pressed_until_the_next_one_comes(kiosk: Page) -> None:
    kiosk.clock.install()

    press(kiosk, "Deutsch")
    expect(kiosk.locator("h1")).to_have_text("Was können wir für Sie tun?")
    press(kiosk, "Ich habe keinen Termin")
    kiosk.clock.fast_forward("02:00")

    expect(kiosk.locator("h1")).to_have_text("How can we help?")


def test_what_somebody_typed_is_gone_when_they_walk_away(place: Clinic, kiosk: Page) -> None:
    kiosk.clock.install()
    press(kiosk, "I have no appointment")
    press(kiosk, re.escape(place.doctor["name"]))
    kiosk.get_by_label("First name").fill("Somebody")

    kiosk.clock.fast_forward("02:00")

    expect(kiosk.locator("h1")).to_have_text("How can we help?")
    expect(kiosk.get_by_label("First name")).to_have_count(0)
