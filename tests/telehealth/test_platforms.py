"""Visits at Zoom and Microsoft Teams; and in our own room, when these cannot be had."""

from collections.abc import Iterator

import pytest

from chalicelib.gateways import teams, zoom
from infra.local.testing import Engine
from infra.simulators.graph import Graph
from infra.simulators.serving import Simulators
from infra.simulators.zoom import Zoom
from tests.audit.auditing import handle, stream
from tests.builders import Clinic
from tests.client import Client
from tests.reminders.twilio_calls import having
from tests.telehealth import visiting
from tests.telehealth.visiting import OTHER_TAB, book, doctor, enter, link, patient, room, soon

PLATFORMS = ["zoom", "teams"]


class Outside:
    """Both platforms, and what befalls them."""

    def __init__(self, served: Simulators, zoom_: Zoom, graph: Graph) -> None:
        self.served, self.systems = served, {"zoom": zoom_, "teams": graph}

    def planned(self, platform: str) -> list[dict[str, object]]:
        """The meetings that a platform has."""
        return list(self.systems[platform].meetings.values())

    def fault(self, platform: str, kind: str, times: int = 10) -> None:
        """What the platform's next requests meet."""
        self.served.faults[platform].add(kind, times)


@pytest.fixture
def outside() -> Iterator[Outside]:
    zoom_, graph = Zoom(), Graph()
    for gateway in (zoom, teams):
        gateway.forget_sign_in()
    with Simulators(zoom=zoom_, teams=graph) as served:
        said = {
            "ZOOM_ACCOUNT_ID": zoom_.account,
            "ZOOM_CLIENT_ID": zoom_.client,
            "ZOOM_CLIENT_SECRET": zoom_.secret,
            "ZOOM_ENDPOINT": f"{served.url('zoom')}/v2",
            "ZOOM_LOGIN_ENDPOINT": served.url("zoom"),
            "TEAMS_TENANT_ID": graph.tenant,
            "TEAMS_CLIENT_ID": graph.client,
            "TEAMS_CLIENT_SECRET": graph.secret,
            "TEAMS_ORGANIZER_ID": graph.organizer,
            "TEAMS_LOGIN_ENDPOINT": served.url("teams"),
            "GRAPH_ENDPOINT": f"{served.url('teams')}/v1.0",
            "ANSWER_SECONDS": "0.5",
        }
        with having(**said):
            yield Outside(served, zoom_, graph)


def clinic_at(api: Client, platform: str) -> Clinic:
    return visiting.video_clinic(api, location={"telehealth_platform": platform})


def test_a_meeting_at_zoom_is_run_by_the_doctor_and_joined_by_the_patient(api: Client, outside: Outside) -> None:
    place = clinic_at(api, "zoom")
    made = link(patient(api, place), book(api, place))

    enter(patient(api, place), made["room_id"])
    waiting = room(patient(api, place), made["room_id"])["join_url"]
    host = enter(doctor(api, place), made["room_id"], OTHER_TAB).data
    doctor(api, place).post(f"/api/telehealth/room/{made['room_id']}/admit", {"person": "patient"})
    admitted = api.as_("patient", place.patient["id"]).get(f"/api/telehealth/room/{made['room_id']}")

    [meeting] = outside.planned("zoom")
    assert (made["platform"], made["fallback_from"], waiting) == ("zoom", None, None)
    assert (host["join_url"], admitted.data["join_url"]) == (meeting["start_url"], meeting["join_url"])
    assert str(meeting["start_url"]) not in admitted.body


def test_a_meeting_at_teams_is_joined_by_both(api: Client, outside: Outside) -> None:
    place = clinic_at(api, "teams")
    made = link(patient(api, place), book(api, place))

    host = enter(doctor(api, place), made["room_id"], OTHER_TAB).data

    [meeting] = outside.planned("teams")
    assert (made["platform"], host["join_url"]) == ("teams", meeting["joinWebUrl"])
    assert meeting["externalId"] == made["room_id"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_is_told_when_and_nothing_of_whom(api: Client, outside: Outside, platform: str) -> None:
    place = clinic_at(api, platform)

    link(patient(api, place), book(api, place, reason_for_visit="Rash"))

    said = str(outside.systems[platform].told)
    assert "Telehealth visit" in said
    assert not any(word in said for word in ("Rash", place.patient["last_name"], place.doctor["name"]))


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("kind", ["busy", "broken", "failing", "dropped", "slow", "huge", "wrong_type", "not_json"])
def test_a_platform_that_is_down_leaves_the_visit_in_our_own_room_and_it_says_so(
    api: Client, outside: Outside, platform: str, kind: str
) -> None:
    place = clinic_at(api, platform)
    outside.fault(platform, kind)

    made = link(patient(api, place), book(api, place))

    seen = enter(doctor(api, place), made["room_id"]).data
    assert (made["platform"], made["fallback_from"]) == ("own", platform)
    assert (seen["platform"], seen["fallback_from"], seen["join_url"]) == ("own", platform, None)


def test_a_platform_that_has_recovered_is_used_by_whoever_asks_next(api: Client, outside: Outside) -> None:
    place = clinic_at(api, "zoom")
    outside.fault("zoom", "broken", 1)
    visit = book(api, place)

    first, second = link(patient(api, place), visit), link(patient(api, place), visit)

    assert [first["platform"], second["platform"]] == ["own", "zoom"]
    assert first["token"] == second["token"]


@pytest.mark.usefixtures("own_table")
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_meeting_is_planned_with_the_booking_moves_with_it_and_ends_with_it(
    api: Client, engine: Engine, outside: Outside, platform: str
) -> None:
    place = clinic_at(api, platform)
    desk = api.as_("receptionist")
    visit = book(api, place)
    path = f"/api/appointments/{visit['id']}"
    booked = follow(engine, outside, platform)

    desk.put(f"{path}/reschedule", {"scheduled_date": soon(90).isoformat()})
    moved = follow(engine, outside, platform)
    desk.delete(path, {"reason": "feels better"})

    assert (booked, moved, follow(engine, outside, platform)) == (1, 1, 0)
    assert len(outside.systems[platform].told) == 2


def follow(engine: Engine, outside: Outside, platform: str) -> int:
    """Hand all that the stream has brought to those who follow it; how many meetings there are then."""
    handle(stream(engine, "APPOINTMENT#"))
    return len(outside.planned(platform))


def test_without_an_account_visits_take_place_in_our_own_room(api: Client) -> None:
    place = clinic_at(api, "zoom")

    made = link(patient(api, place), book(api, place))

    assert (made["platform"], made["fallback_from"]) == ("own", "zoom")
