"""The master data's actions: profiles, providers, facilities, columns with their hours, types of appointments."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement  # nosec B405 # only builds

from infra.simulators.advancedmd import stored
from infra.simulators.advancedmd.desk import Desk
from infra.simulators.advancedmd.envelope import Message


def profiles(desk: Desk, message: Message) -> list[Element]:
    """`lookupprofile`: those whose name or code begins as asked."""
    results = Element("Results", {"success": "1"})
    listed = SubElement(results, "profilelist")
    for one in desk.office.profiles.values():
        if _begins(message, one.name, one.code):
            SubElement(listed, "profile", {"id": f"prof{one.id}", "code": one.code, "name": one.name})
    return [results]


def providers(desk: Desk, message: Message) -> list[Element]:
    """`lookupprovider`: likewise."""
    results = Element("Results", {"success": "1"})
    listed = SubElement(results, "providerlist")
    for one in desk.office.profiles.values():
        if _begins(message, one.name, one.code):
            SubElement(listed, "provider", {"id": f"mprov{one.id}", "code": one.code, "name": one.name})
    return [results]


def facilities(desk: Desk, message: Message) -> list[Element]:
    """`lookupfacility`: records directly beneath the root."""
    return [
        Element(
            "record",
            {
                "uid": f"fac{one.id}",
                "facilitycode": one.code,
                "facilityname": one.name,
                "display": f"{one.code} - {one.name}",
            },
        )
        for one in desk.office.facilities.values()
        if _begins(message, one.name, one.code)
    ]


def scheduler_setup(desk: Desk, _message: Message) -> list[Element]:
    """`getschedulersetup`: pages of columns, each column with whom and where it is for, and its hours."""
    office = desk.office
    results = Element("Results", {"success": "1"})
    pages = SubElement(results, "pagelist")
    SubElement(pages, "page", {"id": "page1", "name": "ALL", "columns": " ".join(f"col{n}" for n in office.columns)})
    columns = SubElement(results, "columnlist")
    for one in office.columns.values():
        told = SubElement(
            columns,
            "column",
            {
                "id": f"col{one.id}",
                "name": one.name,
                "profile": f"prof{one.profile_id}",
                "facility": f"fac{one.facility_id}",
            },
        )
        hours = {"start": one.start, "end": one.end, "interval": str(one.interval), "workweek": one.workweek}
        SubElement(told, "columnsetting", hours | {"maxapptsperslot": str(one.max_per_slot)})
    listed = SubElement(results, "profilelist")
    for profile in office.profiles.values():
        SubElement(listed, "profile", {"id": f"prof{profile.id}", "code": profile.code, "name": profile.name})
    listed = SubElement(results, "facilitylist")
    for facility in office.facilities.values():
        SubElement(listed, "facility", {"id": f"fac{facility.id}", "code": facility.code, "name": facility.name})
    return [results]


def kinds(desk: Desk, _message: Message) -> list[Element]:
    """`getappttypes`: with colour and minutes."""
    results = Element("Results", {"success": "1"})
    listed = SubElement(results, "appttypelist")
    for one in desk.office.kinds.values():
        told = SubElement(listed, "appttype", {"id": f"ap_type{one.id}", "name": one.name, "hide": "no"})
        settings = {"duration": str(one.duration), "color": stored.color(one.color), "hide": "no"}
        SubElement(told, "appttypesettings", settings)
    return [results]


def _begins(message: Message, name: str, code: str) -> bool:
    wanted = (message.root.get("name") or message.root.get("code") or "").upper()
    return name.upper().startswith(wanted) or code.upper().startswith(wanted)
