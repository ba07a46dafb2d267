"""The page of the office at AdvancedMD: what stands how, what people decide with one click, and who may do what."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import Clinic, Data, make_patient
from tests.portal.browsing import complaints, photograph
from tests.portal.conftest import Open
from tests.queue import waiting

OFFICE = {
    "auto_sync_appointments": True,
    "sync_frequency": "real-time",
    "zone": "Africa/Accra",
    "appointment_type_id": 13,
    "what_to_sync": ["appointments", "statuses", "patients", "pull"],
    "paused": False,
}
PROFILE, FACILITY, COLUMN = 3, 234, 16
LINKED, NOBODYS, STRANGERS = 148, 162, 161
SECONDS = 40.0
HEARD = 100_000
"""Milliseconds: by day AdvancedMD lets us hear, and read a day, once a minute."""
PARTS = {
    "Overview": "overview",
    "To decide": "conflicts",
    "Appointments": "appointments",
    "Patients": "patients",
    "Log": "log",
    "Settings": "settings",
}
PAGE = "/portal/advancedmd"


@dataclass
class Office:
    """A clinic whose doctor is at the simulated office, where nobody has the doctor's coming weekday yet."""

    wire: Any
    place: Clinic
    linked: Data
    booked: int = 0

    @property
    def day(self) -> str:
        """A weekday to come, when the office works."""
        day = (datetime.now(UTC) + timedelta(days=40)).date()
        return str(day + timedelta(days=(7 - day.weekday()) % 7))

    def book(self, patient: Data, at: str | None = None) -> Data:
        """An appointment at this time of that day, or at its next half hour."""
        start = f"{self.day}T{at or f'{8 + self.booked // 2:02d}:{30 * (self.booked % 2):02d}'}:00Z"
        self.booked += at is None
        body = {"doctor_id": self.place.doctor["id"], "patient_id": patient["id"], "scheduled_date": start}
        made: Data = done(self.wire.post("/api/appointments", body))
        return made

    def stranger(self) -> Data:
        """A patient whom nobody at the office is like."""
        return make_patient(self.wire, last_name=letters())

    def standing(self, appointment: Data, wanted: str, at: str = "") -> Data:
        """How the appointment stands, once that is so, and it is at this time."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            found: Data = done(self.wire.get(f"/api/appointments/{appointment['id']}"))
            starts = datetime.fromisoformat(found["scheduled_date"]).astimezone(UTC).strftime("%H:%M")
            if found["amd_sync_status"] == wanted and starts.startswith(at):
                return found
            time.sleep(0.2)
        raise AssertionError((wanted, found["amd_sync_status"], found["amd_sync_error"]))

    def told(self) -> Data:
        """An appointment that both sides have."""
        return self.standing(self.book(self.linked), "synced")

    @property
    def other_day(self) -> str:
        """A week later, when only the office books."""
        return str(date.fromisoformat(self.day) + timedelta(days=7))

    def made_there(self, patient: int, at: str) -> int:
        """The number of a visit that somebody at the office books with the doctor on the other day."""
        where = {"columnid": COLUMN, "profileid": PROFILE, "patientid": patient}
        edit = {"kind": "book", **where, "duration": 30, "startdatetime": f"{self.other_day}T{at}:00"}
        before = self._there()
        assert self.wire.post("/_local/advancedmd/edits", edit).status == 200
        (made,) = self._there() - before
        return made

    def adopted(self, visit: int) -> Data:
        """The appointment that a visit of the other day has become, once it has."""
        path, day = f"/api/doctors/{self.place.doctor['id']}/appointments", self.other_day
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            found: list[Data] = done(self.wire.get(path, **{"from": day, "to": day}))
            if made := [one for one in found if one["advancedmd_visit_id"] == str(visit)]:
                return made[0]
            time.sleep(0.2)
        raise AssertionError(found)

    def _there(self) -> set[int]:
        shown = self.wire.get("/_local/advancedmd/appointments").json["data"]["appointments"]
        return {one["id"] for one in shown}

    def differing(self, ours: str, theirs: str) -> Data:
        """An appointment that both sides have moved."""
        appointment = self.told()
        to = f"{self.day}T{theirs}:00"
        edit = {"kind": "move", "id": int(appointment["advancedmd_visit_id"]), "columnid": COLUMN, "startdatetime": to}
        assert self.wire.post("/_local/advancedmd/edits", edit).status == 200
        body = {"scheduled_date": f"{self.day}T{ours}:00Z"}
        done(self.wire.put(f"/api/appointments/{appointment['id']}/reschedule", body))
        return self.standing(appointment, "error")


def done(answer: Any) -> Any:
    assert answer.status in {200, 201}, answer.body
    return answer.data


def letters() -> str:
    """A name of letters, as AdvancedMD compares names by them."""
    return "Q" + "".join(chr(ord("a") + int(digit)) for digit in str(time.monotonic_ns())[-10:])


@pytest.fixture(scope="module")
def office(wire: Any) -> Iterator[Office]:
    """The one office of the instance: it knows the clinic's patient and doctor, until its tests are over."""
    place = waiting.waiting_room(wire, location={"name": "Harbour Clinic"})
    where = [{"location_id": place.location["id"], "facility_id": FACILITY}]
    done(wire.put("/api/advancedmd/settings", {**OFFICE, "locations": where}))
    done(wire.put(f"/api/advancedmd/doctors/{place.doctor['id']}/link", {"advancedmd_provider_id": PROFILE}))
    link = f"/api/advancedmd/patients/{place.patient['id']}/link"
    done(wire.put(link, {"advancedmd_patient_id": LINKED, "confirm": True}))
    yield Office(wire, place, place.patient)
    wire.put("/api/advancedmd/settings", {"auto_sync_appointments": False, "locations": []})


