"""Whom and what an office has: profiles, facilities, columns, types of appointments."""

from collections.abc import Iterable

from chalicelib.gateways.advancedmd.elements import Element, message
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import Coded, ColumnData
from chalicelib.gateways.advancedmd.values import number


def profiles(office: Office, *, name: str = "") -> list[Coded]:
    """Those whose name begins so: `SMITH` finds `SMITH,ANN`."""
    root = office.tell(message("lookupprofile", "api", {"name": name.upper()}))
    return _coded(_results(root).under("profilelist", "profile"))


def facilities(office: Office) -> list[Coded]:
    """All places; their records stand directly beneath the root."""
    root = office.tell(message("lookupfacility", "lookup", {"name": ""}))
    found = []
    for record in [*root.all("record"), *_results(root).all("record")]:
        uid = number(record.get("uid"))
        if uid is not None:
            found.append(Coded(uid, record.get("facilitycode"), record.get("facilityname")))
    return found


def columns(office: Office) -> list[ColumnData]:
    """All that can be booked."""
    root = office.tell(message("getschedulersetup", "masterfiles"))
    found = []
    for column in _results(root).under("columnlist", "column"):
        uid = number(column.get("id"))
        if uid is not None:
            profile, facility = number(column.get("profile")), number(column.get("facility"))
            found.append(ColumnData(uid, column.get("name"), profile, facility))
    return found


def kinds(office: Office) -> list[Coded]:
    """The types of appointments that are not hidden."""
    root = office.tell(message("getappttypes", "masterfiles", {}, Element("appttype")))
    shown = (one for one in _results(root).under("appttypelist", "appttype") if one.get("hide") != "yes")
    return _coded(shown)


def _results(root: Element) -> Element:
    return root.one("Results") or Element("Results")


def _coded(rows: Iterable[Element]) -> list[Coded]:
    found = []
    for row in rows:
        uid = number(row.get("id"))
        if uid is not None:
            found.append(Coded(uid, row.get("code"), row.get("name")))
    return found
