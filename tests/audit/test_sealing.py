"""Seals: what is old enough is listed, chained and signed, once, whoever else seals and wherever it is killed."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.audit import recording, sealing
from chalicelib.kit.errors import Unavailable
from infra import faults
from infra.local.testing import Engine
from tests.audit.auditing import (
    chained,
    dated,
    entries,
    found,
    handle,
    now,
    put,
    recorded,
    remove,
    seal,
    seals,
    stream,
    trail,
    verify,
)
from tests.builders import make_hospital, make_patient
from tests.client import Client

pytestmark = pytest.mark.usefixtures("own_table", "seal_key")


def test_what_is_young_waits_and_is_reported_with_its_age(api: Client, engine: Engine) -> None:
    recorded(api, engine)

    sealed = seal(timedelta())

    said = verify(api).data
    assert sealed == 0
    assert (said["clean"], said["entries"]) == (True, 0)
    assert said["unsealed"] == {"entries": 3, "oldest": entries(engine)[0]["SK"]["S"][:20]}


def test_what_is_old_enough_is_sealed_and_verifies(api: Client, engine: Engine) -> None:
    recorded(api, engine)

    sealed = seal()

    said = verify(api).data
    assert sealed == 3
    assert (said["clean"], said["seals"], said["entries"], said["problems"]) == (True, 1, 3, [])
    assert said["sealed"]["number"] == 1
    assert said["unsealed"] == {"entries": 0, "oldest": None}


def test_a_trail_says_which_seal_covers_an_entry(api: Client, engine: Engine) -> None:
    hospital = make_hospital(api)
    handle(stream(engine, "HOSPITAL#"))
    seal()
    api.as_("admin").put(f"/api/hospitals/{hospital['id']}", {"name": "Renamed"})
    handle([dated(record, now() + timedelta(minutes=10)) for record in stream(engine, "HOSPITAL#")[1:]])
    before = [one["seal"] for one in trail(api, "hospital", hospital)]

    seal(timedelta(minutes=40))

    assert before == [1, None]
    assert [one["seal"] for one in trail(api, "hospital", hospital)] == [1, 2]


def test_seals_hold_each_other_and_join_without_a_gap(api: Client, engine: Engine) -> None:
    chained(api, engine, 3)

    made = seals(engine)

    assert [one["number"]["N"] for one in made] == ["1", "2", "3"]
    assert [one["previous"] for one in made] == [{"S": ""}, made[0]["head"], made[1]["head"]]
    assert [one["since"] for one in made[1:]] == [made[0]["SK"], made[1]["SK"]]


def test_a_seal_across_midnight_covers_both_dates(api: Client, engine: Engine) -> None:
    make_hospital(api)
    (made,) = stream(engine, "HOSPITAL#")
    midnight = now().replace(hour=0, minute=0, second=0)
    for seconds in (-1, 0, 1):
        at = midnight + timedelta(seconds=seconds)
        recording.record(None, made["dynamodb"]["NewImage"], stored=at.timestamp(), now=at)

    sealed = seal()

    assert sealed == 3
    assert len({entry["PK"]["S"][:16] for entry in entries(engine)}) == 2
    assert (verify(api).data["clean"], verify(api).data["entries"]) == (True, 3)


def test_a_seal_of_nothing_is_made_once_an_hour(api: Client, engine: Engine) -> None:
    for minutes in (20, 25, 30, 79, 80, 85, 140):
        seal(timedelta(minutes=minutes))

    assert len(seals(engine)) == 3
    assert verify(api).data["clean"]


def test_two_sealers_at_once_leave_one_chain(api: Client, engine: Engine) -> None:
    recorded(api, engine, 20)
    times = [now() + timedelta(minutes=20, seconds=second) for second in range(8)]

    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(sealing.run, times))

    said = verify(api).data
    assert sum(sealed) == 20
    assert (said["clean"], said["entries"], said["seals"]) == (True, 20, len(seals(engine)))


def test_a_sealer_that_is_killed_or_meets_faults_leaves_a_whole_chain(api: Client, engine: Engine) -> None:
    recorded(api, engine, 5)

    for seed in range(4):
        with faults.injected(0.15, seed=seed), contextlib.suppress(Unavailable):
            seal(timedelta(minutes=20 + seed))
    seal(timedelta(minutes=60))

    said = verify(api).data
    assert (said["clean"], said["entries"]) == (True, 5)
    assert said["seals"] == len(seals(engine))


def test_more_entries_than_one_seal_holds_make_more_seals(api: Client, engine: Engine) -> None:
    make_patient(api)
    (record,) = stream(engine, "PATIENT#")
    start = now()
    record["dynamodb"]["NewImage"]["updated_at"] = {"S": "2026-11-21T10:00:00Z"}
    for number in range(2_100):
        record["dynamodb"]["NewImage"]["version"] = {"N": str(number + 1)}
        handle([dated(record, start + timedelta(seconds=number // 700))])

    sealed = seal()

    said = verify(api).data
    assert sealed == 2_100
    assert [int(one["total"]["N"]) for one in seals(engine)] == [1_000, 1_000, 100]
    assert (said["clean"], said["seals"], said["entries"]) == (True, 3, 2_100)


def test_pages_of_a_verification_find_what_one_page_finds(api: Client, engine: Engine) -> None:
    chained(api, engine, 5)
    remove(engine, seals(engine)[1])
    put(engine, seals(engine)[1] | {"total": {"N": "99"}})
    at_once = found(api)

    pages, cursor = [], {}
    for _ in range(4):
        page = verify(api, limit=1, **cursor)
        pages.append(page)
        cursor = {"cursor": page.json["meta"]["next_cursor"]}

    paged = [(one["kind"], one["seal"], one["place"]) for page in pages for one in page.data["problems"]]
    assert [kind for kind, _, _ in at_once] == ["seal_forged", "seal_missing"]
    assert paged == at_once
    assert [page.data["unsealed"] is None for page in pages] == [True, True, True, False]
    assert cursor == {"cursor": None}
