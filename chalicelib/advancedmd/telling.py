"""Telling: the calls by which a visit at AdvancedMD is made, found again by our reference, and changed.

Nothing is sent that could arrive after somebody else has taken over.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.advancedmd import mapping
from chalicelib.advancedmd.mapping import Links, NotLinked, Untellable
from chalicelib.advancedmd.shared import SLOT, Field, Shared
from chalicelib.gateways.advancedmd import refusals, scheduler, visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.answers import NotNow, Refused

Values = Mapping[Field, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who speaks of one appointment to the office: under which reference, and until when on the monotonic clock."""

    office: Office
    links: Links
    reference: str
    now: datetime
    until: float

    def find(self) -> VisitData | None:
        """The visit that was made under our reference."""
        found = visits.ids_of(self.office, [self.reference])
        return scheduler.find(self.office, found[self.reference]) if self.reference in found else None

    def make(self, ours: Shared) -> VisitData:
        """Make the appointment's visit; NotLinked, Untellable, NotBookable when its time is not free."""
        new = mapping.to_visit(ours, self.links, reference=self.reference)
        self._in_time()
        return scheduler.create(self.office, new, now=self._wall)

    def change(self, visit: VisitData, theirs: Shared, told: Values, *, new: bool) -> tuple[Values, Exception | None]:
        """Tell these fields of a visit: those that were told, and why the rest was not. NoAnswer, NotNow.

        A `new` visit is known by its reference alone.
        """
        slot: dict[Field, Any] = {name: told[name] for name in SLOT if name in told}
        stage: dict[Field, Any] = {"stage": told["stage"]} if "stage" in told else {}
        done: dict[Field, Any] = {}
        for wanted, tell in ((slot, partial(self._place, new=new)), (stage, self._advance)):
            try:
                if wanted:
                    tell(visit, theirs, wanted)
            except (NotLinked, Untellable, Refused) as refused:
                return done, refused
            done |= wanted
        return done, None

    def _place(self, visit: VisitData, theirs: Shared, moved: Values, *, new: bool) -> None:
        wanted = theirs.with_values(dict(moved))
        start = mapping.wall_of(wanted.start, self.links.zone)
        at = mapping.stays_or_goes(visit, wanted, self.links)
        self._in_time()
        if "minutes" in moved:
            reference = self.reference if new else None
            scheduler.edit(self.office, visit.id, at=at, start=start, minutes=wanted.minutes, reference=reference)
        else:
            scheduler.move(self.office, visit.id, column_id=at.column_id, start=start, now=self._wall)

    def _advance(self, visit: VisitData, theirs: Shared, stage: Values) -> None:
        steps = mapping.steps(theirs.stage, stage["stage"])
        if steps is None:
            raise refusals.Declined("AdvancedMD has no way from what its front desk has noted to this.")
        for step in steps:
            self._in_time()
            scheduler.step(self.office, visit.id, step, now=self._wall)

    @property
    def _wall(self) -> datetime:
        return self.now.astimezone(self.links.zone).replace(tzinfo=None)

    def _in_time(self) -> None:
        if time.monotonic() > self.until:
            raise NotNow("The push has taken too long.")