@pytest.fixture
def go(office: Office, open_page: Open) -> Callable[..., Page]:
    """Open a part of the page as somebody of the clinic."""

    def go_(part: str, role: str = "admin", **more: Any) -> Page:
        page = open_page(PAGE, role, office.place.location["id"], **more)
        page.get_by_role("link", name=part).click()
        return page

    return go_


def test_the_overview_shows_what_is_in_step_and_what_failed(office: Office, open_page: Open) -> None:
    office.told()
    office.standing(office.book(office.stranger()), "error")

    page = open_page(PAGE, "admin")

    appointments = page.locator('.card[data-type="appointments"]')
    expect(appointments.locator(".number")).to_have_text(re.compile("^[1-9]"))
    expect(appointments).to_contain_text(re.compile("[1-9] failed"))
    expect(page.locator('.card[data-type="charges"]')).to_contain_text("0")
    expect(page.locator("#standing")).to_have_text("Office 162882")
    expect(page.get_by_role("region", name="Now")).to_contain_text(re.compile("[1-9] thing"))
    expect(page.get_by_role("list", name="What went wrong")).to_contain_text("This patient is not linked")


@pytest.mark.usefixtures("office")
def test_changes_there_are_asked_for_by_a_button_that_says_when_they_are_heard(open_page: Open) -> None:
    page = open_page(PAGE, "billing")

    page.get_by_role("button", name="Pull updates from AdvancedMD").click()

    expect(page.locator("#log .deed").first).to_contain_text("asked for")


def test_all_patients_are_synced_by_a_button_and_progress_is_seen(office: Office, go: Any) -> None:
    office.told()
    page = go("Overview", "billing")

    page.get_by_role("button", name="Sync all patients").click()

    runs = page.get_by_role("list", name="Runs")
    expect(runs).to_contain_text(re.compile("Patients of .* of [1-9][0-9]* patients? synced"), timeout=30_000)


def test_the_appointments_of_days_are_synced_together_and_progress_is_seen(office: Office, go: Any) -> None:
    stranger = office.standing(office.book(office.stranger()), "error")
    told = office.told()
    page = go("Appointments")
    page.get_by_label("From").fill(min(stranger["date"], told["date"], office.day))
    page.get_by_label("To").fill(max(stranger["date"], told["date"], office.day))
    row = page.locator(f'[data-appointment="{stranger["id"]}"]')
    expect(row.get_by_role("button")).to_have_attribute("title", "This patient is not linked to AdvancedMD.")

    page.get_by_role("button", name="Sync these days").click()

    expect(page.locator(".run-state")).to_contain_text("synced")
    expect(page.locator(f'[data-appointment="{told["id"]}"]').get_by_role("button")).to_have_text("Synced")
    photograph(page, "advancedmd-appointments-day")


