"""Every key of the one table, on one screen; those of its indexes are in `indexes.py`. Nobody formats a key elsewhere.

item                PK                    SK                      written by
------------------  --------------------  ----------------------  ------------------------------------
hospital            HOSPITAL#<id>         PROFILE                 people
location            LOCATION#<id>         PROFILE                 people
room                ROOM#<id>             PROFILE                 people
service             SERVICE#<id>          PROFILE                 people
doctor              DOCTOR#<id>           PROFILE                 people, scheduling (current schedule)
schedule version    DOCTOR#<id>           SCHEDULE#<version>      scheduling
fence               DOCTOR#<id>           FENCE                   scheduling: the schedule's version
day sheet           DOCTOR|ROOM|PATIENT#  DAY#<utc date>          scheduling: what is taken
patient             PATIENT#<id>          PROFILE                 people
patient's tally     PATIENT#<id>          TALLY                   scheduling: live holds, open appointments
likeness            LIKENESS#<digest>     PATIENTS                people: who shares name and phone, …
appointment         APPOINTMENT#<id>      APPOINTMENT             scheduling
number block        NUMBERS#<series>      BLOCK                   leased 50 at a time
caller's bucket     CALLER#<role>:<id>    BUCKET#<kind>           callers: how much was asked of late
API key               APIKEY#<id>           PROFILE                 callers: of another system
ended sign-ins      CALLER#<role>:<id>    SESSIONS                callers: all before an instant
ended sign-in       CALLER#<role>:<id>    SESSION#<its id>        callers
opened record       PATIENT#<id>          GLASS#<doctor id>#<at>  people: break-glass
audit entry         AUDIT#<date>#<shard>  <at>#<thing>#<change>   audit: the stream consumer, append-only
late entry's mark   AUDIT#LATE#<date>#<…> <place on time>         audit: the stream consumer
sighting            SIGHTING#<patient>    <hour>#<who>#<route>    audit: who was shown a patient's data
seal, latest seal   SEALS                 <until> | LATEST        audit: the sealer
topic               TOPIC#<topic>         HEAD | E#<version>      realtime: its version; what was said in it
change said once    TOPIC#<topic>         ID#<change>             realtime: so that a repeat says nothing
follower            TOPIC#<topic>         SUB#<connection id>     realtime: and SOCKET#<id> TOPIC#<topic>
connection          SOCKET#<id>           CONNECTION              realtime: and CALLER#<role>:<id> SOCKET#<id>
queue's line        QUEUE#<place>#<date>  LINE                    queue: the last number given
queue entry         QUEUE#<place>#<date>  ENTRY#<id>              queue: a patient's place
seat                QUEUE#<place>#<date>  SEAT#<doctor>#<pat.>    queue: a patient stands once in a queue
repeated call       QUEUE#<place>#<date>  CALL#<digest>           queue: whom an idempotency key has called
entry's place       QUEUEENTRY#<id>       PLACE                   queue: in which line an entry stands
pace                DOCTOR#<id>           PACE                    queue: minutes of the latest consultations
device              DEVICES#<role>:<id>   DEVICE#<id>             reminders: where pushed messages are shown
reminder, its plan  REMINDERS#<appoint.>  REMINDER#<id> | PLAN    reminders: what is told of a visit, when
address             ADDRESS#<chan>#<dig.> SUPPRESSED | TOLD#<id>  reminders: who wants none; what one may answer
link of a letter    LINK#<digest>         REMINDER                reminders: what its secret opens
patient's messages  PATIENT#<id>          TOLD#<local date>       reminders: which of them a day has brought
visit's room        VISITROOM#<id>        ROOM                    telehealth: whose visit, when, its secret
visitor             VISITROOM#<id>        PERSON#<who>            telehealth: who waits, is in, has left
AdvancedMD's office ADVANCEDMD#<office>   SESSION | BUDGET#<tier> advancedmd: one session, sealed; calls spoken for
link to AdvancedMD  APPOINTMENT#<id>      ADVANCEDMD              advancedmd: its visit, what is to be told of it
visit there         ADVANCEDMD#<office>   VISIT#<id>              advancedmd: whose it is
migrations          MIGRATIONS            STATE                   scripts/migrate: what was applied, and how far
restore             RESTORE#<export id>   FILES                   scripts/restore, until it is done
"""

import zlib
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.kit import clock

PROFILE = "PROFILE"
AUDIT_SHARDS = 4
SEALS = "SEALS"


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str


def hospital(hospital_id: str) -> Key:
    return Key(f"HOSPITAL#{hospital_id}", PROFILE)


def location(location_id: str) -> Key:
    return Key(f"LOCATION#{location_id}", PROFILE)


def room(room_id: str) -> Key:
    return Key(f"ROOM#{room_id}", PROFILE)


def service(service_id: str) -> Key:
    return Key(f"SERVICE#{service_id}", PROFILE)


def doctor(doctor_id: str) -> Key:
    return Key(f"DOCTOR#{doctor_id}", PROFILE)


def schedule(doctor_id: str, version: int) -> Key:
    return Key(f"DOCTOR#{doctor_id}", f"SCHEDULE#{version:08d}")


def fence(doctor_id: str) -> Key:
    return Key(f"DOCTOR#{doctor_id}", "FENCE")


def doctor_day(doctor_id: str, day: date) -> Key:
    return Key(f"DOCTOR#{doctor_id}", f"DAY#{day}")


def room_day(room_id: str, day: date) -> Key:
    return Key(f"ROOM#{room_id}", f"DAY#{day}")


