"""The reception's page: a day's work by keyboard, live beside the lobby, and honest when something fails."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.builders import Clinic, Data, make_doctor
from tests.portal.browsing import photograph
from tests.portal.conftest import Open
from tests.queue import waiting
from tests.scheduling.desk import EVERY_DAY


@pytest.fixture
def desk(place: Clinic, open_page: Open) -> Page:
    """The location's reception, when it is live."""
    page = open_page("/portal/reception", "receptionist", place.location["id"])
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


def row(desk: Page, entry: Data) -> Any:
    """The entry's row among the lines."""
    return desk.locator(f'tr[data-entry="{entry["id"]}"]')


def lose_the_first_doctors(page: Page) -> None:
    """The first reading of the doctors gets no answer."""
    page.route("**/api/doctors?*", lambda route: route.abort(), times=1)


def last_deed(desk: Page) -> Any:
    """What was done last, as the page tells it."""
    return desk.locator("#log .deed").first


def booked_soon(wire: Any, place: Clinic) -> Data:
    """The patient's appointment at the next half hour that is more than a minute away."""
    soon = (datetime.now(UTC) + timedelta(minutes=31)).replace(second=0, microsecond=0)
    start = soon - timedelta(minutes=soon.minute % 30)
    body = {"doctor_id": place.doctor["id"], "patient_id": place.patient["id"], "scheduled_date": start.isoformat()}
    answer = wire.post("/api/appointments", body)
    assert answer.status == 201, answer.body
    made: Data = answer.data
    return made


def test_a_call_at_the_desk_is_in_the_lobby_at_once_with_its_room(
    wire: Any, place: Clinic, desk: Page, open_page: Open
) -> None:
    entry = waiting.join(wire, place)
    screen = open_page("/portal/lobby", "display", place.location["id"])
    expect(screen.locator(".waiting")).to_have_count(1)
    expect(row(desk, entry)).to_be_visible()

    desk.get_by_label(f"Room for {place.doctor['name']}").select_option(place.rooms[0]["name"])
    desk.get_by_role("button", name="Call next").click()

    expect(screen.locator("#call .where")).to_contain_text(place.rooms[0]["name"])
    expect(row(desk, entry)).to_contain_text(f"Called · {place.rooms[0]['name']}")
    expect(row(desk, entry)).to_be_focused()
    expect(last_deed(desk)).to_contain_text(place.rooms[0]["name"])


def test_a_patient_is_served_with_the_keyboard_alone(wire: Any, place: Clinic, desk: Page) -> None:
    entry = waiting.join(wire, place)
    expect(row(desk, entry)).to_be_visible()

    desk.keyboard.press("j")
    expect(row(desk, entry)).to_be_focused()
    desk.keyboard.press("h")
    expect(row(desk, entry)).to_contain_text("On hold")
    desk.keyboard.press("Enter")
    expect(row(desk, entry)).not_to_contain_text("On hold")
    desk.keyboard.press("n")
    expect(row(desk, entry)).to_contain_text("Called")
    desk.keyboard.press("r")
    expect(row(desk, entry)).to_contain_text("Called ×2")
    desk.keyboard.press("s")
    expect(row(desk, entry)).to_contain_text("In consultation")
    desk.keyboard.press("d")
    expect(row(desk, entry)).to_have_count(0)

    assert waiting.read(wire, entry)["current_status"] == "completed"


def test_a_booked_patient_is_found_checked_in_and_stands_in_line(wire: Any, place: Clinic, desk: Page) -> None:
    appointment = booked_soon(wire, place)
    visit = desk.locator(f'tr[data-appointment="{appointment["id"]}"]')
    expect(visit).to_contain_text("Expected")

    desk.keyboard.press("/")
    desk.keyboard.type(appointment["appointment_number"])
    desk.keyboard.press("Escape")
    desk.keyboard.press("ArrowRight")
    expect(visit).to_be_focused()
    photograph(desk, "reception-appointments")
    desk.keyboard.press("Enter")

    expect(visit).to_contain_text("Here")
    expect(desk.locator("#lines")).to_contain_text(place.patient["first_name"])
    expect(desk.locator("#lines")).to_contain_text("booked")


def test_an_appointment_that_changes_elsewhere_changes_here(wire: Any, place: Clinic, desk: Page) -> None:
    appointment = booked_soon(wire, place)
    visit = desk.locator(f'tr[data-appointment="{appointment["id"]}"]')
    expect(visit).to_contain_text("Expected")

    wire.put(f"/api/appointments/{appointment['id']}/status", {"status": "confirmed"})

    expect(visit).to_contain_text("Confirmed")


def test_a_walk_in_patient_is_given_a_number(desk: Page) -> None:
    desk.keyboard.press("w")
    desk.get_by_label("First name").fill("Ama")
    desk.get_by_label("Last name").fill("Owusu")
    desk.get_by_role("button", name="Give a number").click()
    expect(desk.get_by_role("alert")).to_contain_text("give a date of birth or a phone")
    desk.get_by_label("Date of birth").fill("1990-05-01")
    desk.get_by_label("Reason").fill("Cough")
    desk.get_by_label("Urgency").select_option("high")
    photograph(desk, "reception-walk-in")
    desk.get_by_role("button", name="Give a number").click()

    line = desk.locator("#lines tbody tr")
    expect(line).to_contain_text("Ama Owusu")
    expect(line).to_contain_text("high")
    expect(line).to_contain_text("Cough")
    expect(desk.locator("#log")).to_contain_text("Ama Owusu has number 001")