def test_a_patient_is_linked_where_the_appointment_waits_for_that(office: Office, go: Any) -> None:
    patient = office.stranger()
    appointment = office.standing(office.book(patient), "error")
    page = go("To decide", "billing")
    waits = page.locator(f'[data-conflict="{appointment["id"]}"]')

    waits.get_by_role("button", name="Link the patient").click()
    card = page.get_by_role("dialog")
    card.get_by_label("Number at AdvancedMD").fill(str(NOBODYS))
    card.get_by_role("button", name="Link", exact=True).click()
    meant = card.get_by_role("list", name="Who may be meant")
    expect(meant).to_contain_text(re.compile(f"no. {NOBODYS} ?[A-Z]+,[A-Z]"))
    meant.get_by_role("button", name=f"Link to no. {NOBODYS}").click()

    expect(card.locator('[data-card="patient"]').get_by_role("button", name="Unlink")).to_be_visible()
    expect(card.locator('[data-card="appointment"]')).to_contain_text("Synced", timeout=30_000)
    expect(card.get_by_role("link", name="View in AdvancedMD")).to_be_visible()
    photograph(page, "advancedmd-card")
    card.get_by_role("button", name="Close").click()
    expect(waits).to_have_count(0)


@pytest.mark.parametrize(
    ("side", "ours", "theirs", "kept"),
    [("Keep ours", "16:00", "15:00", "16:00"), ("Take theirs", "16:30", "15:30", "15:30")],
)
def test_a_conflict_shows_both_sides_and_is_settled_by_one_click(
    office: Office, go: Any, *, side: str, ours: str, theirs: str, kept: str
) -> None:
    appointment = office.differing(ours, theirs)
    page = go("To decide", "billing")
    conflict = page.locator(f'[data-conflict="{appointment["id"]}"]')
    sides = conflict.locator(".sides tbody tr")
    expect(sides).to_have_count(1)
    expect(sides).to_contain_text(["Time"])
    photograph(page, "advancedmd-conflict")

    conflict.get_by_role("button", name=side).click()

    expect(conflict).to_have_count(0)
    told = office.standing(appointment, "synced", at=kept)
    assert told["amd_conflict"] is None


def test_a_visit_that_is_no_appointment_here_is_shown_and_left_there_by_one_click(office: Office, go: Any) -> None:
    visit = office.made_there(STRANGERS, "10:00")
    done(office.wire.post("/api/advancedmd/appointments/pull-updates"))
    page = go("To decide", "billing")
    conflict = page.locator(f'[data-conflict="visit:{visit}"]')
    expect(conflict).to_contain_text("no appointment here", timeout=HEARD)
    expect(conflict).to_contain_text(f"Patient {STRANGERS} there, not linked")
    expect(conflict.get_by_role("button", name="Find the patient here")).to_be_visible()
    photograph(page, "advancedmd-visit")

    conflict.get_by_role("button", name="Leave it there").click()

    expect(conflict).to_have_count(0)
    assert str(visit) not in [one["advancedmd_visit_id"] for one in done(office.wire.get("/api/advancedmd/conflicts"))]


def test_days_are_imported_by_a_form_and_progress_is_seen(office: Office, go: Any) -> None:
    visit = office.made_there(LINKED, "11:00")
    page = go("Overview")

    page.get_by_text("Import days from AdvancedMD").click()
    form = page.locator(".importing form")
    form.get_by_label("From").fill(office.other_day)
    form.get_by_label("To").fill(office.other_day)
    form.get_by_role("button", name="Import").click()

    run = page.locator(".run").filter(has_text=f"Import of {office.other_day}").first
    expect(run).to_contain_text(re.compile("1 of 1 day read, [0-9]+ visits? found"), timeout=HEARD)
    assert datetime.fromisoformat(office.adopted(visit)["scheduled_date"]) == datetime.fromisoformat(
        f"{office.other_day}T11:00:00Z"
    )


def test_what_nobody_has_told_is_told_from_its_card_at_once(office: Office, go: Any) -> None:
    done(office.wire.put("/api/advancedmd/settings", {"sync_frequency": "manual"}))
    appointment = office.book(office.linked)
    page = go("Appointments", "billing")
    page.get_by_label("From").fill(appointment["date"])
    page.get_by_label("To").fill(appointment["date"])
    page.locator(f'[data-appointment="{appointment["id"]}"]').get_by_role("button").click()
    card = page.get_by_role("dialog").locator('[data-card="appointment"]')

    card.get_by_role("button", name="Create visit in AdvancedMD").click()

    expect(card).to_contain_text("Synced")
    expect(card.get_by_role("button", name="Sync again")).to_be_visible()
    done(office.wire.put("/api/advancedmd/settings", OFFICE))


