"""Lists show each caller the entries that the caller would be shown one by one, whatever they are narrowed to."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.security.clinics import Clinics, moment
from tests.security.matrix import CALLERS

CALL = {who.name: who for who in CALLERS}
HERE, THERE, AWAY, GUEST = "here", "there", "our patient there", "their patient here"
OURS = [HERE, GUEST]
SEES = {
    "admin": [HERE, THERE, AWAY, GUEST],
    "doctor": OURS,
    "patient": [HERE, AWAY],
    "receptionist of the network": [HERE, THERE, AWAY, GUEST],
    "receptionist of the hospital": OURS,
    "receptionist of all the hospital's locations": OURS,
    "receptionist of the hospital's location": OURS,
    "billing of the location": OURS,
    "hospital_admin of a location, whatever the hospital": OURS,
    "receptionist of nowhere": [],
    "kiosk of the location": OURS,
    "kiosk of the hospital": OURS,
    "kiosk of nowhere": [],
}
"""Which of the four appointments each caller sees, in whichever list."""


@pytest.fixture(scope="module")
def four(clinics: Clinics) -> dict[str, str]:
    """Four appointments: of each side's patient with each side's doctor."""
    own, other = clinics.own.ids, clinics.other.ids
    pairs = {HERE: (own, own), THERE: (other, other), AWAY: (other, own), GUEST: (own, other)}
    made = {}
    for name, (doctors, patients) in pairs.items():
        body = {"doctor_id": doctors["doctor"], "patient_id": patients["patient"], "scheduled_date": moment()}
        made[clinics.api.as_("admin").post("/api/appointments", body).data["id"]] = name
    return made


LISTS = {
    "our patient's": ("/api/appointments/patient/{own[patient]}", [HERE, AWAY]),
    "our patient's with their doctor": ("/api/appointments/patient/{own[patient]}?doctor_id={other[doctor]}", [AWAY]),
    "their patient's": ("/api/appointments/patient/{other[patient]}", [THERE, GUEST]),
    "their patient's with our doctor": ("/api/appointments/patient/{other[patient]}?doctor_id={own[doctor]}", [GUEST]),
    "our doctor's": ("/api/appointments/doctor/{own[doctor]}", [HERE, GUEST]),
    "our doctor's at the portal": ("/api/doctors/{own[doctor]}/appointments", [HERE, GUEST]),
    "their doctor's": ("/api/appointments/doctor/{other[doctor]}", [THERE, AWAY]),
    "our location's": ("/api/appointments?location_id={own[location]}&from={first}&to={last}", [HERE, GUEST]),
    "their location's": ("/api/appointments?location_id={other[location]}&from={first}&to={last}", [THERE, AWAY]),
}
"""Every list: its address, and which of the four are in it at all."""

NOT_ASKED = {"patient": "doctor's|location's", "doctor": "location's"}
"""Lists that are closed to a role: see `test_roles.py` and `test_objects.py`."""
ASKED = [(name, which) for name in SEES for which in LISTS if not re.search(NOT_ASKED.get(name, "^$"), which)]


@pytest.mark.parametrize(("name", "which"), ASKED)
def test_a_list_shows_what_the_caller_would_be_shown_one_by_one(
    clinics: Clinics, four: dict[str, str], name: str, which: str
) -> None:
    address, entries = LISTS[which]
    today = datetime.now(UTC).date()
    days = {"first": today, "last": today + timedelta(days=330)}

    answer = clinics.caller(CALL[name]).get(address.format(own=clinics.own.ids, other=clinics.other.ids, **days))

    listed = answer.json.get("data") or []
    assert answer.status in {200, 404}
    assert {four[one["id"]] for one in listed if one["id"] in four} == set(entries) & set(SEES[name])
