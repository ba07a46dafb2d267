"""Every key of the table's indexes; the chart of them is the package's own docstring."""

import zlib

from chalicelib.kit import clock

DUE, REMIND, PARKED, OFFICE = "DUE", "REMIND", "PARKED", "OFFICE"
OFFICE_INBOX, OFFICE_WAITS, OFFICE_RUNS = "OFFICEINBOX", "OFFICEWAITS", "OFFICERUNS"
DUE_SHARDS = 4
APPOINTMENTS = ("0", "9999")
"""Between these lie the starts of all appointments of a doctor, patient or place."""
LINES = ("QUEUE#", "QUEUE#~")
"""Between these lie the lines in which a patient stands."""


def place_month(location_id: str, month: str) -> str:
    """The by_place key of a location's appointments that start in a UTC month, `yyyy-mm`."""
    return f"LOCATION#{location_id}#{month}"


def due_shard(item_id: str, sweep: str = DUE) -> str:
    """The due key of an item: a stable spread over the shards of the sweep that looks for it."""
    return f"{sweep}#{zlib.crc32(item_id.encode()) % DUE_SHARDS}"


def due_shards(sweep: str = DUE) -> list[str]:
    return [f"{sweep}#{shard}" for shard in range(DUE_SHARDS)]


def unheard(office_key: str) -> str:
    """The due key of the visits that we made at an office and of which it has told nothing since."""
    return f"OFFICEUNHEARD#{office_key}"


def month_of(start: str) -> str:
    """The month of an instant written by `clock.iso`."""
    return clock.parse(start).strftime("%Y-%m")


def rooms_shelf(location_id: str) -> str:
    return f"ROOMS#{location_id}"