@pytest.mark.usefixtures("office")
def test_todays_appointments_are_synced_by_a_button(open_page: Open) -> None:
    page = open_page(PAGE, "billing")

    page.get_by_role("button", name="Sync today’s appointments").click()

    expect(page.locator("#log .deed").first).to_contain_text(re.compile("today|[1-9] appointment"))
    expect(page.get_by_role("list", name="Runs")).to_contain_text("Appointments of")


def test_what_the_office_wrote_is_opened_for_administrators(office: Office, go: Any) -> None:
    office.standing(office.book(office.linked, at="03:00"), "error")
    page = go("Log")
    page.get_by_label("Outcome").select_option("Errors")

    page.locator(".log-rows").get_by_text("What AdvancedMD wrote").first.click()

    expect(page.locator(".log-rows pre").first).to_contain_text(re.compile("[a-z]"))


def test_the_log_is_filtered_and_shows_what_the_office_wrote(office: Office, go: Any) -> None:
    office.told()
    page = go("Log")
    rows = page.locator(".log-rows tbody tr")
    expect(rows.first).to_contain_text("Told AdvancedMD: appointment")

    page.get_by_label("Outcome").select_option("Errors")
    expect(rows.first).to_contain_text("Sync error")
    page.get_by_label("Show").select_option("Charges")
    expect(page.locator(".part")).to_contain_text("Nothing was told or taken over in these days that fits.")


def test_settings_are_saved_and_the_connection_is_tested(office: Office, go: Any) -> None:
    page = go("Settings")
    expect(page.get_by_label("User")).to_have_value("CA••••")
    expect(page.get_by_label("Office key")).to_be_disabled()

    page.get_by_label("Sync frequency").select_option("Hourly")
    page.get_by_label("Check-in, check-out and no-show").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("status").filter(has_text="Connected with office 162882.")).to_be_visible(timeout=30_000)

    settled = done(office.wire.get("/api/advancedmd/settings"))
    assert (settled["sync_frequency"], settled["what_to_sync"]) == ("hourly", ["appointments", "patients", "pull"])
    done(office.wire.put("/api/advancedmd/settings", OFFICE))


def test_what_the_office_has_is_chosen_by_its_name(office: Office, go: Any) -> None:
    page = go("Settings")
    facility = page.get_by_role("combobox", name="Facility of Harbour Clinic at AdvancedMD")
    kind = page.get_by_role("combobox", name="Appointment type there")
    expect(facility.locator("option:checked")).to_have_text(re.compile(f"^[A-Z].* \\({FACILITY}\\)$"))
    expect(kind.locator("option:checked")).to_have_text("OFFICE VISIT (13)")

    kind.select_option("NEW PATIENT (9)")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert done(office.wire.get("/api/advancedmd/settings"))["appointment_type_id"] == 9
    done(office.wire.put("/api/advancedmd/settings", OFFICE))


def test_no_settings_can_be_saved_before_the_locations_are_known(go: Any) -> None:
    page = go("Settings", before=lambda page: page.route("**/api/locations?*", lambda route: route.abort(), times=1))
    expect(page.get_by_role("alert")).to_contain_text("Check the network of this machine.")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)

    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_label("Harbour Clinic", exact=True)).to_be_checked()


def test_a_location_that_is_not_listed_goes_on_taking_part(office: Office, go: Any) -> None:
    nobody = {"success": True, "data": [], "meta": {"next_cursor": None}}
    before = done(office.wire.get("/api/advancedmd/settings"))["locations"]
    page = go(
        "Settings", before=lambda page: page.route("**/api/locations?*", lambda route: route.fulfill(json=nobody))
    )
    page.get_by_label("Weekly summary goes to").fill("office@example.com")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    settled = done(office.wire.get("/api/advancedmd/settings"))
    assert (settled["summary_email"], settled["locations"]) == ("office@example.com", before)


@pytest.mark.usefixtures("office")
def test_the_sync_is_paused_and_resumed(open_page: Open) -> None:
    page = open_page(PAGE, "admin")

    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#standing")).to_have_text("Paused")
    expect(page.get_by_role("region", name="Now")).to_contain_text("nothing is lost meanwhile")
    page.get_by_role("button", name="Resume", exact=True).click()

    expect(page.locator("#standing")).to_have_text("Office 162882")


