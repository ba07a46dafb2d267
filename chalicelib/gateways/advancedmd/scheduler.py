"""The scheduler: making appointments, moving them, and what happens to them in the day.

Every call here answers with the appointment as it then is.
"""

from datetime import date, datetime
from typing import Any, Literal

from chalicelib.gateways.advancedmd import values
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Bookable, NewVisit, VisitData
from chalicelib.gateways.answers import NoAnswer

Step = Literal["cancel", "noshow", "checkin", "checkout", "uncheckin", "uncheckout"]
_ONE = "/scheduler/Appointments"
_ACTION = "/scheduler/appointments"


def create(office: Office, new: NewVisit, *, now: datetime) -> VisitData:
    """Make an appointment; NotBookable when its time is not free. `now` is wall time of the office."""
    document = {
        "patientid": new.patient_id,
        "columnid": new.column_id,
        "startdatetime": values.iso_form(new.start),
        "clientdatetime": values.iso_form(now),
        "duration": new.minutes,
        "profileid": new.profile_id,
        "type": [{"id": new.type_id}],
        "referenceid": new.reference,
        **({"facilityid": new.facility_id} if new.facility_id else {}),
    }
    return _read(office.rest("POST", _ONE, document=document))


def find(office: Office, visit_id: int) -> VisitData:
    """The appointment as it is, also a deleted one; Gone when there never was one."""
    return _read(office.rest("GET", f"{_ONE}/{visit_id}", query={"includeDetail": "true"}))


def move(office: Office, visit_id: int, *, column_id: int, start: datetime, now: datetime) -> VisitData:
    """Give it another start or column; its length stays."""
    document = {
        "id": visit_id,
        "columnid": column_id,
        "startdatetime": values.iso_form(start),
        "clientdatetime": values.iso_form(now),
        "waitlist": None,
    }
    return _read(office.rest("PUT", f"{_ACTION}/{visit_id}/move", document=document))


def edit(
    office: Office, visit_id: int, *, at: Bookable, start: datetime, minutes: int, reference: str | None = None
) -> VisitData:
    """Give it another length too, in this column; everything else goes back as AdvancedMD tells it just before.

    A full edit replaces what it does not name, so comments, colour, episode and all types pass through here unread. Our
    `reference` may not be among what is told: whoever still needs it names it again.
    """
    told = office.rest("GET", f"{_ONE}/{visit_id}", query={"includeDetail": "true"})
    _read(told)
    document = {
        **told,
        "columnid": at.column_id,
        "startdatetime": values.iso_form(start),
        "duration": minutes,
        "profileid": at.profile_id,
        "facilityid": at.facility_id,
        "type": [{"id": one} for one in told.get("appointmenttypeids") or []],
        **({"referenceid": reference} if reference else {}),
    }
    return _read(office.rest("PUT", f"{_ONE}/{visit_id}", document=document))


def step(office: Office, visit_id: int, name: Step, *, now: datetime) -> VisitData:
    """Cancel it, mark it as missed, or let the patient arrive or leave. No reason is sent."""
    document: dict[str, Any] = {"id": visit_id}
    if name.removeprefix("un").startswith("check"):
        document["clientdatetime"] = values.iso_form(now)
    return _read(office.rest("PUT", f"{_ACTION}/{visit_id}/{name}", document=document))


def week(office: Office, column_ids: list[int], first: date) -> list[VisitData]:
    """What the columns hold in the seven days from a date."""
    query = {
        "columnId": "-".join(str(one) for one in column_ids),
        "forView": "week",
        "startDate": first.isoformat(),
        "isLegacy": "true",
    }
    told = office.rest("GET", _ACTION, query=query)
    if not isinstance(told, list):
        raise NoAnswer("AdvancedMD's answer is no list.")
    return [_read(one) for one in told]


def _read(told: Any) -> VisitData:
    number = values.number(told.get("id")) if isinstance(told, dict) else None
    if number is None:
        raise NoAnswer("AdvancedMD's answer is no appointment.")
    kinds = told.get("appointmenttypeids") or []
    return VisitData(
        id=number,
        start=values.when(told.get("startdatetime")),
        minutes=values.number(told.get("duration")),
        status=values.number(told.get("status")),
        patient_id=values.number(told.get("patientid")),
        column=str(told.get("heading") or "").strip() or None,
        column_id=values.number(told.get("columnid")),
        profile_id=values.number(told.get("profileid")),
        facility_id=values.number(told.get("facilityid")),
        type_id=values.number(kinds[0]) if kinds else None,
        charged=bool(told.get("chargesposted")),
    )
