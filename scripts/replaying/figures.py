"""What a replay measured, as lines to print."""

from collections import Counter
from collections.abc import Iterator, Sequence

from scripts.replaying.caller import Caller
from scripts.replaying.desk import Outcome

_SHARES = (50, 95, 99)


def lines(outcomes: Sequence[Outcome], seconds: float, caller: Caller) -> Iterator[str]:
    """Bookings per second, refusals by reason, and percentiles of the answers' times."""
    booked = sum(bool(outcome.appointment_id) for outcome in outcomes)
    yield f"{booked} of {len(outcomes)} rows booked in {seconds:.1f} s: {booked / seconds:.1f} bookings/s"
    yield f"{sum(outcome.lost for outcome in outcomes)} times were gone or clashed and another was tried"
    refusals = Counter(outcome.refusal for outcome in outcomes if not outcome.appointment_id)
    yield f"{refusals.total()} refused" + "".join(f", {count} {reason}" for reason, count in refusals.most_common())
    for kind in ("availability", "booking"):
        times = sorted(caller.seconds[kind])
        if times:
            shares = ", ".join(f"p{share} {percentile(times, share) * 1000:.0f} ms" for share in _SHARES)
            yield f"{kind}: {len(times)} answers, {shares}"
    if caller.repeats:
        yield f"requests sent again: {dict(caller.repeats)}"


def percentile(times: Sequence[float], share: int) -> float:
    """The smallest time that is not exceeded by `share` per cent of the sorted times."""
    return times[-(-len(times) * share // 100) - 1]
