"""What is asked of callers themselves: sign-ins, API keys, records opened in an emergency."""

from itertools import count

from scripts.metering.clinic import Clinic
from scripts.metering.operations import Ask, Operation

_numbers = count(1)


def _leaving(_: Clinic) -> Ask:
    """A caller who has not signed out before."""
    return Ask("/api/sessions/end", {}, role="receptionist", sub=f"leaving-{next(_numbers)}")


def _emergency(clinic: Clinic) -> Ask:
    patient = clinic.new_patient()["id"]
    reason = {"reason": "Unconscious in the emergency room"}
    return Ask(f"/api/patients/{patient}/break-glass", reason, role="doctor", sub=clinic.doctor["id"])


_KEY = {"name": "Laboratory", "role": "receptionist", "hospital_id": "*"}


def _key(clinic: Clinic) -> str:
    return f"/api/keys/{clinic.done('POST', '/api/keys', _KEY)['id']}"


ROWS = [
    Operation("GET /api/keys", lambda _: Ask("/api/keys")),
    Operation("POST /api/keys", lambda _: Ask("/api/keys", _KEY)),
    Operation("GET /api/keys/{id}", lambda clinic: Ask(_key(clinic))),
    Operation("DELETE /api/keys/{id}", lambda clinic: Ask(_key(clinic))),
    Operation("POST /api/sessions/end", _leaving),
    Operation(
        "POST /api/sessions/revoke", lambda _: Ask("/api/sessions/revoke", {"role": "receptionist", "id": "lost"})
    ),
    Operation("POST /api/patients/{id}/break-glass", _emergency),
]
