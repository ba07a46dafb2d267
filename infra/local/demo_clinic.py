"""The demo clinic as data: two hospitals, three locations in three time zones, who works there, and thirty patients.

Every name is made up. Phone numbers lie in ranges that the authorities keep for fiction (US 555-01xx, UK 7700 900xxx
and 20 7946 0xxx, Germany 30 23125xxx and 171 39200xx), addresses of e-mail at example.com.
"""

from typing import Any

Data = dict[str, Any]

WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def _week(start: str, end: str, saturday: tuple[str, str] | None = None) -> Data:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    week: Data = {day: [{"start": start, "end": end}] for day in days}
    if saturday:
        week["saturday"] = [{"start": saturday[0], "end": saturday[1]}]
    return week


HOSPITALS: list[Data] = [
    {"id": "hos_harbour", "name": "Harbour Hospital", "address": "1 Harbour Road, Accra", "phone": "+442079460001"},
    {"id": "hos_linden", "name": "Linden-Klinik", "address": "Unter den Linden 900, Berlin", "phone": "+493023125001"},
]

LOCATIONS: list[Data] = [
    {
        "id": "loc_accra",  # offset 0 all year
        "hospital_id": "hos_harbour",
        "name": "Harbour Clinic Accra",
        "zone": "Africa/Accra",
        "language": "en-GB",
        "address": "1 Harbour Road, Accra, Ghana",
        "phone": "+442079460002",
        "latitude": 5.5502,
        "longitude": -0.2074,
        "opening": _week("07:00", "20:00", saturday=("08:00", "14:00")),
        "cutoff_minutes": 120,
    },
    {
        "id": "loc_new_york",
        "hospital_id": "hos_harbour",
        "name": "Harbour Clinic New York",
        "zone": "America/New_York",
        "language": "en-US",
        "address": "900 Front Street, New York, NY",
        "phone": "+12125550100",
        "latitude": 40.7033,
        "longitude": -74.0086,
        "opening": _week("06:00", "02:00", saturday=("08:00", "18:00")),
        "cutoff_minutes": 1440,
        "hold_minutes": 5,
    },
    {
        "id": "loc_berlin",
        "hospital_id": "hos_linden",
        "name": "Linden-Klinik Berlin",
        "zone": "Europe/Berlin",
        "language": "de-DE",
        "address": "Unter den Linden 900, Berlin, Deutschland",
        "phone": "+493023125002",
        "latitude": 52.5170,
        "longitude": 13.3889,
        "opening": _week("07:00", "19:00"),
        "hold_minutes": 15,
        "patient_daily_cap": 3,
    },
]


def _room(place: str, number: int, *equipment: str, capacity: int = 1, turnover: int = 0) -> Data:
    return {
        "id": f"room_{place}_{number}",
        "location_id": f"loc_{place}",
        "name": f"Room {number}",
        "capacity": capacity,
        "equipment": list(equipment),
        "turnover_minutes": turnover,
    }


ROOMS: list[Data] = [
    _room("accra", 1, "ecg", "ultrasound"),
    _room("accra", 2),
    _room("accra", 3, "ecg", turnover=5),
    _room("accra", 4, "scales", turnover=10),
    _room("accra", 5, capacity=4),
    _room("new_york", 1, "ecg", turnover=10),
    _room("new_york", 2, "x-ray", turnover=15),
    _room("new_york", 3, turnover=5),
    _room("new_york", 4),
    _room("new_york", 5, capacity=8),
    _room("berlin", 1, "slit lamp", turnover=10),
    _room("berlin", 2, "dermatoscope", turnover=5),
    _room("berlin", 3, "ultrasound"),
    _room("berlin", 4),
    _room("berlin", 5, "eeg", turnover=15),
]

SERVICES: list[Data] = [
    {"id": "svc_checkup", "name": "Check-up", "duration_minutes": 30, "price": 80, "colour": "#2E7D32"},
    {
        "id": "svc_video",
        "name": "Video consultation",
        "duration_minutes": 15,
        "price": 45,
        "modes": ["telehealth"],
        "colour": "#1565C0",
    },
    {
        "id": "svc_ecg",
        "name": "Resting ECG",
        "specialty": "Cardiology",
        "duration_minutes": 30,
        "price": 120,
        "equipment": ["ecg"],
    },
    {
        "id": "svc_heart_ultrasound",
        "name": "Ultrasound of the heart",
        "specialty": "Cardiology",
        "duration_minutes": 60,
        "price": 240,
        "equipment": ["ultrasound"],
    },
    {
        "id": "svc_skin",
        "name": "Skin cancer screening",
        "specialty": "Dermatology",
        "duration_minutes": 20,
        "price": 95.5,
        "equipment": ["dermatoscope"],
    },
    {
        "id": "svc_eyes",
        "name": "Eye examination",
        "specialty": "Ophthalmology",
        "duration_minutes": 20,
        "price": 70,
        "equipment": ["slit lamp"],
    },
    {"id": "svc_vaccination", "name": "Vaccination", "duration_minutes": 10, "price": 25},
    {
        "id": "svc_group",
        "name": "Group therapy",
        "specialty": "Psychiatry",
        "duration_minutes": 90,
        "price": 40,
        "modes": ["in-person", "telehealth"],
    },
]


