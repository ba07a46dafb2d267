"""`scripts/bench eta`: how far off the waits are that patients are told, beside what other boards tell, in one run.

Doctors are drawn, and each lives a fortnight of clinic days; every guess is asked at the same moments of the same days.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median

from scripts.replaying.rows import BadFile
from scripts.simulating import profile
from scripts.simulating.day import Answer, Day, Guess, Past
from scripts.simulating.guesses import GUESSES
from scripts.simulating.people import Doctor
from scripts.simulating.profile import Profile

_DAYS = 10


def main() -> int:
    """Print the table: 0; 1 with one sentence when the file cannot be read."""
    arguments = _arguments()
    try:
        shape = profile.of_file(arguments.file) if arguments.file else profile.built_in()
    except BadFile as refusal:
        print(refusal, file=sys.stderr)
        return 1
    answers = list(lived(shape, doctors=arguments.doctors, seed=arguments.seed))
    print("\n".join(table(answers)))
    return 0


def lived(shape: Profile, *, doctors: int, seed: int, guesses: Mapping[str, Guess] = GUESSES) -> Iterator[Answer]:
    """Every answer of every guess over all days."""
    for number in range(doctors):
        chance = random.Random(f"{seed}/{number}")  # noqa: S311  # nosec B311 # a day that can be lived again
        doctor, past = Doctor.drawn(chance), Past()
        for _ in range(_DAYS):
            patients = doctor.day(chance, shape)
            day = Day(patients, begins=doctor.begins(chance), past=past, guesses=guesses, dice=chance)
            yield from day.live()


def table(answers: Sequence[Answer]) -> Iterator[str]:
    """The figures: of what was told at the door, and of everything told until the patient was called."""
    names = list(dict.fromkeys(answer.guess for answer in answers))
    for title, told in (
        ("told at the door", [answer for answer in answers if answer.at_the_door]),
        ("told every five minutes", answers),
    ):
        waits = [answer.actual for answer in told if answer.guess == names[0]]
        yield f"{title}: {len(waits)} answers of each; waits: median {median(waits):.0f} min, longest {max(waits):.0f}"
        yield f"  {'':<30}{'median error':>14}{'mean error':>12}{'too short':>11}{'P90 kept':>10}"
        for name in names:
            yield _line(name, [answer for answer in told if answer.guess == name])


def _line(name: str, told: Sequence[Answer]) -> str:
    errors = [abs(answer.expected - answer.actual) for answer in told]
    short = fmean(answer.expected < answer.actual for answer in told)
    kept = fmean(answer.actual <= answer.promised for answer in told)
    return f"  {name:<30}{median(errors):>10.1f} min{fmean(errors):>8.1f} min{short:>11.0%}{kept:>10.1%}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench eta", description="Compare the waits that patients are told with those they had."
    )
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="gzip csv of bookings (default: a table)")
    parser.add_argument("--doctors", type=int, default=20, help="how many, ten days each (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="other doctors and days (default %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