def patient_day(patient_id: str, day: date) -> Key:
    return Key(f"PATIENT#{patient_id}", f"DAY#{day}")


def patient(patient_id: str) -> Key:
    return Key(f"PATIENT#{patient_id}", PROFILE)


def tally(patient_id: str) -> Key:
    return Key(f"PATIENT#{patient_id}", "TALLY")


def likeness(digest: str) -> Key:
    return Key(f"LIKENESS#{digest}", "PATIENTS")


def appointment(appointment_id: str) -> Key:
    return Key(f"APPOINTMENT#{appointment_id}", "APPOINTMENT")


def audit(place: str) -> Key:
    """The entry with this place in the trail; a place is `audit_place`."""
    return Key(f"AUDIT#{place[:10]}#{zlib.crc32(place.encode()) % AUDIT_SHARDS}", place)


def audit_mark(place: str) -> Key:
    """What says that the entry which would have had this place was written later."""
    shard, sk = audit(place)
    return Key(shard.replace("AUDIT#", "AUDIT#LATE#"), sk)


def audit_place(at: datetime, thing: str, change: str) -> str:
    """Where an entry stands among all: by its time, then by the thing and its change."""
    return f"{clock.iso(at)}#{thing}#{change}"


def audit_shards(day: date) -> list[str]:
    """Every partition of a UTC date's entries."""
    return [f"AUDIT#{day}#{shard}" for shard in range(AUDIT_SHARDS)]


def sighting(patient_id: str, hour: str, actor: str, operation: str) -> Key:
    return Key(f"SIGHTING#{patient_id}", f"{hour}#{actor}#{operation}")


def seal(until: str) -> Key:
    return Key(SEALS, until)


def latest_seal() -> Key:
    return Key(SEALS, "LATEST")


def numbers(series: str) -> Key:
    return Key(f"NUMBERS#{series}", "BLOCK")


def bucket(principal: str, kind: str) -> Key:
    return Key(f"CALLER#{principal}", f"BUCKET#{kind}")


def api_key(key_id: str) -> Key:
    return Key(f"APIKEY#{key_id}", PROFILE)


def sessions(principal: str) -> Key:
    return Key(f"CALLER#{principal}", "SESSIONS")


def session(principal: str, session_id: str) -> Key:
    return Key(f"CALLER#{principal}", f"SESSION#{session_id}")


def glass(patient_id: str, doctor_id: str, at: str) -> Key:
    return Key(f"PATIENT#{patient_id}", f"GLASS#{doctor_id}#{at}")


def topic(name: str, *part: str | int) -> Key:
    """A topic's head, or what stands in it: a number is padded, so that events sort."""
    return Key(f"TOPIC#{name}", "#".join(f"{one:015d}" if isinstance(one, int) else one for one in part) or "HEAD")


def socket(connection_id: str, *part: str) -> Key:
    return Key(f"SOCKET#{connection_id}", "#".join(part) or "CONNECTION")


def socket_of(principal: str, connection_id: str) -> Key:
    return Key(f"CALLER#{principal}", f"SOCKET#{connection_id}")


def line(location_id: str, day: date) -> Key:
    return Key(f"QUEUE#{location_id}#{day}", "LINE")


def queue_entry(place: str, entry_id: str) -> Key:
    return Key(place, f"ENTRY#{entry_id}")


def seat(place: str, doctor_id: str, patient_id: str) -> Key:
    return Key(place, f"SEAT#{doctor_id}#{patient_id}")


def queue_call(place: str, digest: str) -> Key:
    return Key(place, f"CALL#{digest}")


def entry_place(entry_id: str) -> Key:
    return Key(f"QUEUEENTRY#{entry_id}", "PLACE")


def pace(doctor_id: str) -> Key:
    return Key(f"DOCTOR#{doctor_id}", "PACE")


def reminders(appointment_id: str, *part: str) -> Key:
    """Of an appointment: one of its reminders, by `"REMINDER"` and its id, or what they were planned from."""
    return Key(f"REMINDERS#{appointment_id}", "#".join(part) or "PLAN")


def device(who: str, device_id: str) -> Key:
    return Key(f"DEVICES#{who}", f"DEVICE#{device_id}")


def address(channel: str, digest: str, *part: str) -> Key:
    """Whether an address is written to, or by `"TOLD"` and a reminder's id what it was told."""
    return Key(f"ADDRESS#{channel}#{digest}", "#".join(part) or "SUPPRESSED")


def link(digest: str) -> Key:
    return Key(f"LINK#{digest}", "REMINDER")


def told_on(patient_id: str, day: date) -> Key:
    return Key(f"PATIENT#{patient_id}", f"TOLD#{day}")


def visit_room(room_id: str, *person: str) -> Key:
    """The room of a telehealth visit, or somebody in it."""
    return Key(f"VISITROOM#{room_id}", "#".join(("PERSON", *person)) if person else "ROOM")


def migrations() -> Key:
    return Key("MIGRATIONS", "STATE")


def restore(export_id: str) -> Key:
    return Key(f"RESTORE#{export_id}", "FILES")


def office(office_key: str, *part: str) -> Key:
    """Of an office of AdvancedMD: `"BUDGET"` and a tier, `"SESSION"`, `"VISIT"` and its id."""
    return Key(f"ADVANCEDMD#{office_key}", "#".join(part))


def office_link(appointment_id: str) -> Key:
    return Key(f"APPOINTMENT#{appointment_id}", "ADVANCEDMD")