def test_settings_that_somebody_else_has_changed_are_not_written_over(office: Office, go: Any) -> None:
    page = go("Settings")
    expect(page.get_by_label("Sync frequency")).to_have_value("real-time")
    done(office.wire.put("/api/advancedmd/settings", {"sync_frequency": "daily"}))

    page.get_by_label("Sync frequency").select_option("Manual")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status").filter(has_text="Somebody has changed the settings")).to_be_visible()
    expect(page.get_by_label("Sync frequency")).to_have_value("daily")
    done(office.wire.put("/api/advancedmd/settings", OFFICE))


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        ("admin", list(PARTS)),
        ("billing", ["Overview", "To decide", "Appointments", "Patients"]),
        ("receptionist", ["Appointments", "Patients"]),
        ("doctor", ["Appointments"]),
        ("patient", []),
    ],
)
def test_each_role_has_the_parts_that_are_its(open_page: Open, role: str, parts: list[str]) -> None:
    page = open_page(PAGE, role)

    expect(page.locator("#part")).not_to_be_empty()

    assert [re.sub(r"\s*\d*$", "", tab) for tab in page.locator(".tab").all_inner_texts()] == parts


def test_a_receptionist_reads_a_patients_card_and_changes_nothing(office: Office, go: Any) -> None:
    patient = office.stranger()
    office.standing(office.book(patient), "error")
    page = go("Patients", "receptionist")

    page.get_by_label("Name").fill(f"{patient['first_name']} {patient['last_name']}")
    page.get_by_label("E-mail").fill(patient["email"])
    page.get_by_role("button", name="Find").click()
    page.locator(f'[data-patient="{patient["id"]}"]').get_by_role("button").first.click()

    card = page.get_by_role("dialog")
    expect(card).to_contain_text("not linked")
    expect(card.get_by_label("History")).to_contain_text("This patient is not linked to AdvancedMD.")
    assert card.get_by_role("button").all_inner_texts() == ["Close"]


def test_the_reception_shows_a_badge_whose_card_says_what_is_wrong(office: Office, open_page: Open) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=31)).replace(second=0, microsecond=0)
    start = soon - timedelta(minutes=soon.minute % 30)
    body = {"doctor_id": office.place.doctor["id"], "patient_id": office.stranger()["id"]}
    today = done(office.wire.post("/api/appointments", {**body, "scheduled_date": start.isoformat()}))
    desk = open_page("/portal/reception", "receptionist", office.place.location["id"])
    badge = desk.locator(f'tr[data-appointment="{today["id"]}"] .chip.sync')

    expect(badge).to_have_text("Sync error", timeout=30_000)
    expect(badge).to_have_attribute("title", "This patient is not linked to AdvancedMD.")
    photograph(desk, "reception-badges")
    badge.click()

    expect(desk.get_by_role("dialog")).to_contain_text("Billing or an administrator can link the patient.")


@pytest.mark.usefixtures("office")
def test_what_cannot_be_read_says_what_to_do_and_is_read_again(open_page: Open) -> None:
    page = open_page(
        PAGE, "admin", before=lambda page: page.route("**/sync/dashboard", lambda route: route.abort(), times=1)
    )
    expect(page.get_by_role("alert")).to_contain_text("Check the network of this machine.")

    page.get_by_role("button", name="Try again").click()

    expect(page.locator('.card[data-type="appointments"]')).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_can_be_read(go: Any, scheme: str) -> None:
    page = go("Overview", scheme=scheme)

    judged = {part: judge(page, part, scheme) for part in PARTS}

    assert judged == {part: [] for part in PARTS}


def judge(page: Page, part: str, scheme: str) -> list[str]:
    """What is hard to read of a part."""
    page.get_by_role("link", name=part).first.click()
    expect(page.locator(".part")).to_have_attribute("data-part", PARTS[part])
    page.wait_for_load_state("networkidle")
    photograph(page, f"advancedmd-{PARTS[part]}-{scheme}")
    return complaints(page)


def test_it_fits_a_phone(go: Any) -> None:
    page = go("Overview", size=(390, 844))
    page.wait_for_load_state("networkidle")

    photograph(page, "advancedmd-phone")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
