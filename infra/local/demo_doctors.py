"""The demo clinic's fifteen doctors, with weeks that differ in hours, breaks, buffers, modes, capacity and grid."""

from typing import Any

from infra.local.demo_clinic import WORKDAYS, Data

_NOON = [{"start": "12:00", "end": "13:00"}]


def _hours(days: list[str], start: str, end: str, **more: Any) -> Data:
    return {"weekdays": days, "start": start, "end": end, **more}


def _doctor(place: str, room: int | None, fee: int, schedule: Data, **fields: Any) -> Data:
    """A doctor of one location unless `location_ids` says more; the room is the usual one."""
    return {
        "hospital_id": "hos_linden" if place == "berlin" else "hos_harbour",
        "location_ids": [f"loc_{place}"],
        "usual_room_id": f"room_{place}_{room}" if room else None,
        "fee": fee,
        "languages": ["en"],
        "schedule": schedule,
        **fields,
    }


DOCTORS: list[Data] = [
    _doctor(
        "accra",
        1,
        100,
        {"hours": [_hours(WORKDAYS, "08:00", "17:00")], "breaks": _NOON},
        id="123",
        name="Dr. Smith",
        specialty="Cardiology",
        email="smith@example.com",
    ),
    _doctor(
        "accra",
        3,
        90,
        {
            "hours": [_hours(["mon", "wed", "fri"], "07:30", "13:30"), _hours(["sat"], "08:00", "12:00")],
            "slot_minutes": 45,
            "grid_minutes": 15,
            "buffer_after": 5,
            "daily_cap": 8,
        },
        id="doc_mensahene",
        name="Dr. Akosua Mensahene",
        specialty="Cardiology",
    ),
    _doctor(
        "new_york",
        1,
        180,
        {
            "hours": [_hours(["tue", "thu"], "09:00", "18:00")],
            "breaks": [{"start": "12:30", "end": "13:15"}, {"start": "15:30", "end": "15:45"}],
            "grid_minutes": 15,
            "buffer_before": 5,
            "buffer_after": 10,
            "holiday_country": "US",
            "min_notice_minutes": 240,
        },
        id="doc_okonedo",
        name="Dr. Miriam Okonedoyle",
        specialty="Cardiology",
        requires_confirmation=True,
    ),
    _doctor(
        "berlin",
        2,
        85,
        {
            "hours": [_hours(WORKDAYS, "08:00", "12:30"), _hours(["mon", "tue", "thu"], "14:00", "17:30")],
            "slot_minutes": 20,
            "holiday_country": "DE",
            "holiday_subdivision": "BE",
        },
        id="doc_weissenbach",
        name="Dr. Jonas Weißenbach",
        specialty="Dermatology",
        languages=["de", "en"],
    ),
    _doctor(
        "accra",
        2,
        60,
        {"hours": [_hours(["tue", "thu"], "13:00", "19:00")], "slot_minutes": 20, "modes": ["in-person"]},
        id="doc_adjeiwa",
        name="Dr. Ama Adjeiwa",
        specialty="Dermatology",
    ),
    _doctor(
        "accra",
        4,
        50,
        {
            "hours": [_hours(WORKDAYS, "08:00", "15:00")],
            "breaks": [{"start": "11:00", "end": "11:30"}],
            "slot_minutes": 20,
            "buffer_after": 10,
            "modes": ["in-person"],
        },
        id="doc_quarteyson",
        name="Dr. Nii Quarteyson",
        specialty="Pediatrics",
    ),
    _doctor(
        "new_york",
        3,
        140,
        {
            "hours": [_hours(["mon", "wed", "fri"], "08:00", "16:00"), _hours(["sat"], "09:00", "13:00")],
            "breaks": _NOON,
            "grid_minutes": 10,
            "holiday_country": "US",
            "daily_cap": 14,
        },
        id="doc_castellanova",
        name="Dr. Inés Castellanova",
        specialty="Pediatrics",
        languages=["es", "en"],
    ),
    _doctor(
        "accra",
        5,
        40,
        {
            "hours": [_hours(WORKDAYS, "07:00", "12:00", capacity=4), _hours(["sat"], "08:00", "14:00")],
            "slot_minutes": 15,
            "daily_cap": 60,
            "modes": ["in-person"],
        },
        id="doc_tettehman",
        name="Dr. Kofi Tettehman",
        specialty="General Practice",
    ),
    _doctor(
        "new_york",
        4,
        110,
        {"hours": [_hours(WORKDAYS, "18:00", "01:00")], "breaks": [{"start": "21:00", "end": "21:30"}]},
        id="doc_nightingall",
        name="Dr. Ruth Nightingall",
        specialty="General Practice",
    ),
    _doctor(
        "berlin",
        4,
        55,
        {
            "hours": [
                _hours(WORKDAYS, "07:30", "13:00"),
                _hours(["tue", "thu"], "15:00", "18:30", modes=["telehealth"]),
            ],
            "slot_minutes": 15,
            "daily_cap": 30,
            "holiday_country": "DE",
            "holiday_subdivision": "BE",
            "horizon_days": 180,
        },
        id="doc_yilmazer",
        name="Dr. Elif Yılmazer",
        specialty="General Practice",
        languages=["de", "tr", "en"],
    ),
    _doctor(
        "new_york",
        2,
        200,
        {
            "hours": [_hours(["mon", "tue", "wed", "thu"], "07:00", "15:00")],
            "breaks": [{"start": "11:30", "end": "12:15"}],
            "buffer_before": 10,
            "buffer_after": 10,
            "grid_minutes": 10,
            "modes": ["in-person"],
            "holiday_country": "US",
        },
        id="doc_abramsky",
        name="Dr. Leah Abramskyler",
        specialty="Orthopedics",
    ),
    _doctor(
        "berlin",
        3,
        120,
        {"hours": [_hours(["wed", "fri"], "09:00", "16:00")], "slot_minutes": 40, "grid_minutes": 20, "daily_cap": 9},
        id="doc_hallstroem",
        name="Dr. Åsa Hallströmdal",
        specialty="Orthopedics",
    ),
    _doctor(
        "berlin",
        5,
        130,
        {
            "hours": [
                _hours(["mon", "tue"], "09:00", "17:00", location_id="loc_berlin"),
                _hours(["thu"], "10:00", "16:00", location_id="loc_accra", modes=["telehealth"]),
            ],
            "breaks": [{"start": "12:30", "end": "13:30", "location_id": "loc_berlin"}],
            "slot_minutes": 60,
            "grid_minutes": 30,
            "buffer_after": 15,
        },
        id="doc_marchetti",
        name="Dr. Paolo Marchettini",
        specialty="Neurology",
        location_ids=["loc_berlin", "loc_accra"],
        languages=["it", "de", "en"],
    ),
    _doctor(
        "new_york",
        5,
        150,
        {
            "hours": [
                _hours(["mon", "thu"], "10:00", "16:00"),
                _hours(["wed"], "17:00", "20:00", capacity=6, slot_minutes=90),
            ],
            "slot_minutes": 50,
            "grid_minutes": 60,
            "min_notice_minutes": 1440,
            "horizon_days": 60,
        },
        id="doc_kimura",
        name="Dr. Hana Kimuraoka",
        specialty="Psychiatry",
        languages=["ja", "en"],
        requires_confirmation=True,
    ),
    _doctor(
        "berlin",
        1,
        75,
        {
            "hours": [_hours(["mon", "wed", "thu"], "08:30", "16:30")],
            "breaks": [{"start": "12:00", "end": "12:45"}],
            "slot_minutes": 20,
            "buffer_before": 5,
            "modes": ["in-person"],
        },
        id="doc_horvathy",
        name="Dr. Zsófia Horváthy",
        specialty="Ophthalmology",
    ),
]
