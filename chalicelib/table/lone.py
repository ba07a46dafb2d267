"""One item changed by itself where a condition holds, at half of what a transaction costs; the answer is certain."""

from collections.abc import Callable, Sequence

from botocore.exceptions import ClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.kit.errors import Unavailable
from chalicelib.table import base, expressions
from chalicelib.table.keys import Key
from chalicelib.table.revision import pause

_ATTEMPTS = 6


def update(key: Key, actions: Sequence[Action], *, condition: Condition, landed: Callable[[], bool]) -> bool:
    """Whether this very change is stored; False when the condition did not hold.

    The condition must fail once the change is stored, so that a repeat after a lost answer cannot store it twice;
    `landed` then tells our own change from somebody else's.
    """
    request = base.connection().get_operation_kwargs(
        base.table_name(), key.pk, key.sk, actions=actions, condition=condition
    )
    request.pop("ReturnConsumedCapacity", None)
    expressions.check(request)
    for attempt in range(_ATTEMPTS):
        pause(attempt)
        try:
            base.call("UpdateItem", request)
        except ClientError:
            return landed()
        except Unavailable:
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return True
    return False
