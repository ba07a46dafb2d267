"""Every key of the table's indexes, and which question each answers.

question                                  index        key                         sort
----------------------------------------  -----------  --------------------------  ------------------
a doctor's / patient's appointments       by_doctor    DOCTOR#<id>                 start
                                          by_patient   PATIENT#<id>                start
a patient's places in line                by_patient   PATIENT#<id>                QUEUE#<place>#<date>
a location's appointments of a month      by_place     LOCATION#<id>#<yyyy-mm>     start
doctors of a specialty, with schedules    catalogue    DOCTORS                     <specialty>#<name>#<id>
locations, hospitals, services, API keys  catalogue    LOCATIONS | HOSPITALS | …   <name>#<id>
rooms of a location                       catalogue    ROOMS#<location id>         <name>#<id>
what is due                               due          DUE#<shard>                 due_at
which reminders are due                   due          REMIND#<shard>              due_at
which reminders were given up             due          PARKED#<shard>              since when
what is to be told to AdvancedMD          due          OFFICE#<shard>              due_at
the trail of a thing                      by_thing     <PK of the thing>           SK
what is taken of a resource, a range      (table)      <resource PK>               DAY#<from> … DAY#<to>
all entries of a time, in order           (table)      AUDIT#<date>#0 … 3          <from> … <until>
who stands in a location's queues         (table)      QUEUE#<place>#<date>        ENTRY#…
"""

import zlib

from chalicelib.kit import clock

DUE, REMIND, PARKED, OFFICE = "DUE", "REMIND", "PARKED", "OFFICE"
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


def month_of(start: str) -> str:
    """The month of an instant written by `clock.iso`."""
    return clock.parse(start).strftime("%Y-%m")


def rooms_shelf(location_id: str) -> str:
    return f"ROOMS#{location_id}"
