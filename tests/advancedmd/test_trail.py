"""Who settled, linked and decided what: it stands in the log and in the trail."""

import pytest

from infra.local.testing import Engine
from tests.advancedmd.offices import OFFICE, Connected, at, hear
from tests.advancedmd.test_overview import differing, listed, settle
from tests.audit.auditing import handle, stream, trail
from tests.builders import Data

pytestmark = pytest.mark.usefixtures("own_table")


def told_of(entries: list[Data]) -> list[tuple[str, str, Data]]:
    """Who has linked and unlinked; within a second the trail has no order."""
    return sorted((one["actor"], one["action"], one["changes"]) for one in entries if "linked" in one["action"])


def logged(clinic: Connected, **query: str) -> list[Data]:
    found: list[Data] = clinic.api.as_("admin").get("/api/advancedmd/sync/logs", **query).data
    return found


def test_who_has_linked_a_patient_stands_in_their_trail_and_in_the_log(clinic: Connected, engine: Engine) -> None:
    patient = clinic.patient()
    number = clinic.patient_there(patient)
    path = f"/api/advancedmd/patients/{patient['id']}/link"

    clinic.api.as_("billing", "ann").put(path, {"advancedmd_patient_id": number})
    clinic.api.as_("billing", "bob").delete(path)
    records = stream(engine, f"PATIENT#{patient['id']}")
    handle(records)
    handle(records)

    linked, unlinked = {"number": [None, str(number)]}, {"number": [str(number), None]}
    assert told_of(trail(clinic.api, "patient", patient)) == [
        ("billing:ann", "linked", linked),
        ("billing:bob", "unlinked", unlinked),
    ]
    assert [(one["actor"], one["operation"]) for one in logged(clinic, type="patient")] == [
        ("billing:bob", "unlink"),
        ("billing:ann", "link"),
    ]


def test_who_has_linked_a_doctor_and_settled_the_office_stands_in_their_trails(
    clinic: Connected, engine: Engine
) -> None:
    doctor = clinic.place.doctor
    clinic.api.as_("admin", "eve").delete(f"/api/advancedmd/doctors/{doctor['id']}/link")
    clinic.api.as_("admin", "eve").put("/api/advancedmd/settings", {"sync_frequency": "daily"})

    handle(stream(engine, "ADVANCEDMD#"))

    [ended, _linked] = told_of(trail(clinic.api, "doctor", doctor))
    last = trail(clinic.api, "officesettings", {"id": OFFICE})[-1]
    assert ended == ("admin:eve", "unlinked", {"number": ["3", None]})
    assert (last["actor"], last["changes"]) == ("admin:eve", {"frequency": ["real-time", "daily"]})


@pytest.mark.parametrize("keep", ["ours", "theirs"])
def test_who_has_decided_which_side_counts_stands_in_the_log(clinic: Connected, keep: str) -> None:
    appointment = differing(clinic)

    settle(clinic, appointment["id"], keep, "billing")

    [row] = logged(clinic, status="decided")
    assert (row["actor"], row["operation"]) == ("billing:test-billing", f"keep_{keep}")
    assert (row["subject_id"], row["patient_id"], row["fields"]) == (
        appointment["id"],
        appointment["patient_id"],
        ["start"],
    )


def test_who_has_left_a_visit_where_it_is_stands_in_the_log(clinic: Connected) -> None:
    fields = {"patientid": 162, "columnid": 16, "profileid": 3, "duration": 30, "startdatetime": at("11:00")}
    clinic.desk("book", 0, **fields)
    hear()
    [visit] = listed(clinic, "admin")

    settle(clinic, visit["id"], "ours")

    [row] = logged(clinic, type="visit")
    assert (row["actor"], row["operation"]) == ("admin:test-admin", "keep_ours")
    assert row["subject_id"] == visit["advancedmd_visit_id"]
