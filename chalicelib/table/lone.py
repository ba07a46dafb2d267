"""One item changed by itself where a condition holds, at half of what a transaction costs; the answer is certain."""

from collections.abc import Sequence

from botocore.exceptions import ClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.kit.errors import Unavailable
from chalicelib.table import base, expressions
from chalicelib.table.base import Raw
from chalicelib.table.keys import Key
from chalicelib.table.revision import pause

_ATTEMPTS = 6


def update(key: Key, actions: Sequence[Action], *, condition: Condition) -> Raw | None:
    """Change the item; answers None, or what stands there instead because the condition did not hold.

    The condition must fail once the change is stored, so that a repeat after a lost answer cannot store it twice; what
    is answered then may be the very change, which the caller can tell.
    """
    request = base.connection().get_operation_kwargs(
        base.table_name(),
        key.pk,
        key.sk,
        actions=actions,
        condition=condition,
        return_values_on_condition_failure="ALL_OLD",
    )
    request.pop("ReturnConsumedCapacity", None)
    expressions.check(request)
    for attempt in range(_ATTEMPTS):
        pause(attempt)
        try:
            base.call("UpdateItem", request)
        except ClientError as refused:
            there: Raw | None = refused.response.get("Item")
            return there or base.get(key, consistent=True) or {}
        except Unavailable:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return None
    return {}
