"""How an appointment stands at AdvancedMD, as its view shows it to those who may see that."""

from typing import Any

from chalicelib.kit import ids
from chalicelib.kit.auth import Claims
from chalicelib.kit.settings import settings
from chalicelib.people import access
from chalicelib.table.appointments import AppointmentItem
from chalicelib.table.officelinks import OfficeLinkItem

_NUMBER = "{visit_id}"
Shown = dict[str, Any]


def is_kept() -> bool:
    """Whether the clinic has an office: where it has none, no links are read."""
    return bool(settings().advancedmd_office_key)


def read_for(claims: Claims) -> bool:
    """Whether a list is read with links: only where there is an office, and for those who see how it stands."""
    return is_kept() and access.sees_offices(claims)


def fields(link: OfficeLinkItem | None) -> Shown:
    """The view's fields of a link, or of none: that is what was never to be told."""
    return {
        "advancedmd_visit_id": _said(link.visit_id) if link else None,
        "advancedmd_provider_id": _said(link.provider_id) if link else None,
        "advancedmd_facility_id": _said(link.facility_id) if link else None,
        "last_synced_to_amd": link.synced_at if link else None,
        "amd_sync_status": link.status if link else None,
        "amd_sync_error": link.error if link else None,
        "amd_visit_url": _address(link) if link else None,
        "amd_conflict": link.disagreement if link else None,
    }


def tag(item: AppointmentItem, claims: Claims) -> str:
    """What says which copy this is: how it stands there changes without the appointment's version.

    If-Match reads no further than the dot.
    """
    version = str(int(item.version))
    if item.link is None or not access.sees_offices(claims):
        return version
    return f"{version}.{ids.digest(*map(str, fields(item.link).values()))}"


def _said(number: float | None) -> str | None:
    return str(int(number)) if number is not None else None


def _address(link: OfficeLinkItem) -> str | None:
    """Where people see the visit at AdvancedMD, if the clinic has said where that is."""
    number = _said(link.visit_id)
    pattern = settings().advancedmd_visit_url
    return pattern.replace(_NUMBER, number) if pattern and number else None
