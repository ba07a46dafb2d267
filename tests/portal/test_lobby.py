"""The lobby's screen: it shows numbers and rooms, calls aloud, and comes back from a break."""

import json
import re
from typing import Any

from playwright.sync_api import WebSocket, expect

from tests.builders import Clinic
from tests.portal.browsing import hear, heard, photograph
from tests.portal.conftest import Open
from tests.queue import waiting

SCREEN = (1920, 1080)


def lobby(open_page: Open, place: Clinic, **options: Any) -> Any:
    """The location's screen, when it is live."""
    page = open_page("/portal/lobby", "display", place.location["id"], size=SCREEN, **options)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


class Wire:
    """What the page and the server say to each other on one socket."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.said: list[Any] = []
        self.told: list[Any] = []
        socket.on("framesent", lambda frame: self.said.append(json.loads(frame)))
        socket.on("framereceived", lambda frame: self.told.append(json.loads(frame)))

    def hear(self, kind: str) -> None:
        """Wait until the page was told a frame of a kind; none is heard between the look and the waiting."""
        if not any(frame["type"] == kind for frame in self.told):
            self.socket.wait_for_event("framereceived", lambda frame: json.loads(frame)["type"] == kind)


def number(entry: dict[str, Any]) -> str:
    """The part of the token number that the screen shows."""
    return str(entry["token_number"]).rpartition("-")[2]


def test_whoever_joins_appears_with_number_and_range_and_without_a_name(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    first = waiting.join(wire, place, patient_id=place.patient["id"], reason_for_visit="a secret rash")
    screen = lobby(open_page, place)
    second = waiting.join(wire, place)

    rows = screen.locator(".waiting")

    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(number(first))
    expect(rows.nth(1)).to_contain_text(re.compile(rf"{number(second)}.*\d+ min", re.DOTALL))
    content = screen.content()
    assert place.doctor["name"] in content
    assert not any(secret in content for secret in (first["patient_name"], "Müller", "rash", first["track"]))


def test_a_call_takes_the_screen_with_number_and_room_chimes_and_speaks(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    entry = waiting.join(wire, place)
    screen = lobby(open_page, place)

    waiting.call_next(wire, place, room_id=place.rooms[0]["id"])

    call = screen.locator("#call")
    room = place.rooms[0]["name"]
    expect(call).to_be_visible()
    expect(call.locator(".token")).to_have_text(number(entry))
    expect(call.locator(".where")).to_contain_text(room)
    photograph(screen, "lobby-call")
    said = {"text": f"Number 1, please go to {room}.", "lang": "en-GB"}
    hear(screen, 2)
    assert heard(screen) == {"chimes": 3, "spoken": [said, said]}
    expect(call).to_be_hidden(timeout=20_000)
    expect(screen.locator(".doctor.calling")).to_contain_text(room)
    photograph(screen, "lobby-after-call")


def test_what_the_clinic_has_to_say_is_shown_in_turn_and_soon_after_it_changed(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    path = f"/api/locations/{place.location['id']}"
    said = [{"text": "Free flu shots on Fridays."}, {"text": "Heute ist das Labor zu.", "language": "de"}]
    wire.put(path, {"display_messages": said, "opening": {}})
    screen = lobby(open_page, place, before=lambda page: page.clock.install())
    message = screen.locator("#message")

    expect(message).to_have_text("Free flu shots on Fridays.")
    expect(message).to_have_text("Heute ist das Labor zu.")
    expect(message).to_have_attribute("lang", "de")
    photograph(screen, "lobby-message")
    expect(message).to_have_text("Closed today")
    wire.put(path, {"display_messages": [{"text": "Back at two."}], "opening": None})
    screen.clock.fast_forward("01:10")

    expect(message).to_have_text("Back at two.")


def test_a_recall_is_announced_again(wire: Any, place: Clinic, open_page: Open) -> None:
    entry = waiting.join(wire, place)
    screen = lobby(open_page, place)
    waiting.call_next(wire, place)
    hear(screen, 2)

    waiting.act(wire, entry, "recall")

    hear(screen, 4)


def test_a_screen_that_begins_does_not_announce_what_was_called_before(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    waiting.join(wire, place)
    waiting.call_next(wire, place)

    screen = lobby(open_page, place)

    expect(screen.locator(".doctor.calling")).to_have_count(1)
    expect(screen.locator("#call")).to_be_hidden()
    assert heard(screen) == {"chimes": 0, "spoken": []}


def test_the_announcement_is_in_the_language_of_the_location(wire: Any, open_page: Open) -> None:
    place = waiting.waiting_room(wire, location={"language": "de-DE"})
    waiting.join(wire, place)
    screen = lobby(open_page, place)

    waiting.call_next(wire, place, room_id=place.rooms[0]["id"])

    hear(screen, 2)
    assert heard(screen)["spoken"][0] == {"text": f"Nummer 1, bitte in {place.rooms[0]['name']}.", "lang": "de-DE"}
    expect(screen.locator("html")).to_have_attribute("lang", "de-DE")


def test_an_hour_without_network_is_said_and_made_up_for(wire: Any, place: Clinic, open_page: Open) -> None:
    waiting.join(wire, place)
    screen = lobby(open_page, place)
    expect(screen.locator(".waiting")).to_have_count(1)
    screen.clock.install()
    screen.context.set_offline(True)
    expect(screen.locator("#connection")).to_contain_text("No network")
    missed = [waiting.join(wire, place) for _ in range(2)]

    screen.clock.fast_forward("01:00:00")
    expect(screen.locator("#connection")).to_contain_text("As of")
    expect(screen.locator(".waiting")).to_have_count(1)
    photograph(screen, "lobby-offline")
    screen.context.set_offline(False)
    screen.clock.resume()

    expect(screen.locator("#connection")).to_have_attribute("data-state", "live")
    expect(screen.locator(".waiting")).to_have_count(3)
    expect(screen.locator(".waiting").nth(2)).to_contain_text(number(missed[1]))


def test_after_a_break_the_screen_asks_for_what_it_missed_and_not_for_everything(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    first = waiting.join(wire, place)
    wires: list[Wire] = []
    screen = lobby(open_page, place, before=lambda page: page.on("websocket", lambda one: wires.append(Wire(one))))
    wires[0].hear("snapshot")
    expect(screen.locator(".waiting")).to_have_count(1)
    screen.context.set_offline(True)
    expect(screen.locator("#connection")).to_contain_text("No network")
    waiting.act(wire, first, "call")
    offline = len(wires)
    screen.context.set_offline(False)

    expect(screen.locator("#call")).to_be_visible()
    said = [frame for one in wires[offline:] for frame in one.said]
    told = [frame for one in wires[offline:] for frame in one.told]
    assert (said[0]["action"], said[0]["topic"]) == ("auth", f"location:{place.location['id']}")
    assert "snapshot" not in [frame["type"] for frame in told]
    assert min(frame["after"] for frame in told if "after" in frame) == said[0]["since"]


def test_where_sockets_are_not_let_through_the_screen_polls(wire: Any, place: Clinic, open_page: Open) -> None:
    waiting.join(wire, place)
    screen = open_page("/portal/lobby", "display", place.location["id"], sockets=False)
    expect(screen.locator("#connection")).to_have_attribute("data-state", "polling")

    waiting.call_next(wire, place)

    expect(screen.locator("#call")).to_be_visible()


def test_the_key_of_a_display_opens_the_screen_of_its_location(wire: Any, place: Clinic, open_page: Open) -> None:
    wish = {"name": "By the entrance", "location_id": place.location["id"]}
    key = wire.post("/api/displays", wish).data["key"]
    entry = waiting.join(wire, place)

    screen = open_page("/portal/lobby", token=key)

    expect(screen.locator("#place")).to_have_text(place.location["name"])
    expect(screen.locator(".waiting")).to_contain_text(number(entry))


def test_the_token_leaves_the_address_at_once_and_a_screen_without_one_asks_for_it(
    wire: Any, place: Clinic, open_page: Open
) -> None:
    screen = lobby(open_page, place)
    empty = open_page("/portal/lobby")

    empty.get_by_label("Token or key").fill(
        wire.instance.token("display", hospital=None, location=place.location["id"])
    )
    empty.get_by_role("button", name="Open").click()

    assert screen.url.endswith("/portal/lobby")
    expect(empty.locator("#place")).to_have_text(place.location["name"])
    expect(empty.locator("#connection")).to_have_attribute("data-state", "live")


def test_a_key_that_is_revoked_ends_the_screen(wire: Any, place: Clinic, open_page: Open) -> None:
    made = wire.post("/api/displays", {"name": "Old screen", "location_id": place.location["id"]}).data
    screen = open_page("/portal/lobby", token=made["key"])
    expect(screen.locator("#connection")).to_have_attribute("data-state", "live")

    wire.http.delete(f"/api/displays/{made['id']}")

    expect(screen.get_by_label("Token or key")).to_be_visible(timeout=45_000)