def _patient(  # noqa: PLR0917 - a row of a table
    number: int, first: str, last: str, born: str, gender: str, phone: str, language: str, zone: str
) -> Data:
    return {
        "id": f"pat_{number:02d}",
        "first_name": first,
        "last_name": last,
        "date_of_birth": born,
        "gender": gender,
        "phone": phone,
        "email": f"patient{number:02d}@example.com",
        "preferred_language": language,
        "zone": zone,
    }


_ACCRA, _NEW_YORK, _BERLIN = "Africa/Accra", "America/New_York", "Europe/Berlin"

PATIENTS: list[Data] = [
    {
        "id": "789",
        "first_name": "John",
        "last_name": "Doe",
        "phone": "+1234567890",
        "email": "john@example.com",
        "emergency_contact_name": "Jane Doe",
        "emergency_contact_phone": "+12125550199",
        "insurance_provider": "Example Health",
        "insurance_number": "EX-000789",
        "communication_preferences": {"email": True, "sms": True},
    },
    _patient(1, "Abena", "Owusuaa", "1984-03-12", "female", "+447700900001", "en", _ACCRA),
    _patient(2, "Kwabena", "Asantewaah", "1971-11-02", "male", "+447700900002", "en", _ACCRA),
    _patient(3, "Efua", "Nyamekyeh", "2015-06-25", "female", "+447700900003", "en", _ACCRA),
    _patient(4, "Yaw", "Boatengson", "1959-01-30", "male", "+447700900004", "en", _ACCRA),
    _patient(5, "Chidinma", "Ezenwafor", "1992-08-17", "female", "+447700900005", "en", _ACCRA),
    _patient(6, "Fatoumata", "Diallobé", "1988-05-09", "female", "+447700900006", "fr", _ACCRA),
    _patient(7, "Moussa", "Keïtaba", "1966-12-21", "male", "+447700900007", "fr", _ACCRA),
    _patient(8, "Thandiwe", "Mkhizela", "2001-02-14", "female", "+447700900008", "en", _ACCRA),
    _patient(9, "Aarav", "Iyengaran", "1979-07-04", "male", "+447700900009", "en", _ACCRA),
    _patient(10, "Maya", "Rosenfield", "1995-10-10", "female", "+12125550110", "en", _NEW_YORK),
    _patient(11, "Luis", "Peñaranda", "1968-04-18", "male", "+12125550111", "es", _NEW_YORK),
    _patient(12, "Sofía", "Villaseñora", "2018-09-01", "female", "+12125550112", "es", _NEW_YORK),
    _patient(13, "Min-jun", "Parkwon", "1983-01-07", "male", "+12125550113", "ko", _NEW_YORK),
    _patient(14, "Thị Hương", "Nguyênh", "1976-03-22", "female", "+12125550114", "vi", _NEW_YORK),
    _patient(15, "Dmitri", "Volkovskiy", "1954-05-29", "male", "+12125550115", "ru", _NEW_YORK),
    _patient(16, "Leilani", "Kahananuiola", "1999-12-31", "female", "+12125550116", "en", _NEW_YORK),
    _patient(17, "Omar", "El-Haddadi", "1987-06-06", "male", "+12125550117", "ar", _NEW_YORK),
    _patient(18, "Jordan", "Whitlockson", "2004-02-29", "other", "+12125550118", "en", _NEW_YORK),
    _patient(19, "Beatriz", "Magalhãesa", "1990-11-15", "female", "+12125550119", "pt-BR", _NEW_YORK),
    _patient(20, "Greta", "Lindenmüller", "1962-08-08", "female", "+491713920020", "de", _BERLIN),
    _patient(21, "Jürgen", "Großhansel", "1949-02-03", "male", "+491713920021", "de", _BERLIN),
    _patient(22, "Zeynep", "Yıldızhan", "1985-10-27", "female", "+491713920022", "tr", _BERLIN),
    _patient(23, "Łukasz", "Wójcikowicz", "1993-04-04", "male", "+491713920023", "pl", _BERLIN),
    _patient(24, "Siobhán", "Ó Ceallachán", "1974-09-19", "female", "+491713920024", "en", _BERLIN),
    _patient(25, "Søren", "Østergaardsen", "1981-06-13", "male", "+491713920025", "da", _BERLIN),
    _patient(26, "Anaïs", "Beaulieudor", "2011-01-24", "female", "+491713920026", "fr", _BERLIN),
    _patient(27, "Petra", "Dvořáčková", "1997-07-30", "female", "+491713920027", "cs", _BERLIN),
    _patient(28, "Νίκος", "Παπαδάκογλου", "1970-12-05", "male", "+491713920028", "el", _BERLIN),
    _patient(29, "明美", "小鳥遊原", "1989-03-03", "female", "+491713920029", "ja", _BERLIN),
]

TODAYS_PATIENT: Data = {
    "id": "456",
    "doctor_id": "123",
    "location_id": "loc_accra",
    "patient_id": "pat_01",
    "reason_for_visit": "Palpitations since this morning",
    "urgency_level": "medium",
}
"""Who waits for Dr. Smith on each local day, under the number that the seeds' examples name."""

OFFICE: Data = {  # the simulator's, see infra/simulators/advancedmd/demo.py
    "auto_sync_appointments": True,
    "sync_frequency": "real-time",
    "zone": "Africa/Accra",
    "appointment_type_id": 13,
    "locations": [{"location_id": "loc_accra", "facility_id": 234}],
}
