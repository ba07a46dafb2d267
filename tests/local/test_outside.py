"""A whole instance sends by itself: what went out is seen in its outbox, by this machine only."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import Data
from tests.instance import Instance
from tests.scheduling.desk import EVERY_DAY

SECONDS = 100.0  # a sweep comes every minute
PHONE = "+14155552671"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An instance with an administrator at it."""
    instance = Instance(tmp_path_factory.mktemp("outside"))
    bearer = {"Authorization": f"Bearer {instance.token('admin')}"}
    with httpx.Client(base_url=instance.base_url, headers=bearer, trust_env=False, timeout=30) as client:
        yield client
    instance.end()


def made(http: httpx.Client, path: str, **fields: Any) -> Data:
    answer = http.post(path, json=fields)
    assert answer.status_code == 201, answer.text
    found: Data = answer.json()["data"]
    return found


def book(http: httpx.Client) -> Data:
    """An appointment of a patient who can be reached by e-mail and phone, in three hours at the earliest."""
    hospital = made(http, "/api/hospitals", name="General")
    location = made(http, "/api/locations", name="Harbour", zone="UTC", hospital_id=hospital["id"])
    doctor = made(
        http, "/api/doctors", name="Dr. Lind", specialty="Cardiology", location_ids=[location["id"]], email=None
    )
    hours = [{**EVERY_DAY, "location_id": location["id"]}]
    assert http.put(f"/api/doctors/{doctor['id']}/schedule", json={"hours": hours}).status_code == 200
    wishes = {"email": True, "sms": True}
    patient = made(
        http,
        "/api/patients",
        first_name="Zoë",
        last_name="Müller",
        email="zoe@example.com",
        phone=PHONE,
        date_of_birth="1990-01-01",
        communication_preferences=wishes,
    )
    free = http.get(f"/api/doctors/{doctor['id']}/availability").json()["data"]
    return made(
        http,
        "/api/appointments",
        doctor_id=doctor["id"],
        patient_id=patient["id"],
        scheduled_date=free[-1]["start_time"],
    )


def outbox(http: httpx.Client, **query: str) -> list[Data]:
    found: list[Data] = httpx.get(f"{http.base_url}/_local/outbox", params=query, trust_env=False).json()["data"]
    return found


def awaited(http: httpx.Client, **query: str) -> list[Data]:
    """The rows, as soon as there are any."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := outbox(http, **query):
            return found
        time.sleep(0.2)
    raise AssertionError(outbox(http))


def arrived(http: httpx.Client, appointment: Data) -> str:
    """What is known of the confirmation's delivery, once anything final is."""
    until, known = time.monotonic() + SECONDS, None
    while time.monotonic() < until and known in {None, "sent"}:
        listed = http.get(f"/api/reminders/appointment/{appointment['id']}").json()["data"]
        [known] = [one["delivery_status"] for one in listed if one["kind"] == "confirmation"]
        time.sleep(0.2)
    return str(known)


def test_a_booking_is_confirmed_by_mail_and_its_receipt_comes_back(http: httpx.Client) -> None:
    appointment = book(http)

    [row] = awaited(http, appointment_id=appointment["id"])

    assert (row["channel"], row["to"], row["kind"]) == ("email", "zoe@example.com", "confirmation")
    assert row["body"].startswith("Your appointment with Dr. Lind is booked for ")
    assert set(row) >= {"channel", "to", "kind", "subject", "body", "at", "appointment_id"}
    assert row["attachments"] == ["appointment.ics"]
    assert outbox(http, appointment_id=appointment["id"], channel="sms") == []
    assert arrived(http, appointment) == "delivered"


def test_somebody_writes_to_the_clinic_and_is_heard(http: httpx.Client) -> None:
    answer = httpx.post(f"{http.base_url}/_local/messages", json={"from": PHONE, "body": "Hello"}, trust_env=False)

    assert answer.status_code == 200
    assert "<Response>" in answer.json()["data"]["answer"]


@pytest.mark.parametrize("host", ["clinic.example", "127.0.0.1.example:80", ""])
def test_nobody_from_elsewhere_is_answered(http: httpx.Client, host: str) -> None:
    answer = httpx.get(f"{http.base_url}/_local/outbox", headers={"Host": host}, trust_env=False)

    assert answer.status_code in {400, 403}
    assert "data" not in answer.text


def test_what_cannot_be_read_is_refused(http: httpx.Client) -> None:
    asked = [("messages", {}), ("faults", {"system": "pigeons", "kind": "lost"}), ("faults", {"system": "twilio"})]
    asked.append(("faults", {"system": "twilio", "kind": "eaten"}))

    said = [httpx.post(f"{http.base_url}/_local/{path}", json=body, trust_env=False) for path, body in asked]

    assert [answer.status_code for answer in said] == [400] * 4


def test_what_went_out_is_still_there_after_the_power_went(start: Any, tmp_path: Path) -> None:
    first = start()
    httpx.post(f"{first.base_url}/_local/messages", json={"from": PHONE, "body": "HELP"}, trust_env=False)
    (tmp_path / "outbox.jsonl").open("a").write(
        '{"channel": "sms", "to": "+1", "subject": "", "body": "Hi", "at": "2026-01-01T00:00:00Z"}\n{"channel": "s'
    )
    first.kill()

    again = start()

    found = httpx.get(f"{again.base_url}/_local/outbox", params={"channel": "sms"}, trust_env=False).json()["data"]
    assert [row["body"] for row in found][-1:] == ["Hi"]
