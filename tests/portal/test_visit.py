"""A telehealth visit in two windows: the check, the door, and a call whose pictures really flow both ways."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from playwright.sync_api import Page, expect

from chalicelib.reminders import texts
from tests.builders import Clinic, Data
from tests.portal.browsing import complaints, photograph
from tests.portal.conftest import Open
from tests.telehealth import visiting

# How many pictures each of a window's connections has decoded, and which way its media are protected.
_FARES = """async () => {
  const found = [];
  for (const connection of visit.connections()) {
    const stats = [...(await connection.getStats()).values()];
    const video = stats.find((one) => one.type === "inbound-rtp" && one.kind === "video");
    const transport = stats.find((one) => one.type === "transport" && one.dtlsState === "connected");
    found.push({ frames: video?.framesDecoded ?? 0, dtls: transport?.dtlsState, cipher: transport?.srtpCipher });
  }
  return found;
}"""
# Resolves once the condition holds; a condition that is a promise would always seem to hold to Playwright's own.
_UNTIL = """async (deadline) => {
  const ends = performance.now() + deadline;
  while (performance.now() < ends) {
    if (await (CONDITION)()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}"""
_FLOWS = f"async () => (await ({_FARES})()).some((one) => one.frames > 0)"
_RECORDED = "() => visit.recorded() > 10_000"
PHONE = (390, 844)


class Visit:
    """A visit about to begin, and what opens its windows."""

    def __init__(self, wire: Any, place: Clinic, open_page: Open) -> None:
        self.wire, self.place, self._open = wire, place, open_page
        self.appointment = visiting.book(wire, place)
        self.host = visiting.link(wire.signed_in("doctor", place.doctor["id"]), self.appointment)
        self.patient = visiting.link(wire.signed_in("patient", place.patient["id"]), self.appointment)

    def window(self, link: Data, **options: Any) -> Page:
        """The page that a link opens."""
        page: Page = self._open(f"/portal/visit/{link['room_id']}", token=link["token"], **options)
        return page


@pytest.fixture
def visit(wire: Any, open_page: Open) -> Visit:
    return Visit(wire, visiting.video_clinic(wire, location={"language": "en-GB"}), open_page)


def come(page: Page) -> Page:
    """Check the device, and go to the door."""
    expect(page.locator('[data-check="webcam"]')).to_have_attribute("data-works", "true")
    page.locator("#enter").click()
    return page


def both_in(visit: Visit, **options: Any) -> tuple[Page, Page]:
    """The doctor's window and the patient's, who was let in."""
    patient = come(visit.window(visit.patient, **options))
    expect(patient.get_by_role("heading", name="You are in the waiting room")).to_be_visible()
    doctor = come(visit.window(visit.host, **options))
    doctor.get_by_role("button", name="Let in").click()
    expect(patient.locator("#controls")).to_be_visible()
    return doctor, patient


def flows(page: Page) -> None:
    """Wait until the page has decoded pictures of somebody else."""
    assert page.evaluate(_UNTIL.replace("CONDITION", _FLOWS), 30_000)


def test_a_patient_is_let_in_and_pictures_flow_both_ways(visit: Visit) -> None:
    doctor, patient = both_in(visit)

    flows(doctor)
    flows(patient)

    photograph(doctor, "visit-doctor")
    photograph(patient, "visit-patient")
    fares = [page.evaluate(_FARES) for page in (doctor, patient)]
    assert [(one[0]["dtls"], bool(one[0]["cipher"])) for one in fares] == [("connected", True)] * 2


def test_nobody_sees_anybody_before_the_doctor_lets_them_in(visit: Visit) -> None:
    patient = come(visit.window(visit.patient))
    doctor = come(visit.window(visit.host))
    expect(doctor.locator('[data-person="patient"]')).to_have_attribute("data-state", "waiting")

    seen = [page.evaluate(_FARES) for page in (doctor, patient)]

    assert seen == [[], []]
    expect(patient.locator("#controls")).to_be_hidden()


def test_who_is_not_let_in_is_told_so(visit: Visit) -> None:
    patient = come(visit.window(visit.patient))
    doctor = come(visit.window(visit.host))

    doctor.get_by_role("button", name="Not now").click()

    expect(patient.get_by_role("heading", name="Not now")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "lang", "heading"),
    [
        ("es-MX", "es", "Está en la sala de espera"),
        ("hi-IN", "hi", "आप प्रतीक्षा कक्ष में हैं"),
        ("fr-FR", "en", "You are in the waiting room"),
    ],
)
def test_the_page_speaks_the_readers_language_where_our_messages_do(
    visit: Visit, locale: str, lang: str, heading: str
) -> None:
    patient = come(visit.window(visit.patient, locale=locale))

    expect(patient.get_by_role("heading", name=heading)).to_be_visible()
    expect(patient.locator("html")).to_have_attribute("lang", lang)
    photograph(patient, f"visit-{locale}")


def test_every_word_is_there_in_every_language_of_our_messages(visit: Visit) -> None:
    page = visit.window(visit.patient)

    words = page.evaluate(
        "async () => Object.entries((await import('/portal/assets/visit-words.js')).VISIT)"
        ".map(([code, words]) => [code, Object.keys(words).sort()])"
    )

    assert {code for code, _ in words} == set(texts.LANGUAGES)
    assert all(keys == words[0][1] for _, keys in words)


def test_the_patient_who_goes_is_seen_to_go_and_can_come_back(visit: Visit) -> None:
    doctor, patient = both_in(visit)
    flows(doctor)

    patient.locator("#leave").click()
    expect(doctor.locator('[data-person="patient"][data-here="false"]')).to_be_visible()
    patient.get_by_role("button", name="Come back").click()

    expect(doctor.locator('[data-person="patient"][data-here="true"]')).to_be_visible()
    flows(doctor)


def test_sound_and_picture_can_be_held_back_with_keys(visit: Visit) -> None:
    _, patient = both_in(visit)

    patient.keyboard.press("m")
    patient.keyboard.press("v")

    expect(patient.get_by_role("button", name="Unmute")).to_have_attribute("aria-pressed", "true")
    expect(patient.get_by_role("button", name="Camera on")).to_have_attribute("aria-pressed", "true")


def test_a_break_of_the_live_connection_ends_no_call(visit: Visit) -> None:
    doctor, patient = both_in(visit)
    flows(patient)

    patient.context.set_offline(True)
    expect(patient.locator("#connection")).to_have_attribute("data-state", "offline")
    patient.context.set_offline(False)

    expect(patient.locator("#connection")).to_have_attribute("data-state", "live", timeout=30_000)
    expect(doctor.locator('[data-person="patient"][data-here="true"]')).to_be_visible(timeout=30_000)
    flows(patient)


def test_a_recording_is_agreed_to_by_both_before_it_can_be_begun(visit: Visit) -> None:
    doctor, patient = both_in(visit)
    doctor.locator("#agree").click()
    expect(doctor.locator(".consent")).to_contain_text("not everybody else has")
    expect(doctor.locator("#record")).to_have_count(0)

    patient.locator("#agree").click()

    expect(doctor.locator("#record")).to_be_visible()
    patient.locator("#agree").click()
    expect(doctor.locator("#record")).to_have_count(0)


def test_what_was_recorded_lies_in_the_store(visit: Visit, instance: Any) -> None:
    doctor, patient = both_in(visit)
    flows(doctor)
    for page in (doctor, patient):
        page.locator("#agree").click()
    doctor.locator("#record").click()
    expect(doctor.locator(".consent")).to_contain_text("This visit is being recorded")
    assert doctor.evaluate(_UNTIL.replace("CONDITION", _RECORDED), 30_000)

    with doctor.expect_response(lambda reply: reply.request.method == "PUT") as stored:
        doctor.locator("#record").click()

    assert stored.value.status == 200, stored.value.text()
    [thing] = kept(instance, visit.host["room_id"])
    assert thing["Size"] > 10_000


def kept(instance: Any, room_id: str) -> list[Data]:
    """What the store holds of a room."""
    url, _ = (instance.data / "engine.txt").read_text().split()
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
    store = boto3.client("s3", endpoint_url=url, **keys)
    found: list[Data] = store.list_objects_v2(Bucket="careslot-local-recordings-bucket", Prefix=room_id)["Contents"]
    return found


def test_a_guest_joins_by_a_link_of_their_own(visit: Visit) -> None:
    doctor, patient = both_in(visit)
    doctor.get_by_text("Ask somebody else to this visit").click()
    doctor.get_by_label("Who it is").fill("Ama, interpreter")
    doctor.get_by_role("button", name="Make a link").click()
    link = doctor.get_by_label("Link for Ama, interpreter").input_value()
    room_id, token = link.rpartition("/")[2].split("#token=")

    guest = come(visit.window({"room_id": room_id, "token": token}))
    doctor.get_by_role("button", name="Let in: Ama, interpreter").click()

    for page in (doctor, patient, guest):
        expect(page.locator("#others figure")).to_have_count(2)
    flows(guest)


def test_a_second_window_takes_the_visit_over(visit: Visit) -> None:
    first = come(visit.window(visit.patient))
    expect(first.get_by_role("heading", name="You are in the waiting room")).to_be_visible()

    come(visit.window(visit.patient))

    expect(first.get_by_role("heading", name="The visit goes on in another window")).to_be_visible()


def test_a_visit_that_is_called_off_ends_in_every_window(visit: Visit) -> None:
    doctor, patient = both_in(visit)

    visit.wire.delete(f"/api/appointments/{visit.appointment['id']}")

    for page in (doctor, patient):
        expect(page.get_by_role("heading", name="This visit is over")).to_be_visible()
        assert page.evaluate(_FARES) == []


def test_a_link_that_is_not_right_opens_a_page_that_says_so(visit: Visit) -> None:
    page = visit.window({**visit.patient, "token": visit.patient["token"][:-3]})

    expect(page.locator("#panel")).to_contain_text("This link is not known")
    assert visit.place.doctor["name"] not in page.content()


def test_the_secret_leaves_the_address_at_once(visit: Visit) -> None:
    page = visit.window(visit.patient)
    expect(page.locator("#enter")).to_be_visible()

    assert page.url.endswith(f"/portal/visit/{visit.patient['room_id']}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "size"), [("wide", (1440, 900)), ("phone", PHONE)])
def test_everybody_can_use_every_step(
    visit: Visit, scheme: str, shape: str, size: tuple[int, int], said: Callable[[Page, str], None]
) -> None:
    patient = visit.window(visit.patient, scheme=scheme, size=size)
    expect(patient.locator('[data-check="webcam"]')).to_have_attribute("data-works", "true")
    said(patient, f"visit-check-{shape}-{scheme}")
    come(patient)
    expect(patient.get_by_role("heading", name="You are in the waiting room")).to_be_visible()
    said(patient, f"visit-door-{shape}-{scheme}")

    doctor = come(visit.window(visit.host, scheme=scheme, size=size))
    expect(doctor.get_by_role("button", name="Let in")).to_be_visible()
    said(doctor, f"visit-host-{shape}-{scheme}")
    doctor.get_by_role("button", name="Let in").click()
    flows(patient)

    said(patient, f"visit-call-{shape}-{scheme}")


@pytest.fixture
def said() -> Callable[[Page, str], None]:
    """Photograph a page, and have axe find nothing serious on it."""

    def judged(page: Page, name: str) -> None:
        photograph(page, name)
        assert complaints(page) == []

    return judged
