"""What has changed at AdvancedMD since a server's time, read to the end: nothing is taken for deleted unread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.gateways.advancedmd import visits
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.records import VisitData
from chalicelib.gateways.answers import NotNow

_DELETED_OR_CHARGED = "D"


@dataclass(frozen=True, slots=True)
class Changes:
    """Visits as they now are, and the ids of those that are no more; `server_time` is where the next reading begins.

    It is to be kept only when all of this has been dealt with. `unread` have still to be read, one by one.
    """

    there: tuple[VisitData, ...]
    gone: tuple[int, ...]
    server_time: str
    unread: tuple[int, ...] = ()


def since(office: Office, server_time: str) -> Changes:
    """All changes after a server's time: one call of the dearest tier, and one of the cheapest for each 400 in doubt.

    In doubt are visits of which only the ids were told, and those of which a deletion cannot be told from a charge.
    """
    page = visits.changed_since(office, server_time)
    doubtful = [one.id for one in page.visits if page.only_ids or one.mark == _DELETED_OR_CHARGED]
    certain = [one for one in page.visits if one.id not in set(doubtful)]
    try:
        read = {one.id: one for one in _by_id(office, doubtful)}
    except NotNow:  # the dear call is made already, and what it told is not asked for twice
        return Changes(tuple(certain), (), page.server_time, tuple(doubtful))
    gone = tuple(one for one in doubtful if one not in read)
    return Changes((*certain, *read.values()), gone, page.server_time)


def _by_id(office: Office, ids: Sequence[int]) -> Iterator[VisitData]:
    for first in range(0, len(ids), visits.MOST_IDS):
        yield from visits.by_id(office, ids[first : first + visits.MOST_IDS]).visits
