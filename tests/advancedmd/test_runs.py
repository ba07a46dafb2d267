"""What is done for many at once: it goes on where it was stopped, says how far it is, and reports what it found."""

from datetime import timedelta

import pytest

from chalicelib.advancedmd import feed
from chalicelib.kit import clock
from chalicelib.table import officeruns
from tests.advancedmd.offices import OFFICE, Connected, at, follow
from tests.builders import Data
from tests.client import Answer
from tests.scheduling.desk import DAY, book, utc

pytestmark = pytest.mark.usefixtures("own_table")

PATIENTS = "/api/advancedmd/patients/bulk-sync"
TOLD = "/api/advancedmd/appointments/bulk-sync"
IMPORT = "/api/advancedmd/appointments/import"
DAYS = {"start_date": str(DAY), "end_date": str(DAY)}


def started(clinic: Connected, path: str, **fields: object) -> Answer:
    answer = clinic.api.as_("admin").post(path, {**DAYS, **fields})
    assert answer.status == 201, answer.body
    return answer


def latest(clinic: Connected, path: str) -> Data:
    found: Data = clinic.api.as_("admin").get(path).data[0]
    return found


def of_patient(clinic: Connected, patient: Data) -> Data:
    found: Data = clinic.api.as_("billing").get(f"/api/advancedmd/patients/{patient['id']}/sync-status").data
    return found


