"""How often a message is tried, how long between, and what is done when nobody knows whether it was sent.

A worker can be killed, or an answer lost, between the provider's taking a message and our writing that down. Nothing
that is written before or after can close that gap; what is left is to ask the provider, or to choose the smaller harm:

    channel  asked first                                            then
    -------  -----------------------------------------------------  --------------------------------------------------
    email    SES's events, which carry the reminder's id as a tag   sent again: a missed visit is worse than two mails
    sms      Twilio's list of what was sent to the number since     sent again, when Twilio answers that it has nothing
             (in these words, links apart); MessageBird's by our
             own reference; SNS keeps none, and is not asked
    push     nobody                                                 sent again: its topic replaces the one that is there
    call     Twilio's list of calls to the number since             parked: nobody is rung up twice on a guess

The lease of a worker is as long as those answers take, so that whoever takes over finds them.
"""

import random
from datetime import datetime, timedelta

from chalicelib.reminders.kinds import CALL, EMAIL, PUSH, SMS, Channel

LEASE = timedelta(minutes=5)
MOST = 5
_FIRST, _LONGEST = timedelta(seconds=45), timedelta(minutes=15)
UNKNOWN = "Nobody knows whether it was sent."
SENT_AGAIN: frozenset[str] = frozenset({EMAIL, SMS, PUSH})
INSTEAD: dict[str, Channel] = {SMS: EMAIL, EMAIL: SMS, PUSH: EMAIL, CALL: SMS}
"""Which channel stands in for one that fails."""


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after so many tries; None when that was often enough. Half of the pause is left to chance."""
    if tries >= MOST:
        return None
    pause: timedelta = min(_FIRST * 2.0 ** (tries - 1), _LONGEST)
    return now + pause * random.uniform(0.5, 1)  # noqa: S311  # nosec B311 # jitter, not a secret
