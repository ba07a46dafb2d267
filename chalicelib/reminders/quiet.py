"""When people are left in peace: quiet hours on their own wall clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.kit import clock
from chalicelib.reminders.kinds import ANYTIME, CALL, NEWS, PUSH, SMS

LOUD: frozenset[str] = frozenset({SMS, PUSH, CALL})
"""What makes a sound when it comes; an e-mail waits until it is read."""
_IN_TIME = timedelta(minutes=30)  # what is put off must leave the patient this long to act on it
_EARLIER = timedelta(minutes=5)  # before the quiet begins, so that what is sent a little late is not late
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` until just before `end` on the wall; over midnight when it ends earlier than it begins."""

    begin: time
    end: time

    def around(self, instant: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
        """The quiet stretch that the instant lies in, or None; equal times are no quiet hours at all."""
        if self.begin == self.end:
            return None
        today = clock.local_date(instant, zone)
        for day in (today, today - _DAY):
            begin, end = self._of(day, zone)
            if begin <= instant < end:
                return begin, end
        return None

    def _of(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The stretch that begins on a local date; a time that the clock shows twice counts as early as possible."""
        last = day if self.begin < self.end else day + _DAY
        return _instant(day, self.begin, zone), _instant(last, self.end, zone)


NIGHT = QuietHours(time(21), time(8))


def settle(
    due: datetime, *, kind: str, channel: str, quiet: QuietHours, zone: ZoneInfo, since: datetime, start: datetime
) -> datetime | None:
    """When a message due then may go out; None for one that can no longer be of use.

    What falls into the quiet hours waits for their end, if that still leaves time before the `start`. Otherwise a
    reminder comes shortly before they begin, or not at all when that was before `since`, and news comes at once.
    """
    if channel not in LOUD or kind in ANYTIME:
        return due
    stretch = quiet.around(due, zone)
    if stretch is None:
        return due
    begin, end = stretch
    if end + _IN_TIME <= start:
        return end
    if kind in NEWS:
        return due
    earlier = begin - _EARLIER
    return earlier if earlier > since else None


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
