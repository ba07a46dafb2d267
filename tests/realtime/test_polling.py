"""Where no socket gets through, the same events come over HTTP, with the same cursor."""

import pytest

from infra.local.testing import Engine
from tests.audit.auditing import handle, stream, trail
from tests.builders import Clinic
from tests.client import Client
from tests.queue import waiting
from tests.realtime.stage import fan_out

pytestmark = pytest.mark.usefixtures("own_table")


@pytest.fixture
def place(api: Client) -> Clinic:
    """A clinic whose doctor works now."""
    return waiting.waiting_room(api)


def topic_of(place: Clinic) -> str:
    return f"location:{place.location['id']}"


def test_the_first_answer_is_the_state_and_the_next_ones_what_happened_since(
    api: Client, engine: Engine, place: Clinic
) -> None:
    display = api.as_("display", location=place.location["id"])
    first = display.get("/api/events", topic=topic_of(place))
    entry = waiting.join(api, place)
    fan_out(stream(engine, "QUEUE#"))

    then = display.get("/api/events", topic=topic_of(place), since=first.json["meta"]["version"])

    assert [event["type"] for event in first.data] == ["snapshot"]
    assert [event["type"] for event in then.data] == ["queue_update", "queue_position_change"]
    assert then.data[0]["data"]["entry"]["token_number"] == entry["token_number"]
    assert entry["patient_name"] not in then.body
    assert then.json["meta"]["version"] == then.json["meta"]["head"] == first.json["meta"]["head"] + 2


def test_an_answer_that_would_be_the_same_is_304(api: Client, engine: Engine, place: Clinic) -> None:
    display = api.as_("display", location=place.location["id"])
    since = display.get("/api/events", topic=topic_of(place)).json["meta"]["version"]
    quiet = display.get("/api/events", topic=topic_of(place), since=since)

    same = display.with_(if_none_match=quiet.headers["etag"]).get("/api/events", topic=topic_of(place), since=since)
    waiting.join(api, place)
    fan_out(stream(engine, "QUEUE#"))
    other = display.with_(if_none_match=quiet.headers["etag"]).get("/api/events", topic=topic_of(place), since=since)

    assert (quiet.data, same.status, other.status) == ([], 304, 200)


def test_a_long_way_back_is_walked_in_pages_without_a_gap(api: Client, engine: Engine, place: Clinic) -> None:
    desk = api.as_("receptionist")
    version = first = desk.get("/api/events", topic=topic_of(place)).json["meta"]["version"]
    for _ in range(4):
        waiting.join(api, place)
    fan_out(stream(engine, "QUEUE#"))

    seen: list[int] = []
    while not seen or version < seen[0] - 1 + 5:
        page = desk.get("/api/events", topic=topic_of(place), since=version, limit=2)
        seen += [event["version"] for event in page.data]
        version = page.json["meta"]["version"]

    assert seen == [first + number for number in range(1, 6)]


@pytest.mark.parametrize("since", ["1", "99999999999999"])
def test_a_cursor_that_fits_nothing_gives_the_state(api: Client, place: Clinic, since: str) -> None:
    answer = api.as_("receptionist").get("/api/events", topic=topic_of(place), since=since)

    assert [event["type"] for event in answer.data] == ["snapshot"]


def test_a_topic_that_is_not_the_callers_does_not_exist(api: Client, place: Clinic) -> None:
    elsewhere = waiting.waiting_room(api)

    answer = api.as_("display", location=elsewhere.location["id"]).get("/api/events", topic=topic_of(place))

    assert (answer.status, answer.fields) == (404, ["topic"])


def test_a_desk_that_reads_the_line_is_recorded_with_each_patient(api: Client, engine: Engine, place: Clinic) -> None:
    entry = waiting.join(api, place)

    api.as_("receptionist", "ann").get("/api/events", topic=topic_of(place))
    handle(stream(engine, "SIGHTING#"))

    seen = [(one["actor"], one["operation"]) for one in trail(api, "patient", {"id": entry["patient_id"]})]
    assert ("receptionist:ann", "read_events") in seen
