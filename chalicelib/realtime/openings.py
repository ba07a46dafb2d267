"""What a change of a doctor's day or schedule means to those who look for free times: look again."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.kit import clock
from chalicelib.realtime.changes import Change, News

_DAY = "DAY#"


def news(changes: list[Change]) -> Iterator[News]:
    """From when until when free times may be others: a UTC day, or everything to come."""
    for change in changes:
        doctor_id = change.pk.partition("#")[2]
        data: dict[str, str | None] = {"doctor_id": doctor_id, "from": clock.iso(change.at), "until": None}
        if change.sk.startswith(_DAY):
            day = date.fromisoformat(change.sk.removeprefix(_DAY))
            data |= {"from": f"{day}T00:00:00Z", "until": f"{day + timedelta(days=1)}T00:00:00Z"}
        yield News(change, f"availability:{doctor_id}", "availability_update", data=data)
