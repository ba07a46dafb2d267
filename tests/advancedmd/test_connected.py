"""A clinic with an office: what is told by itself, whom it is told of, and what people do when it cannot be told."""

from typing import Any

import pytest

from chalicelib import changes
from chalicelib.advancedmd import feed, following
from chalicelib.kit import clock
from chalicelib.table import base, keys, officelinks, officepeople
from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.offices import OFFICE, Connected, follow, reachable
from tests.builders import Data, make_location
from tests.client import Client
from tests.counting import counted
from tests.scheduling.desk import book, open_clinic

pytestmark = pytest.mark.usefixtures("own_table")


def booked(clinic: Connected, patient: Data) -> Data:
    made = book(clinic.api, clinic.place, patient_id=patient["id"])
    follow(made)
    return made


def test_a_booking_is_told_and_its_patient_is_recognised(clinic: Connected) -> None:
    appointment = booked(clinic, clinic.known_patient())

    drained = clinic.work()

    (visit,) = clinic.there(appointment)
    shown = clinic.status(appointment)
    assert (drained.told, shown["amd_sync_status"], shown["advancedmd_visit_id"]) == (1, "synced", str(visit.id))
    assert shown["last_synced_to_amd"] is not None


def test_who_waited_for_a_doctor_is_told_once_the_doctor_is_linked_by_whichever_process(clinic: Connected) -> None:
    desk, doctor = clinic.api.as_("admin"), clinic.place.doctor["id"]
    link, profile = f"/api/advancedmd/doctors/{doctor}/link", {"advancedmd_provider_id": 3}
    assert desk.delete(link).status == 200
    first = booked(clinic, clinic.known_patient())
    clinic.work()
    waiting = clinic.status(first)["amd_sync_error"]

    officepeople.link_doctor(doctor, office_key=OFFICE, profile_id=3, now=clock.iso(clock.now()), by="elsewhere")
    second = book(clinic.api, clinic.place, "11:00", patient_id=clinic.known_patient()["id"])
    follow(second)
    clinic.work()
    told = clinic.status(second)["amd_sync_status"]
    assert desk.put(link, profile).status == 200
    clinic.work()

    assert (waiting, told) == ("This doctor is not linked to AdvancedMD.", "synced")
    assert clinic.status(first)["amd_sync_status"] == "synced"


def test_a_location_that_takes_no_part_is_not_told_of(clinic: Connected) -> None:
    elsewhere = make_location(clinic.api)
    clinic.settle(locations=[{"location_id": elsewhere["id"]}])

    appointment = booked(clinic, clinic.known_patient())

    assert officelinks.find(appointment["id"]) is None


def test_a_clinic_without_settings_is_followed_at_no_cost(api: Client, engine: Engine, running: Running) -> None:
    with reachable(engine, running, ADVANCEDMD_OFFICE_KEY="1"):
        appointment = book(api, open_clinic(api))
        follow(appointment)

        assert officelinks.find(appointment["id"]) is None
        assert feed.run(clock.now()) == 0


def test_a_clinic_without_an_office_pays_nothing_for_it(api: Client, engine: Engine, running: Running) -> None:
    appointment = book(api, open_clinic(api))
    image = base.get(keys.appointment(appointment["id"])) or {}

    with counted() as without:
        changes.handle(told_by_the_stream(image), None)
        feed.run(clock.now())
    with reachable(engine, running, ADVANCEDMD_OFFICE_KEY="1"), counted() as unsettled:
        for _ in range(5):
            following.follow(appointment["id"], None, image, clock.now())
            feed.run(clock.now())

    assert [request for _, request, _ in without if "ADVANCEDMD" in str(request)] == []
    assert [operation for operation, *_ in unsettled] == ["GetItem"]  # what is settled, once a minute
    assert running.whole.calls.rows() == []


def told_by_the_stream(image: Any) -> Data:
    """A booking, as the table's stream tells of it."""
    told = {"NewImage": image, "ApproximateCreationDateTime": int(clock.now().timestamp()), "SequenceNumber": "1"}
    return {"Records": [{"eventID": "1", "eventName": "INSERT", "dynamodb": told}]}


def test_an_unknown_patient_blocks_nothing_and_says_what_to_do(clinic: Connected) -> None:
    stranger, known = clinic.patient(), clinic.known_patient()
    first = booked(clinic, stranger)
    second = book(clinic.api, clinic.place, "12:00", patient_id=known["id"])
    follow(second)

    clinic.work()

    patient = clinic.api.as_("receptionist").get(f"/api/advancedmd/patients/{stranger['id']}/sync-status").data
    assert clinic.status(first)["amd_sync_error"] == "This patient is not linked to AdvancedMD."
    assert clinic.status(second)["amd_sync_status"] == "synced"
    assert patient["amd_sync_error"].startswith("No patient at AdvancedMD is like this one")


