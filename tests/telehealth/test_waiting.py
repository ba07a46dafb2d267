"""The waiting room of a visit: who comes waits, the doctor decides, and comings and goings are kept."""

from datetime import timedelta

import pytest

from chalicelib.telehealth import relays, terms
from tests.builders import Clinic, Data, make_patient
from tests.client import Client
from tests.telehealth import visiting
from tests.telehealth.visiting import OTHER_TAB, TAB, book, doctor, enter, holding, link, patient, people, room, soon


@pytest.fixture
def place(api: Client) -> Clinic:
    return visiting.video_clinic(api)


@pytest.fixture
def room_id(api: Client, place: Clinic) -> str:
    """The room of a visit that is about to begin."""
    made: str = link(patient(api, place), book(api, place))["room_id"]
    return made


def decide(api: Client, place: Clinic, room_id: str, person: str = "patient", *, how: str = "admit") -> Data:
    """The room as the doctor sees it who has let somebody in, or not."""
    answer = doctor(api, place).post(f"/api/telehealth/room/{room_id}/{how}", {"person": person})
    assert answer.status == 200, answer.body
    seen: Data = answer.data
    return seen


def test_a_patient_waits_until_the_doctor_lets_them_in(api: Client, place: Clinic, room_id: str) -> None:
    arrived = enter(patient(api, place), room_id).data
    seen = enter(doctor(api, place), room_id, OTHER_TAB).data

    decide(api, place, room_id)

    assert (arrived["state"], people(seen)) == ("waiting", {"host": "admitted", "patient": "waiting"})
    assert room(patient(api, place), room_id)["state"] == "admitted"


def test_the_doctor_sees_what_the_patients_browser_can_do(api: Client, place: Clinic, room_id: str) -> None:
    enter(patient(api, place), room_id, webcam=False)

    [waiting] = room(doctor(api, place), room_id)["people"]

    assert waiting["requirements"] == {"internet": True, "webcam": False, "microphone": True, "browser": True}
    assert (waiting["here"], waiting["tab"]) == (True, TAB)


def test_who_waits_is_told_how_many_are_before_them_and_how_long_that_may_take(api: Client, place: Clinic) -> None:
    earlier = book(api, place, soon(), patient_id=make_patient(api)["id"], duration_minutes=5)
    mine = link(patient(api, place), book(api, place, soon(5), duration_minutes=5))["room_id"]

    seen = enter(patient(api, place), mine).data

    assert seen["ahead"] == 1
    assert 5 <= seen["estimated_wait_time_minutes"] < seen["estimated_wait_p90_minutes"]
    assert room(doctor(api, place), mine)["ahead"] is None
    assert api.as_("receptionist").delete(f"/api/appointments/{earlier['id']}").status == 200
    assert room(patient(api, place), mine)["ahead"] == 0


def test_who_is_declined_may_knock_again(api: Client, place: Clinic, room_id: str) -> None:
    enter(patient(api, place), room_id)
    decide(api, place, room_id, how="decline")
    declined = room(patient(api, place), room_id)["state"]

    again = enter(patient(api, place), room_id).data["state"]

    assert (declined, again) == ("declined", "waiting")


def test_whoever_was_let_in_may_go_and_come_back(api: Client, place: Clinic, room_id: str) -> None:
    enter(patient(api, place), room_id)
    decide(api, place, room_id)
    patient(api, place).post(f"/api/telehealth/room/{room_id}/leave", {"tab": TAB})

    back = enter(patient(api, place), room_id, OTHER_TAB).data

    [seen] = room(doctor(api, place), room_id)["people"]
    assert (back["state"], seen["here"]) == ("admitted", True)
    assert [event["what"] for event in seen["events"]] == ["joined", "left", "joined"]


def test_a_window_that_was_replaced_by_another_cannot_leave_for_it(api: Client, place: Clinic, room_id: str) -> None:
    enter(patient(api, place), room_id, TAB)
    enter(patient(api, place), room_id, OTHER_TAB)

    patient(api, place).post(f"/api/telehealth/room/{room_id}/leave", {"tab": TAB})

    [seen] = room(doctor(api, place), room_id)["people"]
    assert seen["here"]


@pytest.mark.parametrize("how", ["admit", "decline", "guests"])
def test_only_the_doctor_of_the_visit_decides(api: Client, place: Clinic, room_id: str, how: str) -> None:
    enter(patient(api, place), room_id)
    body = {"name": "Ama"} if how == "guests" else {"person": "patient"}
    path = f"/api/telehealth/room/{room_id}/{how}"

    answers = [patient(api, place).post(path, body), api.as_("doctor", "doc_other").post(path, body)]

    assert [answer.status for answer in answers] == [403, 404]
    assert people(room(doctor(api, place), room_id)) == {"patient": "waiting"}


@pytest.mark.parametrize("person", ["patient", "gst_7d3kq9x2m4c8v1n5b6z0w3r7t9"])
def test_who_has_not_come_cannot_be_let_in(api: Client, place: Clinic, room_id: str, person: str) -> None:
    answer = doctor(api, place).post(f"/api/telehealth/room/{room_id}/admit", {"person": person})

    assert (answer.status, answer.fields) == (404, ["person"])


def test_the_doctor_cannot_be_sent_out_of_the_own_visit(api: Client, place: Clinic, room_id: str) -> None:
    enter(doctor(api, place), room_id)

    answer = doctor(api, place).post(f"/api/telehealth/room/{room_id}/decline", {"person": "host"})

    assert answer.status == 422


