"""Lists of appointments: of a patient, a doctor, a location; by local date, filtered, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kit import cursor
from tests.builders import Clinic, Data, make_doctor, make_patient, unique
from tests.client import Answer, Client
from tests.scheduling.desk import DAY, EVERY_DAY, NEXT_DAY, book, open_clinic, utc


def ids(answer: Answer) -> list[str]:
    return [one["id"] for one in answer.data]


def paths(place: Clinic) -> dict[str, tuple[str, Data]]:
    """Every list that has the clinic's appointments of the day, with its query."""
    doctor, patient = place.doctor["id"], place.patient["id"]
    day = {"from": DAY, "to": DAY}
    return {
        "doctor": (f"/api/appointments/doctor/{doctor}", day),
        "portal": (f"/api/doctors/{doctor}/appointments", day),
        "patient": (f"/api/appointments/patient/{patient}", day),
        "location": ("/api/appointments", day | {"location_id": place.location["id"]}),
    }


def listed(api: Client, place: Clinic, which: str, **query: Any) -> Answer:
    """What an administrator is told who asks for a list."""
    path, usual = paths(place)[which]
    return api.as_("admin").get(path, **(usual | query))


LISTS = ["doctor", "portal", "patient", "location"]


@pytest.mark.parametrize("which", LISTS)
def test_each_list_has_what_is_booked_in_order_of_time(api: Client, which: str) -> None:
    place = open_clinic(api)
    made = [book(api, place, time) for time in ("15:00", "08:00", "11:30")]

    answer = listed(api, place, which)

    assert [one["time"] for one in answer.data] == ["08:00", "11:30", "15:00"]
    assert answer.data[2] == made[0]
    assert answer.json["meta"] == {"next_cursor": None}


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_dates_are_the_locations_own(api: Client, zone: str, which: str) -> None:
    place = open_clinic(api, zone=zone)
    before, early, late, after = (
        book(api, place, scheduled_date=f"{day} {time}:00")
        for day, time in (
            (DAY - timedelta(days=1), "23:30"),
            (DAY, "00:00"),
            (DAY, "23:30"),
            (NEXT_DAY, "00:00"),
        )
    )

    found = ids(listed(api, place, which))
    wider = ids(listed(api, place, which, **{"from": DAY - timedelta(days=1), "to": NEXT_DAY}))

    assert found == [early["id"], late["id"]]
    assert wider == [before["id"], early["id"], late["id"], after["id"]]


@pytest.mark.parametrize("which", ["doctor", "patient"])
def test_without_dates_it_is_all_of_them(api: Client, which: str) -> None:
    place = open_clinic(api)
    made = [book(api, place, "10:00", day=day)["id"] for day in (DAY, NEXT_DAY)]
    path, _ = paths(place)[which]
    admin = api.as_("admin")

    everything, since, until = (admin.get(path), admin.get(path, **{"from": NEXT_DAY}), admin.get(path, to=DAY))

    assert (ids(everything), ids(since), ids(until)) == (made, made[1:], made[:1])


def test_a_location_shows_today_unless_it_is_asked_for_another_date(api: Client) -> None:
    place = open_clinic(api)
    book(api, place)
    admin = api.as_("admin")

    today = admin.get("/api/appointments", location_id=place.location["id"])
    until = admin.get("/api/appointments", location_id=place.location["id"], to=DAY)

    assert (len(today.data), len(until.data)) == (0, 1)


def test_history_stays_when_an_appointment_is_over_or_cancelled(api: Client) -> None:
    place = open_clinic(api)
    kept, cancelled = book(api, place, "10:00"), book(api, place, "11:00")
    api.as_("receptionist").delete(f"/api/appointments/{cancelled['id']}")

    found = listed(api, place, "patient")

    assert [(one["id"], one["status"]) for one in found.data] == [
        (kept["id"], "scheduled"),
        (cancelled["id"], "cancelled"),
    ]


def test_a_moved_appointment_is_listed_where_it_is_now(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place)
    later = NEXT_DAY + timedelta(days=40)
    api.as_("receptionist").put(f"/api/appointments/{made['id']}/reschedule", {"scheduled_date": utc("10:00", later)})

    before = {which: ids(listed(api, place, which)) for which in LISTS}
    after = {which: ids(listed(api, place, which, **{"from": later, "to": later})) for which in LISTS}

    assert before == {which: [] for which in LISTS}
    assert after == {which: [made["id"]] for which in LISTS}


# --- filters ---


