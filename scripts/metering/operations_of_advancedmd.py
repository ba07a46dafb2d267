"""Rows of the cost table: how things stand at AdvancedMD, of a clinic without an office."""

from scripts.metering.operations import Ask, Operation

_AT = "/api/advancedmd"

ROWS = [
    Operation(
        f"GET {_AT}/appointments/{{id}}/sync-status",
        lambda it: Ask(f"{_AT}/appointments/{it.visits[0]['id']}/sync-status"),
    ),
    Operation(
        f"GET {_AT}/patients/{{id}}/sync-status", lambda it: Ask(f"{_AT}/patients/{it.patient['id']}/sync-status")
    ),
]