def test_an_unknown_patient_is_added_by_a_click_and_the_visit_follows(clinic: Connected) -> None:
    stranger = clinic.patient()
    appointment = booked(clinic, stranger)
    clinic.work()

    answer = clinic.api.as_("billing").post(f"/api/advancedmd/patients/{stranger['id']}/sync")
    clinic.work()

    (visit,) = clinic.there(appointment)
    assert (answer.status, answer.data["advancedmd_patient_id"]) == (200, str(visit.patient_id))
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_two_who_are_alike_are_shown_and_one_of_them_is_linked_by_hand(clinic: Connected) -> None:
    patient = clinic.patient()
    numbers = [clinic.patient_there(patient), clinic.patient_there(patient)]
    appointment = booked(clinic, patient)
    clinic.work()
    path = f"/api/advancedmd/patients/{patient['id']}"

    refused = clinic.api.as_("billing").post(f"{path}/sync")
    linked = clinic.api.as_("billing").put(f"{path}/link", {"advancedmd_patient_id": numbers[1]})
    clinic.work()

    assert (refused.status, refused.error["code"]) == (409, "advancedmd_patient_unclear")
    assert [one["id"] for one in refused.error["details"]] == numbers
    assert (linked.status, [one.patient_id for one in clinic.there(appointment)]) == (200, [numbers[1]])


def test_a_number_is_looked_up_before_somebody_is_linked_to_it(clinic: Connected) -> None:
    patient = clinic.patient(date_of_birth="1980-02-01")
    stranger = clinic.theirs.patients[148]
    path = f"/api/advancedmd/patients/{patient['id']}"
    desk = clinic.api.as_("billing")

    nobody = desk.put(f"{path}/link", {"advancedmd_patient_id": 999_999})
    another = desk.put(f"{path}/link", {"advancedmd_patient_id": stranger.id})
    [seen] = desk.get(f"{path}/sync-status").data["amd_candidate_people"]
    hidden = clinic.api.as_("receptionist").get(f"{path}/sync-status").data
    confirmed = desk.put(f"{path}/link", {"advancedmd_patient_id": stranger.id, "confirm": True})

    assert (nobody.status, nobody.fields) == (422, ["advancedmd_patient_id"])
    assert (another.status, another.error["code"]) == (409, "advancedmd_somebody_else")
    assert seen == {
        "advancedmd_patient_id": "148",
        "name": stranger.name,
        "date_of_birth": stranger.dob and stranger.dob.isoformat(),
    }
    assert (hidden["amd_candidates"], hidden["amd_candidate_people"]) == (["148"], [])
    assert (confirmed.status, confirmed.data["advancedmd_patient_id"]) == (200, "148")


def test_nobody_there_is_two_of_ours(clinic: Connected) -> None:
    one, other = clinic.patient(), clinic.patient()
    desk = clinic.api.as_("billing")
    body = {"advancedmd_patient_id": 148, "confirm": True}
    desk.put(f"/api/advancedmd/patients/{one['id']}/link", body)

    taken = desk.put(f"/api/advancedmd/patients/{other['id']}/link", body)
    desk.delete(f"/api/advancedmd/patients/{one['id']}/link")
    free = desk.put(f"/api/advancedmd/patients/{other['id']}/link", body)

    assert (taken.status, taken.error["code"], free.status) == (409, "advancedmd_link_taken", 200)


def test_what_is_paused_waits_and_is_told_when_it_goes_on(clinic: Connected) -> None:
    clinic.settle(paused=True)
    appointment = booked(clinic, clinic.known_patient())
    halted = clinic.work()
    woken = feed.run(clock.now())

    clinic.settle(paused=False)
    went_on = feed.run(clock.now())
    clinic.work()

    assert (halted.halted, woken, went_on) == (True, 0, 1)
    assert clinic.status(appointment)["amd_sync_status"] == "synced"


def test_the_connection_is_tried_and_a_wrong_password_is_told_without_saying_it(
    clinic: Connected, engine: Engine
) -> None:
    desk = clinic.api.as_("admin")
    right = desk.post("/api/advancedmd/settings/test-connection").data

    with reachable(engine, clinic.running, ADVANCEDMD_PASSWORD="wrong-password"):
        wrong = desk.post("/api/advancedmd/settings/test-connection")
        shown = desk.get("/api/advancedmd/settings")

    assert right["connected"]
    assert (wrong.data["connected"], "wrong-password" in str(wrong.body)) == (False, False)
    assert (shown.data["password"], shown.data["app_name"]) == ("••••••••", "CA••••")
    assert (shown.data["username"], "CARESLOT_API" in str(shown.body)) == ("CA••••", False)