FILTERS: list[tuple[Data, list[str]]] = [
    ({"status": "confirmed"}, ["b"]),
    ({"status": "no-show"}, ["c"]),
    ({"status": "scheduled"}, ["a", "d"]),
    ({"mode": "telehealth"}, ["b"]),
    ({"type": "in-person"}, ["a", "c", "d"]),
    ({"origin": "walkin"}, ["c"]),
    ({"q": "CHEST"}, ["a"]),
    ({"text": "sørensen"}, ["d"]),
    ({"specialty": "cardiology"}, ["a", "b", "c", "d"]),
    ({"specialty": "Neurology"}, []),
    ({"status": "scheduled", "q": "chest"}, ["a"]),
    ({"mode": "telehealth", "origin": "walkin"}, []),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[str(query) for query, _ in FILTERS])
@pytest.mark.parametrize("which", ["doctor", "location"])
def test_a_filter_leaves_what_fits(api: Client, which: str, query: Data, expected: list[str]) -> None:
    place = open_clinic(api)
    other = make_patient(api, last_name=unique("Sørensen"))
    made = {
        "a": book(api, place, "08:00", reason_for_visit="Chest pain"),
        "b": book(api, place, "09:00", mode="telehealth"),
        "c": book(api, place, "10:00", origin="walkin"),
        "d": book(api, place, "11:00", patient_id=other["id"]),
    }
    for name, to in (("b", "confirmed"), ("c", "no_show")):
        api.as_("receptionist").put(f"/api/appointments/{made[name]['id']}/status", {"status": to})

    found = ids(listed(api, place, which, **query))

    assert found == [made[name]["id"] for name in expected]


def test_a_number_or_a_doctors_name_is_found_too(api: Client) -> None:
    place = open_clinic(api)
    first, second = book(api, place, "10:00"), book(api, place, "11:00")

    by_number = listed(api, place, "location", q=second["appointment_number"].lower())
    by_doctor = listed(api, place, "location", q=place.doctor["name"])

    assert ids(by_number) == [second["id"]]
    assert ids(by_doctor) == [first["id"], second["id"]]


def test_a_locations_list_is_narrowed_to_a_doctor(api: Client) -> None:
    place = open_clinic(api, rooms=2)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    book(api, place)
    others = book(api, place, doctor_id=colleague["id"], patient_id=make_patient(api)["id"])

    found = ids(listed(api, place, "location", doctor_id=colleague["id"]))

    assert found == [others["id"]]


# --- pages ---


