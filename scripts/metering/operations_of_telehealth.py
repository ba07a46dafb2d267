"""Rows of the cost table: telehealth, each in a room that is open now, since a doctor has opened it."""

from scripts.metering.clinic import Clinic, Data
from scripts.metering.operations import Ask, Operation

_AGREED = {"agreed": True}
_TAB = "3f0c9a52-77aa-4c1e-9df1-1c7c0a7e54b0"
_ENTER = {
    "tab": _TAB,
    "requirements": {"internet": True, "webcam": True, "microphone": True, "browser": True},
}


def _by_video(clinic: Clinic) -> Ask:
    visit = clinic.done("POST", "/api/appointments", clinic.wish(mode="telehealth"))
    return Ask(f"/api/telehealth/generate-url/{visit['id']}", role="patient", sub=clinic.patient["id"])


def _opened(clinic: Clinic) -> str:
    wish = {"patient_id": clinic.patient["id"]}
    made: Data = clinic.as_doctor("POST", "/api/telehealth/rooms", wish)
    return f"/api/telehealth/room/{made['room_id']}"


def _entered(clinic: Clinic) -> str:
    room = _opened(clinic)
    clinic.as_patient("POST", f"{room}/enter", _ENTER)
    return room


def _host(clinic: Clinic, path: str, body: Data | None = None) -> Ask:
    return Ask(path, body, role="doctor", sub=clinic.doctor["id"])


def _patient(clinic: Clinic, path: str, body: Data | None = None) -> Ask:
    return Ask(path, body, role="patient", sub=clinic.patient["id"])


def _invited(clinic: Clinic) -> Ask:
    room = _opened(clinic)
    guest = clinic.as_doctor("POST", f"{room}/guests", {"name": "Ama"})
    return _host(clinic, f"{room}/guests/{guest['guest_id']}")


def _agreed(clinic: Clinic) -> str:
    """A room in which both are, and the doctor has agreed to a recording."""
    room = _entered(clinic)
    clinic.as_doctor("POST", f"{room}/enter", _ENTER)
    clinic.as_doctor("POST", f"{room}/admit", {"person": "patient"})
    clinic.as_doctor("POST", f"{room}/consent", _AGREED)
    return room


def _recorded(clinic: Clinic) -> Ask:
    room = _agreed(clinic)
    clinic.as_patient("POST", f"{room}/consent", _AGREED)
    return _host(clinic, f"{room}/recording")


ROWS = [
    Operation("POST /api/telehealth/generate-url/{id}", _by_video),
    Operation(
        "POST /api/telehealth/rooms",
        lambda it: _host(it, "/api/telehealth/rooms", {"patient_id": it.patient["id"]}),
    ),
    Operation("GET /api/telehealth/room/{id}", lambda it: _patient(it, _entered(it))),
    Operation("POST /api/telehealth/room/{id}/enter", lambda it: _patient(it, f"{_opened(it)}/enter", _ENTER)),
    Operation("POST /api/telehealth/room/{id}/leave", lambda it: _patient(it, f"{_entered(it)}/leave", {})),
    Operation(
        "POST /api/telehealth/room/{id}/admit", lambda it: _host(it, f"{_entered(it)}/admit", {"person": "patient"})
    ),
    Operation(
        "POST /api/telehealth/room/{id}/decline",
        lambda it: _host(it, f"{_entered(it)}/decline", {"person": "patient"}),
    ),
    Operation("POST /api/telehealth/room/{id}/guests", lambda it: _host(it, f"{_opened(it)}/guests", {"name": "Ama"})),
    Operation("DELETE /api/telehealth/room/{id}/guests/{guest_id}", _invited),
    Operation("POST /api/telehealth/room/{id}/consent", lambda it: _patient(it, f"{_agreed(it)}/consent", _AGREED)),
    Operation("POST /api/telehealth/room/{id}/recording", _recorded),
]
