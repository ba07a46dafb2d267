"""What administrators settle about the office, and what they are kept from: whatever would change what is linked."""

import pytest

from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running
from tests.advancedmd.offices import OFFICE, SETTLED, Connected, reachable
from tests.client import Client

pytestmark = pytest.mark.usefixtures("own_table")

PATH = "/api/advancedmd/settings"


def test_the_first_settings_are_saved_on_top_of_none(api: Client, engine: Engine, running: Running) -> None:
    with reachable(engine, running):
        desk = api.as_("admin")
        read = desk.get(PATH)

        saved = desk.with_(if_match=read.headers["etag"]).put(PATH, SETTLED)
        again = desk.with_(if_match=read.headers["etag"]).put(PATH, SETTLED)

    assert (saved.status, saved.data["version"], again.status) == (200, 1, 412)


def test_the_zone_stays_once_visits_are_linked_by_it(clinic: Connected) -> None:
    desk = clinic.api.as_("admin")
    before = desk.put(PATH, {"zone": "Africa/Abidjan"})
    clinic.told()

    same = desk.put(PATH, {"zone": "Africa/Abidjan", "sync_frequency": "hourly"})
    other = desk.put(PATH, {"zone": "America/Denver"})

    assert (before.status, same.status, other.status) == (200, 200, 409)
    assert (other.error["code"], desk.get(PATH).data["zone"]) == ("advancedmd_zone_fixed", "Africa/Abidjan")


def test_numbers_of_one_office_are_not_taken_to_another(clinic: Connected, engine: Engine) -> None:
    clinic.told()
    desk = clinic.api.as_("admin")

    with reachable(engine, clinic.running, ADVANCEDMD_OFFICE_KEY="991000"):
        refused = desk.put(PATH, SETTLED)
        shown = desk.get(PATH).data
    back = desk.put(PATH, {"sync_frequency": "hourly"})

    assert (refused.status, refused.error["code"], OFFICE in refused.error["message"]) == (
        409,
        "advancedmd_another_office",
        True,
    )
    assert (shown["version"], back.status) == (0, 200)


def test_nothing_is_told_by_itself_without_a_type_of_appointments(
    api: Client, engine: Engine, running: Running
) -> None:
    with reachable(engine, running):
        refused = api.as_("admin").put(PATH, {"auto_sync_appointments": True, "zone": "UTC"})
        shown = api.as_("admin").get(PATH).data

    assert (refused.status, refused.fields) == (422, ["appointment_type_id"])
    assert not shown["auto_sync_appointments"]


def test_what_the_office_has_is_offered_by_name_and_asked_for_once(clinic: Connected) -> None:
    desk = clinic.api.as_("admin")

    first, again = desk.get("/api/advancedmd/office"), desk.get("/api/advancedmd/office")

    asked = [len(clinic.running.whole.calls.rows(action=one)) for one in ("lookupfacility", "getappttypes")]
    names = {kind: {one["id"]: one["name"] for one in found} for kind, found in first.data.items()}
    assert names["profiles"][3] == clinic.theirs.profiles[3].name
    assert (234 in names["facilities"], 13 in names["appointment_types"]) == (True, True)
    assert [(one["profile_id"], one["facility_id"]) for one in first.data["columns"] if one["id"] == 16] == [(3, 234)]
    assert (again.data, asked) == (first.data, [1, 1])
