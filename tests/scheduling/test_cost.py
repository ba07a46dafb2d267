"""What a booking costs, counted from the SDK's own calls with warm caches: requests and write units."""

from collections import Counter
from typing import Any

import pytest

from chalicelib.scheduling import booking
from tests import builders
from tests.client import Client
from tests.concurrency.clinics import at, crowd, next_monday, wish
from tests.faults import counted

pytestmark = pytest.mark.usefixtures("own_table")
Calls = list[tuple[str, dict[str, Any], dict[str, Any]]]
KILOBYTE = 1024


def write_units(calls: Calls) -> float:
    """The write units that the table reported, indexes included."""
    return sum(
        part["CapacityUnits"]
        for operation, _, reply in calls
        if operation not in {"BatchGetItem", "GetItem", "Query"}
        for part in _listed(reply["ConsumedCapacity"])
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def operations(calls: Calls) -> Counter[str]:
    return Counter(operation for operation, _, _ in calls)


def appointment_bytes(calls: Calls) -> int:
    """The size of the stored appointment by DynamoDB's own rule: names and values in UTF-8."""
    request = next(request for operation, request, _ in calls if operation == "TransactWriteItems")
    item = next(part["Put"]["Item"] for part in request["TransactItems"] if "Put" in part)
    return sum(len(name.encode()) + len(str(next(iter(value.values()))).encode()) for name, value in item.items())


def test_a_booking_of_doctor_room_and_patient_is_one_read_and_one_transaction(api: Client) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=1, buffer_after=10)
    booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 9)))

    with counted() as calls:
        booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 10)))

    assert operations(calls) == {"BatchGetItem": 1, "TransactWriteItems": 1}
    assert appointment_bytes(calls) <= KILOBYTE
    assert write_units(calls) <= 13


def test_a_booking_with_much_to_say_costs_at_most_fifteen_units(api: Client) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=1)
    booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 9)))
    body = {
        "doctor_id": clinic.doctors[0],
        "patient_id": clinic.patients[0],
        "scheduled_date": at(next_monday(), 10).isoformat(),
        "reason_for_visit": "Breathless after two flights of stairs. " * 10,
        "symptoms": "Swollen ankles in the evening. " * 10,
    }

    with counted() as calls:
        booked = api.as_("receptionist").post("/api/appointments", body)

    assert booked.status == 201
    assert operations(calls) == {"BatchGetItem": 1, "TransactWriteItems": 1}
    assert KILOBYTE < appointment_bytes(calls) <= 2 * KILOBYTE
    assert write_units(calls) <= 15


def test_a_booking_that_creates_its_patient_stays_one_transaction(api: Client) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=1)
    booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 9)))
    person = builders.person()
    known = {name: person[name] for name in ("first_name", "last_name", "phone")}
    body = {
        "doctor_id": clinic.doctors[0],
        "scheduled_date": at(next_monday(), 10).isoformat(),
        "patient_details": known,
    }

    with counted() as calls:
        booked = api.as_("receptionist").post("/api/appointments/book", body)

    assert booked.json["meta"]["patient_created"] is True
    assert operations(calls)["TransactWriteItems"] == 1
    assert sum(operations(calls).values()) <= 5
    assert write_units(calls) <= 20


def test_losing_a_race_costs_reads_only(api: Client) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=2)
    booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 10)))
    body = {
        "doctor_id": clinic.doctors[0],
        "patient_id": clinic.patients[1],
        "scheduled_date": at(next_monday(), 10).isoformat(),
    }

    with counted() as calls:
        refused = api.as_("receptionist").post("/api/appointments", body)

    assert refused.status == 409
    assert operations(calls) == {"BatchGetItem": 2}


def test_cancelling_is_one_read_and_one_transaction(api: Client) -> None:
    clinic = crowd(api, doctors=1, rooms=1, patients=1)
    made = booking.book(wish(clinic.doctors[0], clinic.patients[0], at(next_monday(), 10))).appointment

    with counted() as calls:
        cancelled = api.as_("receptionist").delete(f"/api/appointments/{made.id}")

    assert cancelled.status == 200
    assert operations(calls) == {"GetItem": 1, "TransactWriteItems": 1}
    assert write_units(calls) <= 12
