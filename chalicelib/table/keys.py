"""Every key of the one table; the chart of them is the package's own docstring. Nobody formats a key elsewhere."""

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
    """Of an office of AdvancedMD: `"BUDGET"` and a tier, `"SESSION"`, `"VISIT"` and its number, …: see the chart."""
    return Key(f"ADVANCEDMD#{office_key}", "#".join(part))


def patient_log(patient_id: str, at: str, row_id: str) -> Key:
    return Key(f"PATIENT#{patient_id}", f"ADVANCEDMD#LOG#{at}#{row_id}")


def clinics_office() -> Key:
    """Which office of AdvancedMD is the clinic's."""
    return Key("ADVANCEDMD", "OFFICE")


def office_link(appointment_id: str) -> Key:
    return Key(f"APPOINTMENT#{appointment_id}", "ADVANCEDMD")


def patient_there(patient_id: str) -> Key:
    return Key(f"PATIENT#{patient_id}", "ADVANCEDMD")
