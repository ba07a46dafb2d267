"""The office for somebody who waits at a screen: it is asked at once, and whatever it says is said to them in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.advancedmd import reaching, setup
from chalicelib.advancedmd.setup import NotSetUp
from chalicelib.gateways.advancedmd.office import Office
from chalicelib.gateways.advancedmd.refusals import NotYet
from chalicelib.gateways.answers import NoAnswer, NotNow, Refused
from chalicelib.kit.errors import Conflict, Unavailable


class AdvancedMDRefuses(Conflict):
    """AdvancedMD will not do this as it is asked."""

    code = "advancedmd_refuses"
    sampled = ("AdvancedMD has a patient who is alike.",)

    def __init__(self, why: str) -> None:
        super().__init__(why)


@contextmanager
def office() -> Iterator[tuple[str, Office]]:
    """The office and its key; what it does not answer is put into words. NotSetUp, AdvancedMDRefuses, Unavailable."""
    office_key, who = setup.demanded().office_key, reaching.credentials()
    if who is None:
        raise NotSetUp
    try:
        yield office_key, reaching.office(who, urgent=True)
    except NotYet as early:
        seconds = str(max(1, round(early.wait)))
        raise Unavailable("AdvancedMD takes no more calls right now.", headers={"Retry-After": seconds}) from None
    except (NotNow, NoAnswer):
        raise Unavailable("AdvancedMD does not answer; try again shortly.") from None
    except Refused as refused:
        raise AdvancedMDRefuses(str(refused)) from None
