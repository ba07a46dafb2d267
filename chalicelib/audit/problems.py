"""What can be wrong with the trail, each as one sentence for the auditor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was sealed; `place` is the sort key of what it is about."""

    kind: str
    seal: int | None
    place: str | None
    detail: str


def of_entries(number: int, sealed: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Problem]:
    """What differs between the entries that a seal lists and those that are there: digests by place."""
    for place in sorted(sealed.keys() | found.keys()):
        if place not in found:
            yield Problem("entry_removed", number, place, "A sealed entry is missing.")
        elif place not in sealed:
            yield Problem("entry_inserted", number, place, "An entry was put into a time that was sealed without it.")
        elif sealed[place] != found[place]:
            yield Problem("entry_altered", number, place, "A sealed entry is not what it was when it was sealed.")


def forged_seal(place: str) -> Problem:
    """A seal that is not what the key signed."""
    return Problem("seal_forged", None, place, "A seal is not as the signing key signed it; it proves nothing.")


def missing_seals(first: int, last: int, place: str | None) -> Problem:
    """Seals that were made and are not there; `place` is where the one before them ends."""
    which = f"Seal {first} is" if first == last else f"Seals {first} to {last} are"
    return Problem("seal_missing", first, place, f"{which} missing; what they covered cannot be verified.")


def broken_link(number: int, place: str) -> Problem:
    """A seal that was signed on top of another one than that before it."""
    return Problem("chain_broken", number, place, "A seal does not go on where the seal before it ends.")


def forged_mark() -> Problem:
    """The mark of the latest seal is not the sealer's, or not the latest."""
    return Problem("mark_forged", None, None, "The mark of the latest seal is not as the sealer left it.")


def missing_mark() -> Problem:
    """There are seals and no mark."""
    return Problem("mark_missing", None, None, "The mark of the latest seal is missing; seals may be missing too.")