def test_a_guest_is_asked_by_the_doctor_and_waits_like_everybody(api: Client, place: Clinic, room_id: str) -> None:
    invited = doctor(api, place).post(f"/api/telehealth/room/{room_id}/guests", {"name": "Ama, interpreter"}).data
    guest = holding(api, invited["token"])

    seen = enter(guest, room_id).data
    decide(api, place, room_id, invited["guest_id"])

    assert (seen["side"], seen["state"], seen["person"]) == ("guest", "waiting", invited["guest_id"])
    assert (seen["patient_id"], seen["patient_name"], seen["appointment_id"]) == (None, None, None)
    assert people(room(guest, room_id)) == {invited["guest_id"]: "admitted"}


def test_an_invitation_that_was_taken_back_opens_nothing(api: Client, place: Clinic, room_id: str) -> None:
    host = doctor(api, place)
    invited = host.post(f"/api/telehealth/room/{room_id}/guests", {"name": "Ama"}).data
    guest = holding(api, invited["token"])
    enter(guest, room_id)

    revoked = host.delete(f"/api/telehealth/room/{room_id}/guests/{invited['guest_id']}")

    answer = guest.get(f"/api/telehealth/room/{room_id}")
    assert revoked.data["state"] == "revoked"
    assert (answer.status, answer.error["code"]) == (401, "visit_link_ended")


def test_a_guest_of_one_visit_finds_no_other(api: Client, place: Clinic, room_id: str) -> None:
    other = link(patient(api, place), book(api, place, soon(60)))["room_id"]
    invited = doctor(api, place).post(f"/api/telehealth/room/{room_id}/guests", {"name": "Ama"}).data

    answer = holding(api, invited["token"]).get(f"/api/telehealth/room/{other}")

    assert answer.status == 404


def test_the_patient_cannot_be_revoked_as_if_they_were_a_guest(api: Client, place: Clinic, room_id: str) -> None:
    enter(patient(api, place), room_id)

    answer = doctor(api, place).delete(f"/api/telehealth/room/{room_id}/guests/patient")

    assert (answer.status, answer.fields) == (404, ["guest_id"])


def test_a_room_without_an_appointment_is_open_at_once(api: Client, place: Clinic) -> None:
    book(api, place)  # so that they have met
    made = doctor(api, place).post("/api/telehealth/rooms", {"patient_id": place.patient["id"]}).data
    secret = made["patient_url"].partition("#token=")[2]

    arrived = enter(holding(api, secret), made["room_id"]).data
    host = enter(holding(api, made["token"]), made["room_id"], OTHER_TAB).data

    assert (arrived["side"], arrived["state"], arrived["appointment_id"]) == ("patient", "waiting", None)
    assert people(host) == {"host": "admitted", "patient": "waiting"}


def test_a_desk_sees_who_waits_and_cannot_enter(api: Client, place: Clinic, room_id: str) -> None:
    enter(patient(api, place), room_id)
    desk = api.as_("receptionist", location=place.location["id"])

    seen = room(desk, room_id)

    assert (seen["side"], seen["person"], people(seen)) == ("desk", None, {"patient": "waiting"})
    assert enter(desk, room_id).status == 403


def test_servers_are_told_to_who_is_let_in(
    api: Client, place: Clinic, room_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.kit.settings import settings  # noqa: PLC0415 - read again with these

    for name, value in {"STUN_URLS": "stun:s.example", "TURN_URLS": "turn:t.example", "TURN_SECRET": "shh"}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()

    try:
        waiting = enter(patient(api, place), room_id).data["ice_servers"]
        host = enter(doctor(api, place), room_id, OTHER_TAB).data["ice_servers"]
    finally:
        monkeypatch.undo()
        settings.cache_clear()

    assert waiting == []
    assert [one["urls"] for one in host] == [["stun:s.example"], ["turn:t.example"]]
    assert "shh" not in str(host)


def test_a_relays_password_is_its_name_signed() -> None:
    until = soon()

    [relay] = relays.servers(stun="", turn="turn:t.example", secret="north", person="host", until=until)

    # printf %s 1893456000:host | openssl dgst -sha1 -hmac north -binary | base64
    known = relays.servers(
        stun="",
        turn="turn:t.example",
        secret="north",
        person="host",
        until=until.fromtimestamp(1893456000, until.tzinfo),
    )
    assert relay["username"] == f"{int(until.timestamp())}:host"
    assert (known[0]["username"], known[0]["credential"]) == ("1893456000:host", "AZxOi4krUZFywlYiwY5Tz9F9F6o=")


@pytest.mark.parametrize(
    ("after", "host", "patient_came", "missing"),
    [
        (14, True, False, None),
        (15, True, False, "patient"),
        (15, False, True, "host"),
        (60, True, True, None),
        (60, False, False, None),
    ],
)
def test_who_has_not_come_in_a_quarter_of_an_hour_is_missed(
    after: int, host: bool, patient_came: bool, missing: str | None
) -> None:
    start = soon()

    found = terms.missing(start, start + timedelta(minutes=after), host_came=host, patient_came=patient_came)

    assert found == missing


@pytest.mark.parametrize(
    ("minutes", "lasts", "status"),
    [(-16, 30, "early"), (-15, 30, "open"), (89, 30, "open"), (90, 30, "over"), (23 * 60 + 45, 24 * 60, "over")],
)
def test_a_room_is_open_around_its_visit_and_never_longer_than_a_day(minutes: int, lasts: int, status: str) -> None:
    start = soon()

    found = terms.status(start, start + timedelta(minutes=lasts), start + timedelta(minutes=minutes))

    assert found == status
