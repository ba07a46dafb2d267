"""Hospitals, locations, rooms and services over HTTP."""

from tests.builders import make_doctor, make_hospital, make_location, make_room, make_service, unique
from tests.client import Client


def test_a_hospital_is_made_read_changed_and_listed(api: Client) -> None:
    admin = api.as_("admin")
    made = make_hospital(api, address="1 Long Street", phone="+14155550100")

    changed = admin.put(f"/api/hospitals/{made['id']}", {"name": "Søndre Sykehus 🏥"}).data

    assert changed["name"] == "Søndre Sykehus 🏥"
    assert changed["address"] == "1 Long Street"
    assert api.as_("patient").get(f"/api/hospitals/{made['id']}").data == changed
    assert made["id"] in listed(api, "/api/hospitals")


def test_a_location_keeps_its_zone_its_policies_and_its_opening_hours(api: Client) -> None:
    hours = {"monday": [{"start": "08:00", "end": "12:30"}, {"start": "22:00", "end": "06:00"}]}

    made = make_location(api, zone="Asia/Kolkata", cutoff_minutes=120, opening=hours, latitude=12.97, longitude=-77)

    read = api.as_("display").get(f"/api/locations/{made['id']}").data
    assert (read["zone"], read["cutoff_minutes"], read["hold_minutes"], read["patient_daily_cap"]) == (
        "Asia/Kolkata",
        120,
        10,
        8,
    )
    assert (read["latitude"], read["longitude"]) == (12.97, -77.0)
    assert read["opening"]["monday"] == hours["monday"]
    assert read["opening"]["sunday"] == []


def test_a_location_says_which_language_its_screens_speak(api: Client) -> None:
    made = make_location(api, language="de-CH")

    refused = api.as_("admin").put(f"/api/locations/{made['id']}", {"language": "Swiss German"})

    assert api.as_("display").get(f"/api/locations/{made['id']}").data["language"] == "de-CH"
    assert make_location(api)["language"] is None
    assert (refused.status, refused.fields) == (422, ["language"])


def test_a_location_has_something_to_say_on_its_screens(api: Client) -> None:
    said = [{"text": "Free flu shots on Fridays."}, {"text": "Heute ist das Labor zu.", "language": "de"}]
    made = make_location(api, display_messages=said)

    refused = api.as_("admin").put(f"/api/locations/{made['id']}", {"display_messages": [{"text": "x" * 201}]})

    assert api.as_("display").get(f"/api/locations/{made['id']}").data["display_messages"] == said
    assert (refused.status, refused.fields) == (422, ["display_messages[0].text"])


def test_opening_hours_until_midnight_and_around_the_clock_come_back_as_they_were_sent(api: Client) -> None:
    hours = {"friday": [{"start": "00:00", "end": "24:00"}], "saturday": [{"start": "07:00", "end": "07:00"}]}

    made = make_location(api, opening=hours)

    assert made["opening"]["friday"] == hours["friday"]
    assert made["opening"]["saturday"] == hours["saturday"]


def test_a_location_sent_back_as_it_was_read_stays_as_it_was(api: Client) -> None:
    made = make_location(api, opening={"monday": [{"start": "08:00", "end": "20:00"}]})

    again = api.as_("admin").put(f"/api/locations/{made['id']}", made).data

    assert again == made


def test_clearing_the_opening_hours_opens_a_location_always(api: Client) -> None:
    made = make_location(api, opening={"monday": [{"start": "08:00", "end": "20:00"}]})

    changed = api.as_("admin").put(f"/api/locations/{made['id']}", {"opening": None}).data

    assert changed["opening"] is None


def test_locations_are_listed_by_hospital_and_in_pages(api: Client) -> None:
    hospital = make_hospital(api)
    made = [make_location(api, name=name, hospital_id=hospital["id"])["id"] for name in ("a", "B", "c")]
    make_location(api)

    first = api.as_("admin").get("/api/locations", hospital_id=hospital["id"], limit=2)
    cursor = first.json["meta"]["next_cursor"]
    second = api.as_("admin").get("/api/locations", hospital_id=hospital["id"], limit=2, cursor=cursor)

    assert [location["id"] for location in first.data + second.data] == made
    assert second.json["meta"]["next_cursor"] is None


