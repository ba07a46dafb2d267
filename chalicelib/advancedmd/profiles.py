"""A doctor at AdvancedMD: which of its profiles is theirs, said by an administrator where the names do not tell."""

from chalicelib.advancedmd import linking, setup, whoiswho
from chalicelib.advancedmd.enrolling import LinkedAlready
from chalicelib.kit import clock
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access
from chalicelib.table import officepeople


def link(doctor_id: str, *, profile_id: int, stamp: Stamp) -> None:
    """Let a profile there be this doctor's, because somebody knows, and what waited for that be told.

    Raises NotFound, NotSetUp, LinkedAlready.
    """
    access.check_doctor(stamp.by, doctor_id)
    office_key = setup.demanded().office_key
    kept = officepeople.link_doctor(
        doctor_id, office_key=office_key, profile_id=profile_id, now=clock.iso(stamp.now), by=stamp.by.actor
    )
    if not kept:
        raise LinkedAlready
    linking.note(office_key, doctor_id, stamp.now, thing="doctor", by=stamp.by.actor)
    whoiswho.forget(office_key)
    linking.tell_what_waited(doctor_id, now=stamp.now)


def unlink(doctor_id: str, *, stamp: Stamp) -> None:
    """End the doctor's links, which were wrong; what was told under them stays there. NotFound, NotSetUp."""
    access.check_doctor(stamp.by, doctor_id)
    office_key = setup.demanded().office_key
    for one in [one for one in officepeople.doctors(office_key) if one.doctor_id == doctor_id]:
        ended = officepeople.unlink_doctor(
            doctor_id, office_key=office_key, profile_id=one.profile_id, now=clock.iso(stamp.now), by=stamp.by.actor
        )
        if ended:
            linking.note(office_key, doctor_id, stamp.now, thing="doctor", operation="unlink", by=stamp.by.actor)
    whoiswho.forget(office_key)
