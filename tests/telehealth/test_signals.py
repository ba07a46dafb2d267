"""The live side of a visit: news of the room, signals between those who are let in, and ends of connections."""

import json
from collections.abc import Callable, Iterator

import pytest

from infra.local.testing import Engine
from tests.builders import Clinic
from tests.client import Client
from tests.local.conftest import until
from tests.realtime import stage
from tests.realtime.stage import Line, Stage, events
from tests.telehealth import visiting
from tests.telehealth.visiting import OTHER_TAB, book, doctor, enter, link, patient

__all__ = ["until"]
OFFER = json.dumps({"description": {"type": "offer", "sdp": "v=0"}})


@pytest.fixture
def opened(engine: Engine, own_table: str) -> Iterator[Stage]:  # noqa: ARG001 - its stream begins here
    with stage.opened(engine) as found:
        yield found


class Visit:
    """A visit about to begin, and its two sides with a link and a line each."""

    def __init__(self, api: Client, place: Clinic, opened: Stage) -> None:
        visit = book(api, place)
        self.host, self.patient = link(doctor(api, place), visit), link(patient(api, place), visit)
        self.room_id: str = self.host["room_id"]
        self.topic = f"visit:{self.room_id}"
        self.host_line, self.patient_line = (opened.line(one["token"]) for one in (self.host, self.patient))

    def signal(self, line: Line, to: str, text: str = OFFER) -> None:
        """Send one signal."""
        line.say("signal", topic=self.topic, to=to, signal=text)


@pytest.fixture
def place(api: Client, opened: Stage) -> Clinic:  # noqa: ARG001 - the table comes first
    return visiting.video_clinic(api)


@pytest.fixture
def visit(api: Client, place: Clinic, opened: Stage) -> Visit:
    return Visit(api, place, opened)


def admit(api: Client, place: Clinic, visit: Visit) -> None:
    """Let both sides in."""
    enter(patient(api, place), visit.room_id)
    enter(doctor(api, place), visit.room_id, OTHER_TAB)
    path = f"/api/telehealth/room/{visit.room_id}/admit"
    assert doctor(api, place).post(path, {"person": "patient"}).status == 200


def present(api: Client, place: Clinic, visit: Visit) -> set[str]:
    """Who is there, as the doctor sees it."""
    return {one["person"] for one in visiting.room(doctor(api, place), visit.room_id)["people"] if one["here"]}


def test_the_doctor_is_told_at_once_who_has_come(api: Client, place: Clinic, visit: Visit, opened: Stage) -> None:
    visit.host_line.ask("subscribe", topic=visit.topic)
    opened.records()

    enter(patient(api, place), visit.room_id)
    opened.pass_on()

    told = visit.host_line.hear()
    assert told["topic"] == visit.topic
    assert {(one["type"], one["data"]["room_id"]) for one in events(told)} == {("visit_update", visit.room_id)}


def test_a_signal_reaches_the_other_side_with_its_sender(api: Client, place: Clinic, visit: Visit) -> None:
    admit(api, place, visit)

    visit.signal(visit.host_line, "patient")
    visit.signal(visit.patient_line, "host", "hello")

    assert visit.patient_line.hear() == {"type": "signal", "topic": visit.topic, "from": "host", "signal": OFFER}
    assert visit.host_line.hear()["signal"] == "hello"


def test_nobody_signals_before_they_are_let_in(api: Client, place: Clinic, visit: Visit) -> None:
    enter(patient(api, place), visit.room_id)
    enter(doctor(api, place), visit.room_id, OTHER_TAB)

    visit.signal(visit.patient_line, "host")
    visit.signal(visit.host_line, "patient")

    refused = [line.hear()["code"] for line in (visit.patient_line, visit.host_line)]
    assert refused == ["not_admitted", "not_admitted"]


def test_who_is_sent_out_signals_no_more(api: Client, place: Clinic, visit: Visit) -> None:
    admit(api, place, visit)
    doctor(api, place).post(f"/api/telehealth/room/{visit.room_id}/decline", {"person": "patient"})

    visit.signal(visit.patient_line, "host")

    assert visit.patient_line.hear()["code"] == "not_admitted"


def test_a_visit_that_was_called_off_carries_no_signals(api: Client, place: Clinic, visit: Visit) -> None:
    admit(api, place, visit)
    [appointment] = api.as_("admin").get(f"/api/appointments/patient/{place.patient['id']}").data
    api.as_("receptionist").delete(f"/api/appointments/{appointment['id']}", {"reason": "feels better"})

    visit.signal(visit.host_line, "patient")

    assert visit.host_line.hear()["code"] == "visit_over"


@pytest.mark.parametrize("signal", [{"signal": "x" * 12_289}, {"signal": ""}, {"to": ""}, {"signal": {"sdp": "v=0"}}])
def test_a_signal_is_a_text_of_a_bounded_length(api: Client, place: Clinic, visit: Visit, signal: object) -> None:
    admit(api, place, visit)
    whole = {"topic": visit.topic, "to": "patient", "signal": OFFER} | dict(signal)  # type: ignore[call-overload]

    visit.host_line.say("signal", **whole)

    assert visit.host_line.hear()["code"] == "invalid"


def test_a_stranger_neither_follows_nor_signals(api: Client, visit: Visit, opened: Stage) -> None:
    stranger = opened.line(api.token("doctor", "doc_other"))

    followed = stranger.ask("subscribe", topic=visit.topic)
    visit.signal(stranger, "patient")

    assert [followed["code"], stranger.hear()["code"]] == ["not_found", "not_found"]


def test_a_link_follows_its_visit_and_nothing_else_of_the_patient(place: Clinic, visit: Visit) -> None:
    own = visit.patient_line.ask("subscribe", topic=visit.topic)
    others = [f"patient:{place.patient['id']}", f"doctor:{place.doctor['id']}", f"location:{place.location['id']}"]

    refused = [visit.patient_line.ask("subscribe", topic=topic)["code"] for topic in others]

    assert (own["type"], own["data"]) == ("snapshot", {"room_id": visit.room_id})
    assert refused == ["not_found"] * 3


def test_a_connection_that_ends_is_a_leaving(
    api: Client, place: Clinic, visit: Visit, until: Callable[..., None]
) -> None:
    admit(api, place, visit)

    visit.patient_line.connection.close()

    until(lambda: present(api, place, visit) == {"host"})


def test_another_window_keeps_somebody_in_the_visit(api: Client, place: Clinic, visit: Visit, opened: Stage) -> None:
    admit(api, place, visit)
    second = opened.line(visit.patient["token"])
    second.ask("ping")
    visit.patient_line.connection.close()

    visit.signal(visit.host_line, "patient")

    assert second.hear()["signal"] == OFFER
    assert present(api, place, visit) == {"host", "patient"}
