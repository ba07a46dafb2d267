"""The guesses that are compared: the clinic's own, and what waiting-room boards show otherwise.

Each tells, for everybody who is here, the wait that it expects from now on and one that nine in ten should not exceed;
a board that has one number promises that.
"""

from collections.abc import Mapping
from statistics import fmean

from chalicelib.queue import wait
from scripts.simulating.day import Guess, Moment, Told
from scripts.simulating.people import PLANNED, Patient

_MOST_LATE = 15.0  # minutes for which the board thinks that a late doctor stays late
_UNTOLD = 15.0  # what a board shows on a doctor's first morning, before anybody was called


def ours(moment: Moment) -> Told:
    """The clinic's own estimate, asked for as the board asks for it."""
    line = moment.order()
    places = [wait.Ahead(one.kind, PLANNED[one.kind]) for one in line]
    running = []
    if moment.running:
        patient, minutes = moment.running
        running = [wait.Running(patient.kind, PLANNED[patient.kind], minutes)]
    free_in = 0.0 if moment.begun else max(-moment.now, min(moment.now, _MOST_LATE))
    found = wait.estimate(places, running=running, pace=moment.past.pace, doctor_free_in=free_in)
    return {one.id: (each.p50, each.p90) for one, each in zip(line, found, strict=False)}


def rolling_average(moment: Moment) -> Told:
    """What the last ten patients waited on average, less what one has waited already."""
    past = moment.past.waits or [_UNTOLD]
    expected, promised = fmean(past), sorted(past)[min(len(past) - 1, round(0.9 * len(past)))]
    return {
        one.id: (max(0.0, expected - _waited(one, moment)), max(0.0, promised - _waited(one, moment)))
        for one in moment.here
    }


def longest_and_fifteen(moment: Moment) -> Told:
    """The longest wait of anybody here, and fifteen minutes: one number for all."""
    longest = max(_waited(one, moment) for one in moment.here)
    return {one.id: (longest + 15.0, longest + 15.0) for one in moment.here}


def ahead_times_average(moment: Moment) -> Told:
    """How many go in before, times the average of the doctor's last ten visits."""
    each = fmean(moment.past.visits or [_UNTOLD])
    running = each / 2 if moment.running else 0.0
    line = moment.order()
    return {one.id: (place * each + running,) * 2 for place, one in enumerate(line)}


GUESSES: Mapping[str, Guess] = {
    "CareSlot": ours,
    "rolling average": rolling_average,
    "longest so far + 15 minutes": longest_and_fifteen,
    "ahead × average visit": ahead_times_average,
}


def _waited(one: Patient, moment: Moment) -> float:
    return moment.now - (one.comes_at or 0.0)
