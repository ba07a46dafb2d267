"""What appointments and patients carry of AdvancedMD, for whom, and that reading it costs nothing more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.advancedmd import logbook
from chalicelib.kit import clock
from tests.advancedmd.offices import OFFICE, Connected, at, hear
from tests.builders import Data
from tests.client import Client
from tests.counting import counted
from tests.scheduling.desk import DAY, EVERY_DAY, book, open_clinic, utc

FIELDS = (
    *("advancedmd_visit_id", "advancedmd_provider_id", "advancedmd_facility_id", "last_synced_to_amd"),
    *("amd_sync_status", "amd_sync_error", "amd_visit_url", "amd_conflict"),
)
OF_PATIENT = ("advancedmd_patient_id", "amd_sync_status", "last_synced_to_amd", "amd_sync_error")


def seen(clinic: Connected, appointment: Data, role: str = "receptionist", sub: str = "") -> Data:
    found: Data = clinic.api.as_(role, sub or f"{role}-1").get(f"/api/appointments/{appointment['id']}").data
    return found


def operations(read: Callable[[], Any]) -> list[str]:
    """What a repeated reading asks of the table: that somebody has seen the patient is written down already."""
    read()
    with counted() as made:
        read()
    return [operation for operation, _, _ in made]


def test_an_appointment_carries_its_visit_with_whom_and_where_it_is_there(clinic: Connected) -> None:
    appointment = clinic.told()

    shown = seen(clinic, appointment)

    number = str(clinic.visit_of(appointment))
    assert (shown["advancedmd_visit_id"], shown["amd_sync_status"]) == (number, "synced")
    assert (shown["advancedmd_provider_id"], shown["advancedmd_facility_id"]) == ("3", "234")
    assert shown["amd_visit_url"].endswith(f"id={number}")
    assert shown["last_synced_to_amd"] is not None
    assert (shown["amd_sync_error"], shown["amd_conflict"]) == (None, None)


def test_lists_carry_the_same(clinic: Connected) -> None:
    appointment = clinic.told()
    desk = clinic.api.as_("receptionist")
    where = {"location_id": clinic.place.location["id"], "from": str(DAY)}

    lists = [
        desk.get("/api/appointments", **where).data,
        desk.get(f"/api/appointments/patient/{appointment['patient_id']}").data,
        desk.get(f"/api/doctors/{clinic.place.doctor['id']}/appointments").data,
    ]

    one = {name: seen(clinic, appointment)[name] for name in FIELDS}
    assert [[{name: row[name] for name in FIELDS} for row in rows] for rows in lists] == [[one], [one], [one]]


def test_those_whom_an_edit_strands_carry_it_too(clinic: Connected) -> None:
    appointment = clinic.told()
    path = f"/api/doctors/{clinic.place.doctor['id']}/schedule"
    nights = {"hours": [EVERY_DAY | {"end": "06:00"}]}

    shown = [clinic.api.as_("admin").put(path, nights, dry_run=dry).data["stranded"] for dry in ("true", "false")]

    number = str(clinic.visit_of(appointment))
    assert [[one["advancedmd_visit_id"] for one in stranded] for stranded in shown] == [[number], [number]]


def test_the_doctor_sees_it_and_the_patient_does_not(clinic: Connected) -> None:
    appointment = clinic.told()
    path = f"/api/appointments/patient/{appointment['patient_id']}"

    doctor = seen(clinic, appointment, "doctor", clinic.place.doctor["id"])
    patient = clinic.api.as_("patient", appointment["patient_id"])
    own = [patient.get(f"/api/appointments/{appointment['id']}").data, *patient.get(path).data]

    assert doctor["amd_sync_status"] == "synced"
    assert [{one[name] for name in FIELDS} for one in own] == [{None}, {None}]


def test_what_both_sides_have_changed_stands_on_the_appointment(clinic: Connected) -> None:
    appointment = clinic.told()
    hear()
    clinic.desk("move", clinic.visit_of(appointment), columnid=16, startdatetime=at("14:00"))
    clinic.api.as_("admin").put(f"/api/appointments/{appointment['id']}/reschedule", {"scheduled_date": utc("16:00")})
    hear()

    shown = seen(clinic, appointment)

    [difference] = shown["amd_conflict"]["differences"]
    assert shown["amd_sync_status"] == "error"
    assert (difference["field"], difference["ours"], difference["theirs"]) == ("start", utc("16:00"), utc("14:00"))


def test_a_copy_is_fresh_until_it_stands_otherwise_and_a_change_may_name_it(clinic: Connected) -> None:
    appointment = book(clinic.api, clinic.place, patient_id=clinic.known_patient()["id"])
    path = f"/api/appointments/{appointment['id']}"
    desk = clinic.api.as_("receptionist")
    before = desk.get(path).headers["etag"]
    clinic.api.as_("admin").post(f"/api/advancedmd/appointments/{appointment['id']}/sync")
    clinic.work()

    after = desk.with_(if_none_match=before).get(path)
    again = desk.with_(if_none_match=after.headers["etag"]).get(path)
    changed = desk.with_(if_match=after.headers["etag"]).put(f"{path}/status", {"status": "confirmed"})

    assert (after.status, after.data["amd_sync_status"], again.status) == (200, "synced", 304)
    assert (changed.status, changed.data["amd_sync_status"]) == (200, "synced")


def test_a_patient_carries_who_they_are_there(clinic: Connected) -> None:
    appointment = clinic.told()
    number = clinic.there(appointment)[0].patient_id
    path = f"/api/patients/{appointment['patient_id']}"

    shown = [
        clinic.api.as_(role, sub).get(path).data
        for role, sub in (("receptionist", "r"), ("doctor", clinic.place.doctor["id"]))
    ]
    own = clinic.api.as_("patient", appointment["patient_id"]).get(path).data

    assert [(one["advancedmd_patient_id"], one["amd_sync_status"]) for one in shown] == [(str(number), "synced")] * 2
    assert {own[name] for name in OF_PATIENT} == {None}


def test_reading_it_asks_the_table_no_more_often(clinic: Connected) -> None:
    appointment = clinic.told()
    desk = clinic.api.as_("receptionist")
    where = {"location_id": clinic.place.location["id"], "from": str(DAY)}
    reads: list[Callable[[], Any]] = [
        lambda: desk.get(f"/api/appointments/{appointment['id']}"),
        lambda: desk.get("/api/appointments", **where),
        lambda: desk.get(f"/api/patients/{appointment['patient_id']}"),
    ]

    asked = [operations(read) for read in reads]

    assert asked == [["Query"], ["Query", "BatchGetItem"], ["GetItem", "BatchGetItem"]]


@pytest.mark.usefixtures("own_table")
def test_without_an_office_no_links_are_read(api: Client) -> None:
    place = open_clinic(api)
    book(api, place)
    desk = api.as_("receptionist")
    where = {"location_id": place.location["id"], "from": str(DAY)}
    desk.get("/api/appointments", **where)

    with counted() as many:
        shown = desk.get("/api/appointments", **where).data

    [wanted] = [request["RequestItems"] for operation, request, _ in many if operation == "BatchGetItem"]
    assert [len(table["Keys"]) for table in wanted.values()] == [1]
    assert {shown[0][name] for name in FIELDS} == {None}


def test_a_visit_that_is_charged_is_counted_once(clinic: Connected, show: Callable[[datetime], None]) -> None:
    appointment = clinic.told()
    hear()
    admin = clinic.api.as_("admin")
    clinic.desk("charge", clinic.visit_of(appointment))
    hear()
    show(clock.now() + timedelta(minutes=5))
    clinic.desk("charge", clinic.visit_of(appointment))
    hear()

    cards = {one["type"]: one for one in admin.get("/api/advancedmd/sync/dashboard").data["cards"]}
    [row] = admin.get("/api/advancedmd/sync/logs", type="charge").data

    assert (cards["charges"]["synced"], cards["charges"]["failed"]) == (1, 0)
    assert (row["status"], row["patient_id"], row["error"]) == ("posted", appointment["patient_id"], None)
    assert seen(clinic, appointment)["amd_sync_status"] == "synced"


def test_a_charge_that_is_noted_again_is_the_same_row(clinic: Connected) -> None:
    told_at = clock.now() - timedelta(minutes=1)

    for _ in range(2):
        logbook.note_charge(OFFICE, visit_id=9000001, patient_id=clinic.place.patient["id"], at=told_at)

    rows = clinic.api.as_("admin").get("/api/advancedmd/sync/logs", type="charge").data
    assert len(rows) == 1
