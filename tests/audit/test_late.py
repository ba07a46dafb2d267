"""Records that come late, again, or in another order: one entry each, and never in a time that may be sealed."""

from datetime import timedelta

import pytest

from chalicelib.audit.recording import GRACE, ON_TIME, record
from chalicelib.kit.errors import Unavailable
from infra import faults
from infra.local.testing import Engine
from tests.audit.auditing import dated, entries, handle, now, seal, stream, trail, verify
from tests.builders import Data, make_hospital, make_patient
from tests.client import Client

pytestmark = pytest.mark.usefixtures("own_table", "seal_key")
LATE = timedelta(hours=2)


@pytest.fixture
def old(api: Client, engine: Engine) -> Data:
    """The stream's record of a change that was made two hours ago."""
    make_hospital(api)
    (found,) = stream(engine, "HOSPITAL#")
    return dated(found, now() - LATE)


def times(engine: Engine) -> list[str]:
    """The times in the places of all entries."""
    return [entry["SK"]["S"].partition("#")[0] for entry in entries(engine)]


def iso(age: timedelta) -> str:
    return f"{now() - age:%Y-%m-%dT%H:%M}"


def test_an_entry_takes_the_place_of_its_change_and_not_of_its_writing(api: Client, engine: Engine) -> None:
    make_hospital(api)
    (found,) = stream(engine, "HOSPITAL#")

    handle([dated(found, now() - ON_TIME + timedelta(seconds=30))])

    assert times(engine)[0].startswith(iso(ON_TIME - timedelta(seconds=30)))


def test_a_late_entry_takes_the_place_of_its_writing_and_says_so(engine: Engine, old: Data) -> None:
    handle([old])

    (entry,) = entries(engine)
    assert times(engine)[0] > f"{now() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    assert entry["late"] == {"BOOL": True}


def test_a_late_record_that_comes_again_leaves_one_entry(engine: Engine, old: Data) -> None:
    changed = old["dynamodb"]["NewImage"]
    stored = old["dynamodb"]["ApproximateCreationDateTime"]

    written = [record(None, changed, stored=stored, now=now() + timedelta(seconds=second)) for second in (0, 1, 2, 90)]

    assert written == [True, False, False, False]
    assert len(entries(engine)) == 1


def test_a_record_that_was_written_on_time_is_not_written_late(engine: Engine, old: Data) -> None:
    changed = old["dynamodb"]["NewImage"]
    stored = old["dynamodb"]["ApproximateCreationDateTime"]
    on_time, late = now() - LATE + timedelta(seconds=1), now()

    written = [record(None, changed, stored=stored, now=at) for at in (on_time, on_time, late, late)]

    assert written == [True, False, False, False]
    assert len(entries(engine)) == 1


def test_what_comes_late_never_disturbs_what_is_sealed(api: Client, engine: Engine, old: Data) -> None:
    make_hospital(api)
    handle([dated(found, now() - LATE) for found in stream(engine, "HOSPITAL#")[1:]])
    seal(timedelta())

    handle([old, old])
    seal(timedelta(minutes=16))

    said = verify(api).data
    assert (said["clean"], said["entries"]) == (True, 2)


@pytest.mark.parametrize("skew", [timedelta(minutes=-5), timedelta(), timedelta(minutes=5)], ids=str)
@pytest.mark.parametrize("age", [timedelta(), ON_TIME, ON_TIME + timedelta(seconds=1), LATE], ids=str)
def test_clocks_that_differ_by_five_minutes_do_no_harm(api: Client, old: Data, age: timedelta, skew: timedelta) -> None:
    stored = (now() - age).timestamp()
    seal(-skew)

    record(None, old["dynamodb"]["NewImage"], stored=stored, now=now() + skew)

    assert verify(api).data["clean"]
    assert verify(api).data["unsealed"]["entries"] == 1


def test_the_grace_covers_what_may_be_under_way() -> None:
    work, request, fast_clock = timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=5)

    assert ON_TIME + work + request + fast_clock < GRACE


@pytest.mark.parametrize("age", [timedelta(), LATE], ids=["on time", "late"])
def test_a_consumer_that_is_killed_anywhere_leaves_one_entry(engine: Engine, old: Data, age: timedelta) -> None:
    changed, stored = old["dynamodb"]["NewImage"], (now() - age).timestamp()

    with faults.injected(0.2, seed=7):
        through = [any(_delivered(changed, stored) for _ in range(30)) for _ in range(4)]

    assert all(through)
    assert len(entries(engine)) == 1


def test_a_consumer_that_catches_up_writes_every_entry_once_whatever_the_order(api: Client, engine: Engine) -> None:
    patient = make_patient(api)
    for number in range(4):
        api.as_("admin").put(f"/api/patients/{patient['id']}", {"address": f"Street {number}"})
    records = [dated(found, now() - LATE) for found in stream(engine, f"PATIENT#{patient['id']}")]
    changes = [one for one in records if one["dynamodb"]["Keys"]["SK"]["S"] == "PROFILE"]

    for order in (changes[::-1], changes, changes[2:] + changes[:2]):
        handle(order)

    # Late entries stand by the second of their writing, so their order is that of the records only within one.
    assert sorted(entry["version"] for entry in trail(api, "patient", patient)) == [1, 2, 3, 4, 5]


def _delivered(changed: Data, stored: float) -> bool:
    try:
        record(None, changed, stored=stored, now=now())
    except Unavailable:
        return False
    return True
