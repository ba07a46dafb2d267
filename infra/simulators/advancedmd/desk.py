"""What an action works on: the office, its clock, the guesses that are switched on, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from infra.simulators.advancedmd import clock
from infra.simulators.advancedmd.clock import Clock
from infra.simulators.advancedmd.office import Appointment, Office
from infra.simulators.advancedmd.switches import Switches


@dataclass(frozen=True, slots=True)
class Desk:
    """One caller at one office."""

    office: Office
    clock: Clock
    switches: Switches
    user: str

    def wall(self, instant: datetime) -> datetime:
        """An instant as the server's clock shows it."""
        return clock.wall(instant, self.switches.server_zone)

    def wall_now(self) -> datetime:
        """What the server's clock shows, as a stamp."""
        return self.wall(self.clock.stamp())

    def touch(self, appointment: Appointment) -> None:
        """Stamp a change."""
        appointment.modified_at = self.clock.stamp()
        appointment.modified_by = self.user
