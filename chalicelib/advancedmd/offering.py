"""Offering: whom and what the office has, by name, so that nobody who settles something types numbers."""

from dataclasses import dataclass

from chalicelib.advancedmd import answering, setup
from chalicelib.gateways.advancedmd import masters
from chalicelib.gateways.advancedmd.records import Coded, ColumnData
from chalicelib.kit.cache import Memory


@dataclass(frozen=True, slots=True)
class Offered:
    """The office's profiles, facilities, columns and types of appointments, each in order of name."""

    profiles: list[Coded]
    facilities: list[Coded]
    columns: list[ColumnData]
    kinds: list[Coded]


def offered() -> Offered:
    """What the office has, believed for an hour. NotSetUp, AdvancedMDRefuses, Unavailable."""
    return _known(setup.office_key())


def _read(_office_key: str) -> Offered:
    with answering.office() as (_, office):
        return Offered(
            profiles=sorted(masters.profiles(office), key=lambda one: one.name),
            facilities=sorted(masters.facilities(office), key=lambda one: one.name),
            columns=sorted(masters.columns(office), key=lambda one: one.name),
            kinds=sorted(masters.kinds(office), key=lambda one: one.name),
        )


_known: Memory[Offered] = Memory(_read, seconds=3_600.0)
