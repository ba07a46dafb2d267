"""Trouble of the office or of the table: it parks no appointment, is not asked for too often, and stops nothing."""

import json
from datetime import date
from typing import Any

import pytest

from chalicelib.advancedmd import feed
from chalicelib.advancedmd.breaker import ENOUGH, Breaker
from chalicelib.gateways.advancedmd import masters, patients, refusals, scheduler
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import NewPatient
from chalicelib.gateways.advancedmd.sign_in import Session
from chalicelib.gateways.advancedmd.tiers import REST
from chalicelib.gateways.answers import NoAnswer, NotNow
from chalicelib.kit import clock
from infra.faults import injected
from infra.local.testing import Engine
from tests.advancedmd.canned import Answer, answering
from tests.advancedmd.clients import Permits, Shelf, at_server, credentials
from tests.advancedmd.offices import OFFICE, Connected, follow, reachable
from tests.builders import unique
from tests.scheduling.desk import book

SOMEBODY = NewPatient(first_name="Ana", last_name="Lima", born=date(1990, 1, 2), sex="female", profile_id=3)
FORBIDDEN = Answer(403, "application/json", b'{"error": "Access Denied"}')


def faulty(whose: str, code: int) -> Answer:
    """A fault of the documented form."""
    detail = f"<detail><code>{code}</code><description>?</description></detail>"
    fault = f"<Fault><faultcode>{whose}</faultcode><faultstring>{whose} Error</faultstring>{detail}</Fault>"
    return Answer(200, "text/xml", f"<PPMDResults><Results/><Error>{fault}</Error></PPMDResults>".encode())


class Renewed(Shelf):
    """Where somebody else has signed in anew, each time that a session was forgotten."""

    def find(self) -> Session | None:
        self.session = self.session or Session(f"TOKEN-{unique('t')}", self.webserver)
        return self.session

    def __init__(self, webserver: str) -> None:
        super().__init__()
        self.webserver = webserver


def test_a_fault_of_the_server_is_no_answer_to_what_was_asked() -> None:
    with answering(faulty("Server", 5)) as server:
        with pytest.raises(NotNow):
            masters.facilities(at_server(server.url))
        with pytest.raises(NoAnswer):
            patients.add(at_server(server.url), SOMEBODY)

    assert len(server.asked) == 2


def test_a_fault_of_ours_that_nobody_knows_is_a_refusal_of_that_alone() -> None:
    with answering(faulty("Client", 7777)) as server, pytest.raises(refusals.Declined) as refused:
        masters.facilities(at_server(server.url))

    assert refused.value.code == 7777


def test_whatever_a_sign_in_is_refused_for_is_heeded_once_and_tells_of_no_appointment() -> None:
    heeded: list[Any] = []
    with answering(faulty("Client", 7777)) as server:
        office = Office(credentials(server.url), Shelf(), Permits(), heed=lambda *told: heeded.append(told))
        with pytest.raises(refusals.SignInRefused):
            masters.facilities(office)

    assert [(tier, type(trouble)) for tier, trouble in heeded] == [("login", refusals.SignInRefused)]


def test_what_is_forbidden_is_tried_with_one_new_session_and_no_more() -> None:
    heeded: list[Any] = []
    with answering(FORBIDDEN) as server:
        shelf = Renewed(f"{server.url}/processrequest/api-101/APPNAME")
        office = Office(credentials(server.url), shelf, Permits(), heed=lambda _, trouble: heeded.append(trouble))
        for _ in range(2):
            with pytest.raises(refusals.SignInRefused):
                scheduler.find(office, 9000001)

    sessions = [one.headers["authorization"] for one in server.asked]
    assert (len(sessions), len(set(sessions))) == (3, 2)
    assert [type(one) for one in heeded] == [type(None), refusals.SignInRefused, refusals.SignInRefused]


@pytest.mark.usefixtures("api")
def test_an_office_that_forbids_all_is_left_alone_and_one_that_forbids_one_thing_is_not() -> None:
    one_thing, everything = (Breaker(unique("office"), Permits()) for _ in range(2))
    forbidden = refusals.SignInRefused("Our user may not do this in AdvancedMD.")

    for _ in range(ENOUGH):
        everything.heed(REST, forbidden)
        one_thing.heed(REST, forbidden)
        one_thing.heed(REST, None)

    one_thing.ask(REST)
    with pytest.raises(refusals.NotYet):
        everything.ask(REST)


def test_a_click_tries_no_sign_in_that_was_refused_and_an_administrator_may(clinic: Connected, engine: Engine) -> None:
    patient = clinic.known_patient()
    click = f"/api/advancedmd/patients/{patient['id']}/sync"
    with reachable(engine, clinic.running, ADVANCEDMD_PASSWORD="wrong-password"):
        first, second = (clinic.api.as_("billing").post(click) for _ in range(2))
        tried = len(clinic.running.whole.calls.rows(action="login"))

    checked = clinic.api.as_("admin").post("/api/advancedmd/settings/test-connection").data
    linked = clinic.api.as_("billing").post(click)

    assert (first.status >= 400, second.status, tried) == (True, 503, 1)
    assert (checked["connected"], linked.data["amd_sync_status"]) == (True, "synced")


def test_a_worker_that_stops_in_the_middle_hides_nothing_in_the_feed_and_says_so(
    clinic: Connected, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED")
    appointment = book(clinic.api, clinic.place, "10:00", patient_id=clinic.known_patient()["id"])
    follow(appointment)
    event = {"Records": [{"messageId": "1", "body": json.dumps({"office": OFFICE})}]}

    with injected(rate=1.0):
        said = feed.handle(event, clock.now, pause=lambda _: None)
    stopped = capsys.readouterr().out.count('"AdvancedMDStopped":')
    clinic.work()

    assert (said, stopped) == ({"batchItemFailures": []}, 1)
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_how_long_it_takes_and_what_goes_wrong_are_metrics_that_name_nobody(
    clinic: Connected, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, unknown = clinic.known_patient(), clinic.patient()
    for hour, patient in ((10, known), (11, unknown)):
        follow(book(clinic.api, clinic.place, f"{hour}:00", patient_id=patient["id"]))
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED")

    clinic.work()

    out = capsys.readouterr().out
    told = [json.loads(line) for line in out.splitlines() if line.startswith('{"_aws"')]
    shares = [one["AdvancedMDFailed"] for one in told if "AdvancedMDFailed" in one]
    assert shares == [[0.0], [0.0], [100.0]]  # a patient is linked, one visit is told, the other cannot be
    assert len([one for one in told if "AdvancedMDTook" in one]) == 3
    assert "push" in {one.get("operation") for one in told if "AdvancedMDErrors" in one}
    assert not any(patient["last_name"] in out or patient["id"] in str(told) for patient in (known, unknown))
