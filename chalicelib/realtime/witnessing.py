"""Whoever is shown a patient's data on a socket is recorded, as over HTTP: once an hour for each patient.

What cannot be recorded is not shown.
"""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.kit import gates
from chalicelib.kit.auth import Claims
from chalicelib.kit.calls import Call, Route
from chalicelib.kit.http import ANYONE
from chalicelib.kit.models import View


class Seen(View):
    """That a patient's data were shown."""

    patient_id: str

    def subject(self) -> str:
        return self.patient_id


# A socket stands for reading events: a key that may read them over HTTP may follow them, and the same gates are passed.
SOCKET = Route(
    "GET", "/ws/queue", ANYONE, None, None, list[Seen], 200, "Follow topics on a socket.", __name__, "read_events"
)


def note(claims: Claims, patients: Iterable[str], now: datetime, *, request_id: str = "socket") -> None:
    """Record that the caller is shown these patients' data; Unavailable when that cannot be done."""
    call = Call(claims=claims, body=None, query=None, now=now, request_id=request_id)
    gates.witness(SOCKET, call, [Seen(patient_id=patient_id) for patient_id in patients])