@pytest.mark.parametrize("which", ["doctor", "location"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_follow_each_other_through_appointments_that_begin_together(api: Client, limit: int, which: str) -> None:
    place = open_clinic(api, {"capacity": 3}, rooms=0)
    made = [
        book(api, place, time, patient_id=make_patient(api)["id"])["id"]
        for time in ("10:00", "10:30")
        for _ in range(3)
    ]

    pages, after = [], {}
    for _ in range(len(made) // limit):
        page = listed(api, place, which, limit=limit, **after)
        pages.append(ids(page))
        after = {"cursor": page.json["meta"]["next_cursor"]}

    assert [len(page) for page in pages] == [limit] * (len(made) // limit)
    assert sorted(one for page in pages for one in page) == sorted(made)
    assert after == {"cursor": None}


def test_a_filtered_list_has_full_pages(api: Client) -> None:
    place = open_clinic(api)
    made = [book(api, place, f"1{hour}:00", origin=("online", "walkin")[hour % 2]) for hour in range(6)]

    first = listed(api, place, "doctor", origin="walkin", limit=2)
    rest = listed(api, place, "doctor", origin="walkin", limit=2, cursor=first.json["meta"]["next_cursor"])

    assert ids(first) + ids(rest) == [made[1]["id"], made[3]["id"], made[5]["id"]]


@pytest.mark.parametrize(
    "forged",
    [
        "abc",
        cursor.encode("x", "y"),
        cursor.encode("2026-01-01", "apt_1"),
        cursor.encode("9999-12-31T23:59:59-14:00", "apt_1"),
        cursor.encode("2026-01-01T10:00:00Z"),
        cursor.encode("2026-13-01T10:00:00Z", "apt_1"),
    ],
)
def test_a_forged_cursor_is_refused(api: Client, forged: str) -> None:
    place = open_clinic(api)

    answers = [listed(api, place, which, cursor=forged) for which in LISTS]

    assert {(answer.status, *answer.fields) for answer in answers} == {(422, "cursor")}


def test_a_cursor_beyond_the_dates_is_the_end_of_the_list(api: Client) -> None:
    place = open_clinic(api)
    book(api, place)

    answers = [listed(api, place, which, cursor=cursor.encode("2199-01-01T00:00:00Z", "apt_1")) for which in LISTS]

    assert [answer.json["data"] for answer in answers] == [[]] * 4


# --- ranges ---


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("days", [-1, 367])
def test_a_range_is_at_most_a_year_and_does_not_run_backwards(api: Client, days: int, which: str) -> None:
    place = open_clinic(api)

    answer = listed(api, place, which, to=DAY + timedelta(days=days))

    assert (answer.status, answer.fields) == (422, ["to"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-02-30"}, "from"),
        ({"to": "tomorrow"}, "to"),
        ({"status": "arrived"}, "status"),
        ({"mode": "phone"}, "mode"),
        ({"origin": "fax"}, "origin"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"colour": "red"}, "colour"),
        ({"q": ""}, "q"),
        ({"doctor_id": "a b"}, "doctor_id"),
    ],
)
@pytest.mark.parametrize("which", LISTS)
def test_a_wrong_parameter_is_named(api: Client, which: str, query: Data, field: str) -> None:
    answer = listed(api, open_clinic(api), which, **query)

    assert (answer.status, answer.fields) == (422, [field])


def test_a_location_must_be_named_and_known(api: Client) -> None:
    admin = api.as_("admin")

    missing, unknown = admin.get("/api/appointments"), admin.get("/api/appointments", location_id="loc_none")

    assert (missing.status, missing.fields) == (422, ["location_id"])
    assert (unknown.status, unknown.fields) == (404, ["location_id"])


@pytest.mark.parametrize("path", ["/api/appointments/doctor/doc_none", "/api/doctors/doc_none/appointments"])
def test_an_unknown_doctor_has_no_list(api: Client, path: str) -> None:
    answer = api.as_("admin").get(path)

    assert (answer.status, answer.fields) == (404, ["doctor_id"])


# --- who ---


def test_patients_see_their_own_list_only(api: Client) -> None:
    place, other = open_clinic(api), make_patient(api)
    made = book(api, place)

    own = api.as_("patient", place.patient["id"]).get(f"/api/appointments/patient/{place.patient['id']}")
    strangers = api.as_("patient", other["id"]).get(f"/api/appointments/patient/{place.patient['id']}")

    assert ids(own) == [made["id"]]
    assert (strangers.status, strangers.fields) == (404, ["patient_id"])


def test_a_doctor_sees_of_a_patient_what_is_with_that_doctor(api: Client) -> None:
    place = open_clinic(api)
    colleague = make_doctor(api, schedule={"hours": [EVERY_DAY]}, location_ids=[place.location["id"]])
    mine = book(api, place, "10:00")
    book(api, place, "11:00", doctor_id=colleague["id"])
    path = f"/api/appointments/patient/{place.patient['id']}"

    treating = api.as_("doctor", place.doctor["id"]).get(path)
    stranger = api.as_("doctor", "doc_stranger").get(path)

    assert ids(treating) == [mine["id"]]
    assert (stranger.status, stranger.fields) == (404, ["patient_id"])


def test_a_doctor_has_the_own_list_and_no_colleagues(api: Client) -> None:
    place, made = open_clinic(api), make_doctor(api)

    own = api.as_("doctor", place.doctor["id"]).get(f"/api/appointments/doctor/{place.doctor['id']}")
    other = api.as_("doctor", made["id"]).get(f"/api/appointments/doctor/{place.doctor['id']}")

    assert (own.status, other.status) == (200, 404)


def test_desks_see_what_their_token_covers(api: Client) -> None:
    here, there = open_clinic(api), open_clinic(api)
    made = book(api, here)
    book(api, there, "12:00", patient_id=here.patient["id"])
    desk = api.as_("receptionist", hospital=here.hospital["id"])
    day = {"from": DAY, "to": DAY}

    theirs = desk.get(f"/api/appointments/patient/{here.patient['id']}", **day)
    doctors = desk.get(f"/api/appointments/doctor/{there.doctor['id']}", **day)
    locations = desk.get("/api/appointments", **day, location_id=there.location["id"])

    assert ids(theirs) == [made["id"]]
    assert (doctors.status, locations.status) == (404, 404)


def test_a_kiosk_lists_its_location_without_the_reasons(api: Client) -> None:
    place = open_clinic(api)
    made = book(api, place, reason_for_visit="Rash", notes="Itches")
    api.as_("receptionist").put(f"/api/appointments/{made['id']}/status", {"status": "checked_in", "notes": "Itches"})
    kiosk = api.as_("kiosk", location=place.location["id"])

    answer = kiosk.get("/api/appointments", **{"from": DAY, "location_id": place.location["id"]})

    assert ids(answer) == [made["id"]]
    assert (answer.data[0]["reason_for_visit"], answer.data[0]["stamps"]) == (None, [])
    assert "Itches" not in answer.body


@pytest.mark.parametrize("which", ["doctor", "portal", "location"])
@pytest.mark.parametrize("role", ["patient", "display"])
def test_patients_and_displays_have_no_lists_of_others(api: Client, role: str, which: str) -> None:
    path, query = paths(open_clinic(api))[which]

    answer = api.as_(role).get(path, **query)

    assert answer.status == 403
