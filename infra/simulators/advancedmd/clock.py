"""The office's clock: the machine's, moved ahead or back, or standing still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.kit import clock

MILLISECOND = 1000


class Clock:
    """Tells the time to everything in the simulator; nothing else there reads a clock."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._stands_at: datetime | None = None
        self.stamped = datetime.min.replace(tzinfo=UTC)

    def stamp(self) -> datetime:
        """The present instant, later than every stamp before it, so that no change hides behind a servertime."""
        self.stamped = max(self.now(), self.stamped + timedelta(milliseconds=1))
        return self.stamped

    def now(self) -> datetime:
        """The present instant in UTC, to the millisecond, as AdvancedMD's stamps are."""
        instant = self._stands_at or clock.precise() + self._ahead
        return instant.replace(microsecond=instant.microsecond // MILLISECOND * MILLISECOND)

    def advance(self, by: timedelta) -> None:
        """Move it; it goes on as before, or stands still at the new time."""
        if self._stands_at:
            self._stands_at += by
        else:
            self._ahead += by

    def stand(self, at: datetime) -> None:
        """Stop it at an instant."""
        self._stands_at = at.astimezone(UTC)

    def go_on(self) -> None:
        """Let it run from where it stands."""
        if self._stands_at:
            self._ahead = self._stands_at - clock.precise()
            self._stands_at = None


def wall(instant: datetime, zone: str) -> datetime:
    """What a clock on the wall there shows."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def iso(naive: datetime | None, nothing: str = "1900-01-01T00:00:00") -> str:
    """`2026-03-27T08:25:28.730`, without milliseconds when there are none; a sentinel for no time at all."""
    if naive is None:
        return nothing
    text = naive.isoformat(timespec="milliseconds")
    return text.removesuffix(".000")


def long_form(naive: datetime) -> str:
    """`3/27/2026 8:25:28 AM`."""
    hour = naive.hour % 12 or 12
    half = "AM" if naive.hour < 12 else "PM"  # noqa: PLR2004 - noon
    return f"{naive.month}/{naive.day}/{naive.year} {hour}:{naive.minute:02d}:{naive.second:02d} {half}"


def short_form(naive: datetime) -> str:
    """`03/27/2026`."""
    return naive.strftime("%m/%d/%Y")


def read(text: str) -> datetime:
    """A naive time in any of the forms that AdvancedMD takes; ValueError when it is none."""
    for form in ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - AdvancedMD's times carry no offset
        except ValueError:
            continue
    return datetime.fromisoformat(text).replace(tzinfo=None)
