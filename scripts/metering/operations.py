"""Every public operation as a request that succeeds on typical data, some with more than one row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.kit.calls import Route
from scripts.metering.clinic import Clinic


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    path: str
    body: Any = None
    role: str = "admin"
    sub: str = ""
    query: dict[str, str] = field(default_factory=dict)


_OFFICE = "only for clinics with an office at AdvancedMD, whose answer it may wait for"
# A route that has no usual cost, and why.
UNUSUAL = {
    "GET /api/advancedmd/settings": _OFFICE,
    "GET /api/advancedmd/office": _OFFICE,
    "GET /api/advancedmd/appointments/{id}/sync-status": _OFFICE,
    "GET /api/advancedmd/patients/{id}/sync-status": _OFFICE,
    "PUT /api/advancedmd/settings": _OFFICE,
    "POST /api/advancedmd/settings/test-connection": _OFFICE,
    "POST /api/advancedmd/appointments/{id}/sync": _OFFICE,
    "PUT /api/advancedmd/doctors/{id}/link": _OFFICE,
    "GET /api/advancedmd/sync/dashboard": _OFFICE,
    "GET /api/advancedmd/sync/logs": _OFFICE,
    "GET /api/advancedmd/sync/stats": _OFFICE,
    "GET /api/advancedmd/patients/{id}/sync-logs": _OFFICE,
    "POST /api/advancedmd/appointments/pull-updates": _OFFICE,
    "GET /api/advancedmd/appointments/bulk-sync": _OFFICE,
    "POST /api/advancedmd/appointments/bulk-sync": _OFFICE,
    "GET /api/advancedmd/conflicts": _OFFICE,
    "POST /api/advancedmd/conflicts/{id}/resolve": _OFFICE,
    "POST /api/advancedmd/patients/{id}/sync": _OFFICE,
    "PUT /api/advancedmd/patients/{id}/link": _OFFICE,
    "DELETE /api/advancedmd/patients/{id}/link": _OFFICE,
    "GET /api/advancedmd/appointments/import": _OFFICE,
    "POST /api/advancedmd/appointments/import": _OFFICE,
    "GET /api/advancedmd/drift": _OFFICE,
    "DELETE /api/advancedmd/doctors/{id}/link": _OFFICE,
    "GET /api/advancedmd/patients/bulk-sync": _OFFICE,
    "POST /api/advancedmd/patients/bulk-sync": _OFFICE,
    "POST /api/advancedmd/sync/pause": _OFFICE,
    "POST /api/advancedmd/sync/resume": _OFFICE,
    "GET /api/audit/verify": "reads as much of the trail as it is asked to prove",
    "GET /api/reminders/answer/{secret}": "opens with a letter's secret only, which is kept nowhere",
    "POST /api/reminders/answer/{secret}": "opens with a letter's secret only; confirms or cancels besides",
    "GET /api/reminders/unsubscribe/{secret}": "opens with a letter's secret only, which is kept nowhere",
    "POST /api/reminders/unsubscribe/{secret}": "opens with a letter's secret only, which is kept nowhere",
    "POST /api/reminders/{id}/replay": "tries again what was given up, which is rare",
    "POST /api/webhooks/twilio/messages": "asks what the answer takes, and comes from Twilio only",
    "POST /api/webhooks/twilio/status": "reads and writes one reminder at most, and comes from Twilio only",
}
Prepare = Callable[[Clinic], Ask]


@dataclass(frozen=True, slots=True)
class Operation:
    """A row: the declared route, what is particular about the row, and how a fresh request of it is made."""

    route: str
    prepare: Prepare
    what: str = ""
    status: int | None = None

    @property
    def name(self) -> str:
        """The row's name."""
        return f"`{self.route}`" + (f" {self.what}" if self.what else "")

    @property
    def method(self) -> str:
        """The route's method."""
        return self.route.partition(" ")[0]


def every() -> list[Operation]:
    """All rows: those that only read first, so that what the others leave behind does not change them."""
    from scripts.metering import (  # noqa: PLC0415 - they import this module
        operations_of_callers,
        operations_of_events,
        operations_of_pages,
        operations_of_people,
        operations_of_queues,
        operations_of_reminders,
        operations_of_telehealth,
        operations_of_visits,
    )

    rows = [*operations_of_visits.ROWS, *operations_of_people.ROWS, *operations_of_callers.ROWS]
    rows += [*operations_of_reminders.ROWS, *operations_of_telehealth.ROWS]
    rows += [*operations_of_queues.ROWS, *operations_of_events.ROWS, *operations_of_pages.ROWS]
    return sorted(rows, key=lambda row: (row.method != "GET", row.route.partition(" ")[2]))


def without_row(routes: Iterable[Route], rows: list[Operation]) -> Iterator[str]:
    """The declared routes that no row measures."""
    measured = {row.route for row in rows} | set(UNUSUAL)
    return (name for route in routes if (name := f"{route.method} {route.path}") not in measured)
