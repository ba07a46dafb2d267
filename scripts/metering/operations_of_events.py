"""What is asked about what happens: events of a topic, and the displays that follow them."""

from scripts.metering import morning
from scripts.metering.clinic import Clinic
from scripts.metering.operations import Ask, Operation


def _topic(clinic: Clinic) -> str:
    """A location's that nothing happens at, so that what else is measured has no one to tell; it is morning there."""
    return f"location:{clinic.new_location(zone=morning.zone())['id']}"


def _display(clinic: Clinic) -> dict[str, str]:
    return {"name": "Lobby", "location_id": clinic.annex["id"]}


def _taken_down(clinic: Clinic) -> Ask:
    return Ask(f"/api/displays/{clinic.done('POST', '/api/displays', _display(clinic))['id']}")


ROWS = [
    Operation("GET /api/events", lambda clinic: Ask("/api/events", query={"topic": _topic(clinic)})),
    Operation("GET /api/displays", lambda _: Ask("/api/displays")),
    Operation("POST /api/displays", lambda clinic: Ask("/api/displays", _display(clinic))),
    Operation("DELETE /api/displays/{id}", _taken_down),
]