def test_a_desk_opens_locations_of_its_own_hospital_only(api: Client) -> None:
    own, other = make_hospital(api), make_hospital(api)
    desk = api.as_("hospital_admin", hospital=own["id"])
    foreign = make_location(api, hospital_id=other["id"])

    made = desk.post("/api/locations", {"name": "Annex", "zone": "UTC"})
    refused = desk.post("/api/locations", {"name": "Annex", "zone": "UTC", "hospital_id": other["id"]})
    unseen = desk.put(f"/api/locations/{foreign['id']}", {"name": "Mine"})

    assert made.data["hospital_id"] == own["id"]
    assert (refused.status, refused.fields) == (404, ["hospital_id"])
    assert unseen.status == 404


def test_a_location_cannot_be_moved_to_a_hospital_of_others(api: Client) -> None:
    own, other = make_hospital(api), make_hospital(api)
    location = make_location(api, hospital_id=own["id"])

    answer = api.as_("hospital_admin", hospital=own["id"]).put(
        f"/api/locations/{location['id']}", {"hospital_id": other["id"]}
    )

    assert (answer.status, answer.fields) == (404, ["hospital_id"])


def test_a_room_is_made_changed_taken_out_of_use_and_brought_back(api: Client) -> None:
    admin, location, service = api.as_("admin"), make_location(api), make_service(api)
    room = make_room(api, location["id"], equipment=["ECG", "ECG"], services=[service["id"]], turnover_minutes=10)
    address = f"/api/rooms/{room['id']}"

    changed = admin.put(address, {"capacity": 3}).data
    closed = admin.delete(address).data
    listed_closed = listed(api, f"/api/locations/{location['id']}/rooms")
    reopened = admin.put(address, {"active": True}).data

    assert room["equipment"] == ["ECG"]
    assert (changed["capacity"], changed["turnover_minutes"], changed["location_id"]) == (3, 10, location["id"])
    assert closed["active"] is False
    assert listed_closed == []
    assert reopened["active"] is True


def test_a_room_that_is_out_of_use_is_listed_on_request(api: Client) -> None:
    location = make_location(api)
    room = make_room(api, location["id"])

    api.as_("admin").delete(f"/api/rooms/{room['id']}")

    shown = api.as_("admin").get(f"/api/locations/{location['id']}/rooms", include_inactive="true").data
    assert [one["id"] for one in shown] == [room["id"]]


def test_a_room_of_an_unknown_location_or_for_an_unknown_service_is_refused(api: Client) -> None:
    location = make_location(api)

    nowhere = api.as_("admin").post("/api/locations/loc_none/rooms", {"name": "1"})
    useless = api.as_("admin").post(f"/api/locations/{location['id']}/rooms", {"name": "1", "services": ["svc_none"]})

    assert nowhere.status == 404
    assert (useless.status, useless.fields) == (404, ["services"])


def test_a_service_is_made_changed_and_taken_out_of_the_catalogue(api: Client) -> None:
    admin = api.as_("admin")
    service = make_service(api, price=99.5, modes=["telehealth"], equipment=["camera"], colour="#00ff7F")
    address = f"/api/services/{service['id']}"

    changed = admin.put(address, {"duration_minutes": 45, "price": 100}).data
    admin.delete(address)

    assert (service["price"], service["modes"]) == (99.5, ["telehealth"])
    assert (changed["duration_minutes"], changed["price"]) == (45, 100.0)
    assert service["id"] not in listed(api, "/api/services")
    assert admin.get(address).data["active"] is False


def test_an_administrator_chooses_ids_and_others_cannot(api: Client) -> None:
    chosen, hospital = unique("id").replace(" ", "-"), make_hospital(api)

    made = make_doctor(api, id=chosen)
    taken = api.as_("admin").post("/api/doctors", {"id": chosen, "name": "Dr. No", "specialty": "Cardiology"})
    ignored = api.as_("hospital_admin", hospital=hospital["id"]).post(
        "/api/locations", {"id": chosen, "name": "Annex", "zone": "UTC"}
    )

    assert made["id"] == chosen
    assert (taken.status, taken.error["code"]) == (409, "id_taken")
    assert ignored.data["id"] != chosen


def listed(api: Client, path: str) -> list[str]:
    """The ids on all pages of a list."""
    found: list[str] = []
    cursor = ""
    while True:
        page = api.as_("admin").get(path, **{"limit": 200} | ({"cursor": cursor} if cursor else {}))
        found += [thing["id"] for thing in page.data]
        cursor = page.json["meta"]["next_cursor"]
        if not cursor:
            return found
