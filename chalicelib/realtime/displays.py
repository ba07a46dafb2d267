"""Lobby displays: each signs in with an API key of its own, which shows one location and can be taken back."""

from collections.abc import Mapping
from typing import Any

from chalicelib.callers import apikeys
from chalicelib.callers.apikeys import Issued
from chalicelib.kit.auth import EVERYWHERE, Claims
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.stamps import Stamp
from chalicelib.people import access, directory
from chalicelib.table.apikeys import ApiKeyItem

ROLE = "display"


def add(fields: Mapping[str, Any], *, valid_days: int, stamp: Stamp) -> Issued:
    """A display of `name` at `location_id`, for all of its doctors or for `doctor_ids`; its key is known once.

    Raises NotFound for a location that the caller does not reach, Invalid for a doctor who does not work there.
    """
    place = fields["location_id"]
    directory.require(directory.location, place, "location_id")
    access.check_location(stamp.by, place)
    for number, doctor_id in enumerate(fields["doctor_ids"] or []):
        if place not in directory.require(directory.doctor, doctor_id, f"doctor_ids[{number}]").location_ids:
            raise Invalid.field(f"doctor_ids[{number}]", "the doctor does not work there")
    return apikeys.issue({**fields, "role": ROLE}, valid_days=valid_days, stamp=stamp)


def page(
    claims: Claims, *, location_id: str | None, include_inactive: bool, limit: int, cursor: str | None
) -> tuple[list[ApiKeyItem], str | None]:
    """The displays that the caller reaches, of all locations or one, by name; NotFound for one out of reach."""
    if location_id is not None:
        directory.require(directory.location, location_id, "location_id")
        access.check_location(claims, location_id)

    def wanted(item: ApiKeyItem) -> bool:
        return _is_display(item) and location_id in (None, item.location_id) and _reached(claims, item)

    return apikeys.page(include_inactive=include_inactive, limit=limit, cursor=cursor, where=wanted)


def take_down(display_id: str, *, stamp: Stamp) -> ApiKeyItem:
    """The display, whose key opens nothing any more; what it has open is closed."""
    found = ApiKeyItem.find(display_id)
    if found is None or not _is_display(found) or not _reached(stamp.by, found):
        raise NotFound("display")
    return apikeys.revoke(display_id, stamp=stamp)


def _is_display(item: ApiKeyItem) -> bool:
    """Whether a key is a display's; one that is bound to no single location was made as a key, and stays one."""
    return item.role == ROLE and item.location_id not in (None, EVERYWHERE)


def _reached(claims: Claims, item: ApiKeyItem) -> bool:
    return access.reaches_location(claims, str(item.location_id))