def test_a_walk_in_before_the_doctors_are_read_waits_for_them(place: Clinic, open_page: Open) -> None:
    page = open_page("/portal/reception", "receptionist", place.location["id"], before=lose_the_first_doctors)
    expect(page.locator("#log")).to_contain_text("Trying again")

    page.keyboard.press("w")

    expect(page.get_by_role("dialog").get_by_label("Doctor")).to_contain_text(place.doctor["name"])


def test_somebody_who_looks_alike_is_asked_about_and_not_registered_twice(place: Clinic, desk: Page) -> None:
    known = place.patient

    desk.keyboard.press("w")
    desk.get_by_label("First name").fill(known["first_name"])
    desk.get_by_label("Last name").fill(known["last_name"])
    desk.get_by_label("Phone").fill(known["phone"])
    desk.get_by_role("button", name="Give a number").click()

    expect(desk.locator("#lines tbody tr")).to_contain_text(known["last_name"])


def test_a_patient_is_handed_to_another_doctor_and_back_by_undo(wire: Any, place: Clinic, desk: Page) -> None:
    places = {"hospital_id": place.hospital["id"], "location_ids": [place.location["id"]]}
    other = make_doctor(wire, schedule={"hours": [EVERY_DAY]}, **places)
    entry = waiting.join(wire, place)
    desk.reload()
    row(desk, entry).get_by_role("button", name=re.compile("Transfer")).click()

    desk.get_by_role("dialog").get_by_label("Doctor").select_option(f"{other['name']}, Cardiology")
    desk.get_by_role("dialog").get_by_role("button", name="Transfer").click()
    theirs = desk.locator(f'.doctor[data-doctor="{other["id"]}"]')
    expect(theirs).to_contain_text(entry["patient_name"])
    desk.locator("#log").get_by_role("button", name="Undo").click()

    expect(desk.locator(f'.doctor[data-doctor="{place.doctor["id"]}"]')).to_contain_text(entry["patient_name"])


def test_a_patient_who_is_done_goes_on_to_another_doctor_by_key(wire: Any, place: Clinic, desk: Page) -> None:
    places = {"hospital_id": place.hospital["id"], "location_ids": [place.location["id"]]}
    laboratory = make_doctor(wire, schedule={"hours": [EVERY_DAY]}, **places)
    entry = waiting.join(wire, place)
    waiting.put(wire, entry, "in_consultation")
    desk.reload()
    row(desk, entry).focus()

    desk.keyboard.press("f")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Doctor").select_option(f"{laboratory['name']}, Cardiology")
    dialog.get_by_role("button", name="Forward").click()

    theirs = desk.locator(f'.doctor[data-doctor="{laboratory["id"]}"]')
    expect(theirs).to_contain_text(f"after {place.doctor['name']}")
    expect(row(desk, entry).get_by_role("button", name="Call")).to_be_visible()


def test_urgency_that_is_raised_moves_a_patient_ahead(wire: Any, place: Clinic, desk: Page) -> None:
    first, second = waiting.join(wire, place), waiting.join(wire, place)
    rows = desk.locator("#lines tbody tr")
    expect(rows).to_have_count(2)

    row(desk, second).get_by_role("button", name=re.compile("Urgency")).click()
    desk.get_by_role("dialog").get_by_label("Urgency").select_option("high")
    desk.get_by_role("dialog").get_by_role("button", name="Set").click()

    expect(rows.nth(0)).to_have_attribute("data-entry", second["id"])
    expect(rows.nth(1)).to_have_attribute("data-entry", first["id"])


def test_a_deed_without_an_answer_is_tried_again_under_one_key_until_it_is_done(
    wire: Any, place: Clinic, desk: Page
) -> None:
    entry = waiting.join(wire, place)
    expect(row(desk, entry)).to_be_visible()
    keys: list[str | None] = []

    def cut_off(request: Request) -> None:
        keys.append(request.headers.get("idempotency-key"))

    desk.on("request", lambda request: cut_off(request) if "call-next" in request.url else None)
    desk.route("**/api/queue/call-next", lambda route: route.abort())
    desk.get_by_role("button", name="Call next").click()
    expect(last_deed(desk)).to_contain_text("Trying again")
    photograph(desk, "reception-retrying")
    desk.unroute("**/api/queue/call-next")
    last_deed(desk).get_by_role("button", name="Now").click()

    expect(row(desk, entry)).to_contain_text("Called")
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    assert keys[0]


def test_a_refusal_is_shown_in_the_clinics_words_until_it_is_dismissed(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    entry = waiting.join(wire, place)
    desk = open_page("/portal/reception", "receptionist", place.location["id"], sockets=False)
    expect(desk.locator("#connection")).to_have_attribute("data-state", "polling")
    desk.route("**/api/events*", lambda route: route.abort())
    waiting.put(wire, entry, "cancelled")

    row(desk, entry).get_by_role("button", name=re.compile("Hold")).click()

    expect(last_deed(desk)).to_contain_text("A patient who is cancelled cannot be on hold.")
    last_deed(desk).get_by_role("button", name="Dismiss").click()
    expect(desk.locator("#log .deed")).to_have_count(0)


def test_a_desk_of_several_locations_chooses_where_it_stands(place: Clinic, open_page: Open, wire: Any) -> None:
    desk = open_page("/portal/reception", token=wire.instance.token("receptionist"))

    desk.get_by_label("Location").select_option(place.location["name"])

    expect(desk.locator("#place")).to_have_text(place.location["name"])
    expect(desk.locator("#connection")).to_have_attribute("data-state", "live")