def test_all_patients_of_some_days_are_linked_where_there_is_no_doubt(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    known, stranger = clinic.known_patient(), clinic.patient()
    for hour, patient in enumerate((known, stranger), 10):
        book(clinic.api, clinic.place, f"{hour}:00", patient_id=patient["id"])

    begun = started(clinic, PATIENTS).data
    clinic.work()
    shown = latest(clinic, PATIENTS)

    assert (begun["total"], begun["pending"], begun["synced"]) == (2, 2, 0)
    assert (shown["synced"], shown["failed"], shown["pending"], shown["estimated_wait_seconds"]) == (1, 1, 0, 0)
    assert of_patient(clinic, known)["amd_sync_status"] == "synced"
    assert of_patient(clinic, stranger)["amd_sync_error"].startswith("No patient at AdvancedMD is like this one")


def test_who_is_missing_there_is_added_only_when_that_is_asked_for(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    stranger = clinic.patient()
    book(clinic.api, clinic.place, "10:00", patient_id=stranger["id"])
    before = len(clinic.theirs.patients)

    started(clinic, PATIENTS)
    clinic.work()
    not_added = len(clinic.theirs.patients)
    started(clinic, PATIENTS, add_missing=True)
    clinic.work()

    assert (not_added, len(clinic.theirs.patients)) == (before, before + 1)
    assert of_patient(clinic, stranger)["advancedmd_patient_id"] == str(max(clinic.theirs.patients))


def test_a_run_that_is_stopped_goes_on_where_it_was_and_does_nothing_twice(clinic: Connected) -> None:
    """The worker dies with the server's answer on its way; the next one has the rest to do."""
    clinic.settle(sync_frequency="manual")
    for hour in range(10, 13):
        book(clinic.api, clinic.place, f"{hour}:00", patient_id=clinic.patient()["id"])
    started(clinic, PATIENTS, add_missing=True)
    clinic.running.whole.faults.plan("dropped", times=1, action="addpatient")

    clinic.work()
    stopped = latest(clinic, PATIENTS)
    clinic.work()
    shown = latest(clinic, PATIENTS)

    names = [one.name for one in clinic.theirs.patients.values()]
    assert stopped["pending"] > 0
    assert (shown["synced"] + shown["failed"], shown["pending"]) == (3, 0)
    assert len(names) == len(set(names))


def test_appointments_of_a_run_that_died_before_it_marked_them_are_told_all_the_same(clinic: Connected) -> None:
    """Nothing but the run was written when the process that began it was killed."""
    clinic.settle(sync_frequency="manual")
    appointments = [book(clinic.api, clinic.place, f"1{n}:00", patient_id=clinic.known_patient()["id"]) for n in (0, 1)]
    now = clock.now()
    officeruns.begin(
        OFFICE,
        first=str(DAY),
        last=str(DAY),
        thing_ids=[one["id"] for one in appointments],
        now=clock.iso(now),
        seconds=int(now.timestamp()),
        by="admin:1",
    )
    before = latest(clinic, TOLD)

    woken = feed.run(clock.now())
    clinic.work()
    clinic.work()

    assert (before["pending"], woken, latest(clinic, TOLD)["synced"]) == (2, 1, 2)
    assert [len(clinic.there(one)) for one in appointments] == [1, 1]


@pytest.mark.parametrize("path", [TOLD, PATIENTS, IMPORT])
def test_a_click_that_comes_twice_starts_one_run(clinic: Connected, path: str) -> None:
    desk = clinic.api.as_("admin").with_(idempotency_key="one-click")

    first, again = desk.post(path, DAYS), desk.post(path, DAYS)
    other = desk.post(path, {**DAYS, "end_date": str(DAY + timedelta(days=1))})

    assert (first.status, again.data["id"], other.error["code"]) == (201, first.data["id"], "idempotency_key_reused")
    assert [one.headers.get("idempotency-replayed") for one in (first, again)] == [None, "true"]
    assert len(clinic.api.as_("admin").get(path).data) == 1


def test_days_to_come_are_imported_and_their_visits_become_appointments(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    patient = clinic.patient()
    number = clinic.patient_there(patient)
    clinic.api.as_("billing").put(f"/api/advancedmd/patients/{patient['id']}/link", {"advancedmd_patient_id": number})
    fields = {"patientid": number, "columnid": 16, "profileid": 3, "duration": 30, "startdatetime": at("11:00")}
    clinic.desk("book", 0, **fields)

    begun = started(clinic, IMPORT, end_date=str(DAY + timedelta(days=2))).data
    clinic.work()
    shown = latest(clinic, IMPORT)

    [made] = clinic.api.as_("admin").get(f"/api/appointments/patient/{patient['id']}").data
    assert (begun["days"], begun["days_read"], begun["ended_at"]) == (3, 0, None)
    assert (shown["days_read"], shown["visits_found"], shown["estimated_wait_seconds"]) == (3, 1, 0)
    assert (made["time"], clinic.status(made)["amd_sync_status"]) == ("11:00", "synced")


def test_days_that_are_over_are_not_imported(clinic: Connected) -> None:
    body = {"start_date": "2026-01-15", "end_date": "2026-01-16"}

    refused = clinic.api.as_("admin").post(IMPORT, body)

    assert (refused.status, refused.fields) == (422, ["start_date"])


def test_an_import_that_meets_an_outage_reads_each_day_once(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    clinic.told()
    started(clinic, IMPORT, end_date=str(DAY + timedelta(days=4)))
    clinic.running.whole.faults.plan("error", times=1, action="getdatevisits")
    before = len(clinic.running.whole.calls.rows(action="getdatevisits"))

    clinic.work()
    stopped = latest(clinic, IMPORT)
    woken = feed.run(clock.now())
    clinic.work()

    read = len(clinic.running.whole.calls.rows(action="getdatevisits")) - before
    assert (stopped["days_read"], woken, latest(clinic, IMPORT)["days_read"], read) == (0, 1, 5, 6)


def test_of_two_workers_on_one_run_one_stops(clinic: Connected) -> None:
    clinic.settle(sync_frequency="manual")
    started(clinic, IMPORT)
    [one], [other] = officeruns.unfinished(OFFICE), officeruns.unfinished(OFFICE)

    went_on = [officeruns.go_on(run, ended_at=None, done=1) for run in (one, other)]

    assert went_on == [True, False]


def test_drift_says_field_by_field_what_was_found_and_what_became_of_it(clinic: Connected) -> None:
    appointment = clinic.told()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    clinic.settle(sync_frequency="manual")

    clinic.swept(days=40)
    desk = clinic.api.as_("billing")
    found = desk.get("/api/advancedmd/drift")
    clinic.work()
    after = desk.get("/api/advancedmd/drift").data

    [row] = found.data
    assert (row["drift"], row["amd_sync_status"], after[0]["amd_sync_status"]) == ("differs", "pending", "synced")
    assert row["differences"] == [{"field": "start", "ours": None, "base": utc("10:00"), "theirs": utc("14:00")}]
    assert (found.json["meta"]["drift"], found.json["meta"]["days_read"]) == (1, 40)


def test_a_link_that_people_have_ended_is_not_made_again_by_itself(clinic: Connected) -> None:
    appointment = clinic.told()
    path = f"/api/advancedmd/patients/{appointment['patient_id']}"
    desk = clinic.api.as_("billing")
    number = desk.get(f"{path}/sync-status").data["advancedmd_patient_id"]

    ended = desk.delete(f"{path}/link")
    follow(book(clinic.api, clinic.place, "12:00", patient_id=appointment["patient_id"]))
    clinic.work()
    shown = desk.get(f"{path}/sync-status").data

    assert (ended.status, shown["advancedmd_patient_id"], shown["amd_candidates"]) == (200, None, [number])
    assert shown["amd_sync_error"].startswith("The patient at AdvancedMD who looks like this one was unlinked")


def test_a_doctor_who_was_unlinked_is_told_of_once_somebody_says_who_it_is(clinic: Connected) -> None:
    path = f"/api/advancedmd/doctors/{clinic.place.doctor['id']}/link"
    desk = clinic.api.as_("admin")

    ended = desk.delete(path)
    appointment = book(clinic.api, clinic.place, "10:00", patient_id=clinic.known_patient()["id"])
    follow(appointment)
    clinic.work()
    without = clinic.status(appointment)["amd_sync_error"]
    desk.put(path, {"advancedmd_provider_id": 3})
    desk.post(f"/api/advancedmd/appointments/{appointment['id']}/sync")
    clinic.work()

    rows = desk.get("/api/advancedmd/sync/logs", type="doctor").data
    assert (ended.status, without) == (200, "This doctor is not linked to AdvancedMD.")
    assert clinic.status(appointment)["amd_sync_status"] == "synced"
    assert sorted(one["operation"] for one in rows) == ["link", "link", "unlink"]
