"""Our client at the simulated office: sessions, permits, appointments, and what comes of trouble."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.gateways.advancedmd import masters, patients, refusals, scheduler, visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import CANCELLED, Bookable, NewPatient, NewVisit
from chalicelib.gateways.advancedmd.sign_in import Session
from chalicelib.gateways.answers import NoAnswer, NotNow
from infra.simulators.advancedmd.front import PARTNER
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.canned import Answer, answering
from tests.advancedmd.clients import Permits, Shelf, at_server, at_simulator, credentials

wall = datetime.fromisoformat
NOW = wall("2026-12-05T10:00")
NOON = wall("2027-03-01T12:00")


@pytest.fixture(params=["xml", "json"])
def wire(request: pytest.FixtureRequest) -> Any:
    return request.param


def new(**fields: Any) -> NewVisit:
    wanted = {"patient_id": 148, "column_id": 16, "profile_id": 3, "type_id": 13, "start": NOON, "minutes": 30}
    return NewVisit(**{"reference": "apt_1"} | wanted | fields)


def logins(running: Running) -> int:
    return len(running.whole.calls.rows(action="login"))


def test_one_sign_in_of_two_calls_serves_every_worker_who_shares_the_session(running: Running, wire: Any) -> None:
    shelf, permits = Shelf(), Permits()
    workers = [at_simulator(running, shelf=shelf, permits=permits, wire=wire) for _ in range(3)]

    found = [masters.profiles(worker, name="smith") for worker in workers]

    assert [[(one.id, one.code) for one in each] for each in found] == [[(3, "SMI")]] * 3
    assert logins(running) == 2
    assert permits.given == {"login": 1, "3": 3}


def test_an_ended_session_is_replaced_once_and_the_call_made_again(running: Running, wire: Any) -> None:
    shelf = Shelf()
    office = at_simulator(running, shelf=shelf, wire=wire)
    masters.facilities(office)
    old = shelf.session
    running.whole.clock.advance(timedelta(hours=25))

    by_message = [one.code for one in masters.facilities(office)]
    running.whole.clock.advance(timedelta(hours=25))
    by_scheduler = scheduler.find(office, 9000001).id

    assert (by_message, by_scheduler) == (["ACC", "NYC"], 9000001)
    assert shelf.session != old
    assert logins(running) == 6


def test_who_finds_that_another_has_signed_in_anew_uses_that_session(running: Running) -> None:
    shelf = Shelf()
    first, second = (at_simulator(running, shelf=shelf) for _ in range(2))
    masters.facilities(first)
    running.whole.sessions.end_all()
    masters.facilities(first)

    masters.facilities(second)

    assert logins(running) == 4


def test_sessions_that_end_at_once_are_not_asked_for_for_ever(running: Running) -> None:
    running.whole.faults.plan("expired", times=100, action="lookupfacility")

    with pytest.raises(refusals.NotYet):
        masters.facilities(at_simulator(running))

    assert len(running.whole.calls.rows(action="lookupfacility")) == 2
    assert logins(running) == 4


def test_a_wrong_password_is_one_call_and_is_in_no_text(running: Running) -> None:
    login = credentials(running.url + PARTNER, password="hunter2-hunter2")
    office = Office(login, Shelf(), Permits())

    with pytest.raises(refusals.SignInRefused) as refused:
        masters.facilities(office)

    assert refused.value.code == 1024
    assert logins(running) == 1
    told = f"{login!r} {refused.value!r} {Session('OPAQUETOKEN', 'https://x')!r}"
    assert "hunter2" not in told
    assert "OPAQUETOKEN" not in told


def test_an_appointment_is_made_moved_and_led_through_its_day(running: Running, wire: Any) -> None:
    office = at_simulator(running, wire=wire)

    made = scheduler.create(office, new(), now=NOW)
    later = scheduler.move(office, made.id, column_id=16, start=wall("2027-03-01T13:00"), now=NOW)
    longer = scheduler.edit(office, later.id, at=Bookable(16, 3, 234), start=later.start, minutes=45)
    steps = [scheduler.step(office, made.id, name, now=NOW).status for name in ("checkin", "checkout")]
    found = scheduler.find(office, made.id)

    assert (made.start, made.minutes, made.status, made.patient_id) == (NOON, 30, 0, 148)
    assert (later.start, longer.minutes, steps) == (wall("2027-03-01T13:00"), 45, [1, 3])
    assert (found.id, found.minutes, found.column_id, found.profile_id) == (made.id, 45, 16, 3)


def test_whoever_gives_it_another_length_leaves_everything_else(running: Running, wire: Any) -> None:
    office, theirs = at_simulator(running, wire=wire), running.whole.offices["162882"]
    made = theirs.appointments[scheduler.create(office, new(), now=NOW).id]
    made.comments, made.color, made.type_ids = "RING THE BELL", "LILAC", [13, *made.type_ids, 9]
    before = (made.comments, made.color, made.type_ids, made.patient_id, made.reference_id)

    told = scheduler.edit(office, made.id, at=Bookable(16, 3, 234), start=NOON, minutes=45)

    assert (made.comments, made.color, made.type_ids, made.patient_id, made.reference_id) == before
    assert (made.duration, "RING" in repr(told)) == (45, False)


def test_no_notes_leave_or_come(running: Running, wire: Any) -> None:
    office = at_simulator(running, wire=wire)
    running.whole.offices["162882"].appointments[9000001].comments = "very private"

    made = scheduler.create(office, new(), now=NOW)
    page = visits.changed_since(office, "2026-01-01T00:00:00")

    assert running.whole.offices["162882"].appointments[made.id].comments == ""
    assert made.id in {one.id for one in page.visits}
    assert "PRIVATE" not in repr(page)
    assert "PRIVATE" not in repr(scheduler.find(office, 9000001))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"start": wall("2027-03-01T12:10")}, 4101),
        ({"start": wall("2027-03-01T05:00")}, 4155),
        ({"column_id": 19}, 4126),
    ],
)
@pytest.mark.parametrize("keys", [("errorcode", "errormessage"), ("Code", "Description")])
def test_a_refused_time_says_why_under_whichever_key(
    running: Running, keys: tuple[str, str], fields: dict[str, Any], code: int
) -> None:
    running.whole.switches.turn({"conflict_code_key": keys[0], "conflict_text_key": keys[1]})
    office = at_simulator(running)
    scheduler.create(office, new(), now=NOW)

    with pytest.raises(refusals.NotBookable) as refused:
        scheduler.create(office, new(reference="apt_2", **fields), now=NOW)

    assert refused.value.code == code


def test_a_create_whose_answer_was_lost_is_found_by_its_reference(running: Running, wire: Any) -> None:
    office = at_simulator(running, wire=wire)
    masters.facilities(office)
    running.whole.faults.plan("dropped")

    with pytest.raises(NoAnswer):
        scheduler.create(office, new(reference="apt_lost"), now=NOW)

    found = visits.ids_of(office, ["apt_lost", "apt_never"])
    assert list(found) == ["apt_lost"]
    assert scheduler.find(office, found["apt_lost"]).start == NOON


def test_a_lost_answer_to_a_question_is_asked_again_later(running: Running) -> None:
    office = at_simulator(running)
    masters.facilities(office)
    running.whole.faults.plan("dropped")

    with pytest.raises(NotNow):
        visits.of_day(office, date(2027, 3, 1))


@pytest.mark.parametrize("signed", [True, False])
def test_too_many_calls_are_told_to_wait_for_the_next_minute(running: Running, signed: bool) -> None:
    running.whole.switches.turn({"signed_codes": signed})
    office = at_simulator(running)
    masters.facilities(office)
    running.whole.faults.plan("storm", times=2)

    with pytest.raises(refusals.NotYet) as by_message:
        masters.facilities(office)
    with pytest.raises(refusals.NotYet) as by_scheduler:
        scheduler.find(office, 9000001)

    assert [(one.value.limited, one.value.wait) for one in (by_message, by_scheduler)] == [(True, 30.0)] * 2


def test_a_refused_permit_sends_nothing(running: Running) -> None:
    def refuse(_: str) -> None:
        raise refusals.NotYet("Not now.", wait=12)

    with pytest.raises(refusals.NotYet):
        masters.facilities(at_simulator(running, permits=refuse))

    assert running.whole.calls.rows() == []


@pytest.mark.parametrize("patient_in_list", [True, False])
@pytest.mark.parametrize("count_attribute", ["visitcount", "patientcount"])
def test_every_guess_is_read_the_same(running: Running, patient_in_list: bool, count_attribute: str) -> None:
    running.whole.switches.turn({"patient_in_list": patient_in_list, "count_attribute": count_attribute})
    office = at_simulator(running)
    scheduler.create(office, new(), now=NOW)

    page = visits.changed_since(office, "2026-12-05T09:00:00")

    assert [(one.mark, one.patient_id, one.start, one.column) for one in page.visits] == [
        ("N", 148, NOON, "DR SMITH ROOM 1")
    ]


def test_a_deleted_visit_is_gone_by_id_and_a_charged_one_is_not(running: Running) -> None:
    office = at_simulator(running)
    charged, deleted = 9000001, 9000002
    running.whole.offices["162882"].appointments[charged].charged_at = running.whole.clock.now()
    running.whole.offices["162882"].appointments[deleted].status = 11

    page = visits.by_id(office, [charged, deleted])

    assert [(one.id, one.charged) for one in page.visits] == [(charged, True)]
    assert scheduler.find(office, deleted).status == 11


def test_a_cancelled_visit_is_still_told_by_id(running: Running) -> None:
    office = at_simulator(running)

    scheduler.step(office, 9000001, "cancel", now=NOW)

    assert [one.status for one in visits.by_id(office, [9000001]).visits] == [CANCELLED]


def test_patients_are_found_by_name_birth_date_and_phone_and_added_once(running: Running, wire: Any) -> None:
    office = at_simulator(running, wire=wire)
    born = date(1990, 11, 15)
    jane = NewPatient("Beatriz", "Magalhãesa", profile_id=3, born=born, sex="female", phone="(212)555-0119")

    added = patients.add(office, jane)
    with pytest.raises(refusals.AlreadyKnown):
        patients.add(office, jane)

    by_name = patients.by_name(office, "Magalhãesa,Bea")
    assert [one.id for one in by_name] == [added.id]
    assert [one.id for one in patients.by_birth_date(office, born)] == [added.id]
    assert [one.id for one in patients.by_phone(office, "212-555-0119")] == [added.id]
    assert (by_name[0].name, by_name[0].born) == ("MAGALHÃESA,BEATRIZ", born)


def test_columns_and_types_are_numbers_without_prefix(running: Running, wire: Any) -> None:
    office = at_simulator(running, wire=wire)

    columns, kinds = masters.columns(office), masters.kinds(office)

    assert [(one.id, one.profile_id, one.facility_id) for one in columns][:2] == [(16, 3, 234), (17, 4, 234)]
    assert [one.id for one in kinds] == [13, 9]


LOST = [
    Answer(500, "application/json", b'{"error": "An unexpected error occurred"}'),
    Answer(502, "text/html", b"<html>"),
    Answer(200, "application/json", b'{"id": 91000', cut=True),
    Answer(200, "application/json", b"not json"),
    Answer(200, "application/json", b'{"id": null}'),
    Answer(200, "application/json", b"[]"),
]


@pytest.mark.parametrize("answer", LOST)
def test_nobody_knows_what_a_change_did_whose_answer_is_broken(answer: Answer) -> None:
    with answering(answer) as server, pytest.raises(NoAnswer):
        scheduler.create(at_server(server.url), new(), now=NOW)

    assert len(server.asked) == 1


def test_no_redirect_is_followed_with_our_token() -> None:
    with answering(Answer(302, "text/plain", b"")) as server, pytest.raises(refusals.Declined):
        scheduler.find(at_server(server.url), 9000001)

    assert len(server.asked) == 1


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    endless = Answer(200, "text/xml", b"x" * (13 * 1024 * 1024))

    with answering(endless) as server, pytest.raises(NotNow):
        visits.changed_since(at_server(server.url), "2026-11-20T10:15:28.730")


def test_a_server_that_is_not_there_has_certainly_done_nothing() -> None:
    with answering(LOST[0]) as server:
        url = server.url

    with pytest.raises(NotNow):
        scheduler.create(at_server(url), new(), now=NOW)
