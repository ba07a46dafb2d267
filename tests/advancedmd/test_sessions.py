"""One session for all workers, which the table keeps but cannot read."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.advancedmd import reaching
from chalicelib.advancedmd.sessions import SharedSession
from chalicelib.gateways.advancedmd import masters
from chalicelib.gateways.advancedmd.sign_in import Session
from chalicelib.kit import clock
from chalicelib.kit.settings import settings
from chalicelib.table import base, keys
from infra.local.office import environment
from infra.local.resources import create_key, load
from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running
from tests.builders import unique

TOKEN = Session("OPAQUETOKEN-0123456789", "https://providerapi.advancedmd.com/processrequest/api-101/APP")


@pytest.fixture(autouse=True)
def office_key(engine: Engine) -> Iterator[None]:
    """The key that seals, as infra/resources.yaml declares it."""
    properties = load()["Resources"]["OfficeKey"]["Properties"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFICE_KEY_ID", create_key(engine.client("kms"), "careslot-test-office", properties)[""])
        settings.cache_clear()
        yield
    settings.cache_clear()


def test_what_one_worker_keeps_another_finds_and_the_table_cannot_read() -> None:
    office = unique("office")
    SharedSession(office).keep(TOKEN)

    found = SharedSession(office).find()

    stored = base.get(keys.office(office, "SESSION"), consistent=True)
    assert found == TOKEN
    assert "OPAQUETOKEN" not in str(stored)


def test_a_session_is_forgotten_by_who_holds_it_and_not_when_another_has_taken_its_place() -> None:
    shared = SharedSession(unique("office"))
    newer = Session("ANOTHERTOKEN", TOKEN.webserver)
    shared.keep(TOKEN)
    shared.keep(newer)

    shared.forget(TOKEN)
    kept = shared.find()
    shared.forget(newer)

    assert (kept, shared.find()) == (newer, None)


def test_one_offices_seal_opens_nothing_under_another_offices_name() -> None:
    mine, other = unique("office"), unique("office")
    SharedSession(mine).keep(TOKEN)
    stored = base.get(keys.office(mine, "SESSION"), consistent=True)
    base.call("PutItem", {"Item": stored | base.primary(keys.office(other, "SESSION"))})

    assert SharedSession(other).find() is None


def test_a_session_ends_where_the_sign_in_is_at_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = SharedSession(unique("office"))
    shared.keep(TOKEN)

    monkeypatch.setenv("ADVANCEDMD_LOGIN_URL", "https://partnerlogin.example/practicemanager")
    settings.cache_clear()

    assert shared.find() is None


def test_a_session_is_not_used_for_a_whole_day(show: Callable[[datetime], None]) -> None:
    shared = SharedSession(unique("office"))
    shared.keep(TOKEN)

    show(clock.now() + timedelta(hours=23, minutes=31))

    assert shared.find() is None


@pytest.fixture
def at_the_office(running: Running) -> Iterator[Running]:
    """The settings lead to the simulated office, as they do in `scripts/run`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(running).items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield running
    settings.cache_clear()


def test_the_settings_lead_to_the_office_by_one_sign_in(at_the_office: Running) -> None:
    who = reaching.credentials()
    offices = [reaching.office(who, urgent=urgent) for urgent in (True, False)]

    found = [[one.code for one in masters.profiles(office, name="SMITH")] for office in offices]

    assert found == [["SMI"], ["SMI"]]
    assert len(at_the_office.whole.calls.rows(action="login")) <= 2
    assert "local-office" not in repr(settings())


def test_a_clinic_without_an_office_has_no_credentials() -> None:
    assert reaching.credentials() is None
