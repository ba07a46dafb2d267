"""Killed with SIGKILL in the middle of its work, again and again, the instance keeps every promise it has made.

Ten rounds of a hundred bookings each, all in one data folder: a thousand bookings, and ten kills among them.
"""

import itertools
import random
import signal
import threading
from collections.abc import Callable

import httpx

from tests.instance import Instance
from tests.recovery.clients import ALWAYS, DOCTORS, Clients, audited, moment
from tests.wire import HttpClient

ROUNDS, BOOKINGS = 10, 100
VISITS = 30


def test_ten_kills_among_a_thousand_bookings_lose_nothing_tear_nothing_and_repeat_nothing(
    start: Callable[[], Instance], until: Callable[..., None]
) -> None:
    dice = random.Random(2026)
    instance = start()
    clients = Clients(instance)
    wishes = clients.open_clinic()
    cut_off = 0

    for number in range(1, ROUNDS + 1):
        asked = {f"round-{number}-{place}": next(wishes) for place in range(BOOKINGS)}
        before, enough = len(clients.told), moment(dice, BOOKINGS)
        threads = clients.book(asked)
        until(lambda enough=enough, before=before: len(clients.told) - before >= enough, seconds=60)
        dice.choice([instance.kill, lambda one=instance: one.end(signal.SIGKILL)])()
        for thread in threads:
            thread.join()
        promised = clients.promised()
        open_still = {key: wish for key, wish in asked.items() if key not in clients.told}
        known = dict(itertools.islice(clients.told.items(), before, before + 5))
        cut_off += len(open_still)

        instance = start()
        clients.meet(instance)
        found = audited(instance)
        for thread in clients.book(open_still):
            thread.join()
        repeated = {key: clients.again(key, asked[key]) for key in known}

        assert found.violations == []
        assert found.compare(promised).lost == {}
        assert clients.refused == []
        assert len(clients.told) == number * BOOKINGS
        assert repeated == {key: told["id"] for key, told in known.items()}
        until(lambda newest=list(promised)[-3:]: clients.births(newest) == [1, 1, 1], seconds=30)

    everything = clients.promised()
    until(lambda: clients.births(list(everything)[-BOOKINGS:]) == [1] * BOOKINGS, seconds=60)
    births = clients.births(list(everything))
    report = audited(instance)
    assert report.violations == []
    assert report.compare(everything) == ({}, [])
    assert births == [1] * ROUNDS * BOOKINGS
    assert cut_off > ROUNDS


def test_an_edit_of_a_schedule_that_a_kill_cuts_off_is_finished_after_the_restart(
    start: Callable[[], Instance], until: Callable[..., None]
) -> None:
    instance = start()
    clients = Clients(instance)
    wishes = clients.open_clinic()
    for thread in clients.book({f"visit-{place}": next(wishes) for place in range(VISITS * DOCTORS)}):
        thread.join()
    doctor_id = next(iter(clients.told.values()))["doctor_id"]
    path = f"/api/doctors/{doctor_id}/schedule"
    wire = HttpClient(instance)
    from_afar = {"hours": [ALWAYS | {"modes": ["telehealth"]}]}
    unanswered: list[httpx.TransportError] = []

    def edit() -> None:
        try:
            wire.put(path, from_afar)
        except httpx.TransportError as cut:
            unanswered.append(cut)

    editor = threading.Thread(target=edit)
    editor.start()
    until(lambda: wire.get(path).data["version"] == 2)
    instance.kill()
    editor.join()

    wire = HttpClient(start())

    def marks() -> list[str | None]:
        listed = wire.get(f"/api/appointments/doctor/{doctor_id}", limit=200).data
        return [one["needs_rebooking"] for one in listed]

    until(lambda: marks() == ["mode"] * VISITS, seconds=30)
    assert len(unanswered) == 1
