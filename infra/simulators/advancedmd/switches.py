"""What the documentation leaves open: each a labelled guess that can be turned, to see that the client bears either."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(slots=True)
class Switches:
    """The guesses as they stand; `told` lists them with what each means."""

    counts_per_action: bool = True
    rest_tier: int = 3
    conflict_code_key: str = "errorcode"
    conflict_text_key: str = "errormessage"
    expired_http_status: int = 200
    status_after_checkout: int = 3
    moved_shows_five: bool = False
    signed_codes: bool = True
    patient_in_list: bool = True
    count_attribute: str = "visitcount"
    reference_ids_are_unique: bool = False
    server_zone: str = "America/Denver"

    def turn(self, wanted: dict[str, Any]) -> None:
        """Turn some; ValueError for one that there is not, or a value of another kind."""
        for name, value in wanted.items():
            if name not in LABELS or type(value) is not type(getattr(self, name)):
                raise ValueError(f"{name}: there is no such switch, or it does not take this")
            setattr(self, name, value)

    def told(self) -> list[dict[str, Any]]:
        """Each switch with its value and what is unknown about it."""
        return [{"name": f.name, "value": getattr(self, f.name), "unknown": LABELS[f.name]} for f in fields(self)]


LABELS = {
    "counts_per_action": "whether the minute's calls are counted per action, or together for a tier",
    "rest_tier": "which limit the REST scheduler counts against",
    "conflict_code_key": "under which key a 409 carries its code",
    "conflict_text_key": "under which key a 409 carries its sentence",
    "expired_http_status": "the HTTP status of an XMLRPC call with an ended session",
    "status_after_checkout": "which status a checked-out appointment has",
    "moved_shows_five": "whether a REST move leaves the status 5",
    "signed_codes": "whether faults carry n - 2147221504, or the small n itself",
    "patient_in_list": "whether a visit's patient stands in a patientlist, or directly in the visit",
    "count_attribute": "the name of the count beside servertime: visitcount or patientcount",
    "reference_ids_are_unique": "whether a second create with one referenceid is refused",
    "server_zone": "the zone of servertime and of every change's stamp",
}
