"""Visits as AdvancedMD tells them: what has changed, a day's, some by id, the id behind our reference.

Templates ask only for what the clinic keeps in step: no comments, notes or reasons. Nor do they ask for the codes of
profile and facility, for which at least one office refuses a whole day: the column's heading says as much.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.gateways.advancedmd import values
from chalicelib.gateways.advancedmd.elements import Element, message
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Page, VisitData
from chalicelib.gateways.advancedmd.refusals import TOO_MANY_RESULTS, meaning
from chalicelib.gateways.answers import NoAnswer

MOST_IDS = 400
"""How many visits are asked for by id at once."""
_VISIT = Element(
    "visit",
    {
        "start": "VisitStartDateTime",
        "dur": "Duration",
        "st": "ApptStatus",
        "pid": "PatientID",
        "col": "ColumnHeading",
        "typ": "AppointmentTypeID",
        "chg": "ChargesPosted",
    },
)


def changed_since(office: Office, server_time: str) -> Page:
    """All that has changed after a server's time, echoed as it was told; the dearest call there is."""
    request = message("getupdatedvisits", "api", {"datechanged": server_time, "ignoreappttypes": "1"}, _VISIT)
    root, trouble = office.ask(request)
    if trouble and trouble[0] != TOO_MANY_RESULTS:
        raise meaning(*trouble)
    results = root.one("Results") or Element("Results")
    told = results.get("servertime")
    if not told:
        raise NoAnswer("AdvancedMD told no server's time.")
    return Page(tuple(_visits(results)), told, only_ids=trouble is not None)


def of_day(office: Office, day: date) -> Page:
    """A day's visits that are not deleted."""
    return _page(office.tell(message("getdatevisits", "api", {"visitdate": values.short_form(day)}, _VISIT)))


def by_id(office: Office, ids: Sequence[int]) -> Page:
    """Those of these visits that there still are; at most MOST_IDS."""
    if len(ids) > MOST_IDS:
        raise ValueError(f"at most {MOST_IDS} visits at once")
    if not ids:
        return Page((), "")
    listed = Element("visitlist", children=tuple(Element("visit", {"id": str(one)}) for one in ids))
    return _page(office.tell(message("getvisitsbyid", "api", {}, listed, _VISIT)))


def ids_of(office: Office, references: Sequence[str]) -> dict[str, int]:
    """Our references that AdvancedMD knows, each with the id of its visit."""
    if not references:
        return {}
    listed = Element("visitlist", children=tuple(Element("visit", {"referenceid": one}) for one in references))
    root = office.tell(message("getvisitidbyrefid", "api", {}, listed))
    rows = (root.one("Results") or Element("Results")).under("visitlist", "visit")
    found = {row.get("referenceid"): values.number(row.get("id")) for row in rows}
    return {reference: number for reference, number in found.items() if number is not None and reference in references}


def _page(root: Element) -> Page:
    results = root.one("Results") or Element("Results")
    return Page(tuple(_visits(results)), results.get("servertime"))


def _visits(results: Element) -> Iterator[VisitData]:
    for row in results.under("visitlist", "visit"):
        number = values.number(row.get("id"))
        if number is not None:
            yield _visit(number, row)


def _visit(number: int, row: Element) -> VisitData:
    patient = row.one("patientlist", "patient") or row.one("patient") or Element("patient")
    return VisitData(
        id=number,
        start=values.when(row.get("start")),
        minutes=values.number(row.get("dur")),
        status=values.number(row.get("st")),
        patient_id=values.number(row.get("pid") or patient.get("id")),
        column=row.get("col") or None,
        type_id=values.number(row.get("typ")),
        charged=values.yes(row.get("chg")),
        mark=row.get("updatestatus") or None,
    )
