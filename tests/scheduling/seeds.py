"""The bodies that the seed documents print for booking: S1 is the appointment booking system, S2 the comprehensive one.

Each example asks for a working day of its own, so that none is in the way of another.
"""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

Data = dict[str, Any]
_days = count(10)


def working_day() -> date:
    """The next working day that no other example uses."""
    while True:
        day = datetime.now(UTC).date() + timedelta(days=next(_days))
        if day.weekday() < 5:
            return day


def s2_book(day: date) -> Data:
    """S2, POST /api/appointments/book."""
    return {
        "doctor_id": 123,
        "scheduled_date": f"{day}T10:00:00Z",
        "duration_minutes": 30,
        "patient_details": {
            "first_name": "John",
            "last_name": "Doe",
            "phone": "+1234567890",
            "email": "john@example.com",
        },
        "reason_for_visit": "Regular checkup",
        "urgency_level": "medium",
        "payment_method": "online",
        "payment_amount": 100.00,
    }


def s1_record(day: date) -> Data:
    """S1, a row of the appointments table."""
    return {
        "id": "3f0e6f3a-3b52-4f3e-9d57-4d1f8a6b1c11",
        "doctor_id": 123,
        "patient_id": 789,
        "doctor_name": "Dr. Smith",
        "patient_name": "John Doe",
        "specialty": "Cardiology",
        "date": f"{day}",
        "time": "10:00:00",
        "duration": 30,
        "type": "in-person",
        "status": "scheduled",
        "location": "Main clinic",
        "telehealth_url": None,
        "reason": "Regular checkup",
        "notes": "First visit",
        "reminder_sent": False,
        "reminder_preferences": {
            "email": True,
            "sms": True,
            "push": False,
            "timing": "24h",
            "customMessage": "Bring your insurance card",
        },
        "can_reschedule": True,
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
    }


def s1_record_in_camel_case(day: date) -> Data:
    """The same as the TypeScript of S1 has it."""
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), name): value for name, value in s1_record(day).items()}


def s2_row(day: date, **fields: Any) -> Data:
    """S2, a row of the availability table."""
    row = {
        "id": 1,
        "doctor_id": "doc_adjeiwa",
        "date": f"{day}",
        "start_time": "09:00:00",
        "end_time": "11:30:00",
        "slot_duration_minutes": 30,
        "max_patients_per_slot": 1,
        "is_available": True,
        "break_start_time": "10:00:00",
        "break_end_time": "10:30:00",
        "is_recurring": False,
        "recurrence_pattern": None,
    }
    return row | fields
