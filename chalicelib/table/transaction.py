"""One transaction: all of its operations or none, sent until the answer is certain."""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.kit.errors import CareSlotError, Unavailable
from chalicelib.table import base, expressions
from chalicelib.table.base import Item
from chalicelib.table.keys import Key

_ATTEMPTS = 10
_FIRST_PAUSE = 0.01
_LONGEST_PAUSE = 0.5
_BUSY = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
Refusal = Callable[[], Exception]


class Transaction:
    """Collects writes, each with the refusal that its failed condition means, and commits them together.

    The request token and the payload stay the same through every retry: a fresh token would lose
    or repeat the transaction when a time-out hides a commit. `landed` settles the one doubt that is
    left, a refusal that may be our own earlier commit (the engine forgot the token): it reads the
    thing written and says whether this transaction wrote it.
    """

    def __init__(self, *, token: str | None = None, landed: Callable[[], bool] | None = None) -> None:
        self.token = token or uuid.uuid4().hex
        self._landed = landed
        self._operations: list[dict[str, Any]] = []
        self._refusals: list[Refusal] = []

    def put(self, item: Item, *, unless: Condition | None = None, refusal: Refusal) -> None:
        """Store a new item; by default only where there is none."""
        condition = Item.PK.does_not_exist() if unless is None else unless
        self._add("Put", item.get_save_kwargs_from_instance(condition=condition), refusal)

    def update(self, key: Key, actions: Sequence[Action], *, condition: Condition | None, refusal: Refusal) -> None:
        """Change an item where the condition holds."""
        operation = base.connection().get_operation_kwargs(
            base.table_name(), key.pk, key.sk, actions=actions, condition=condition
        )
        self._add("Update", operation, refusal)

    def check(self, key: Key, condition: Condition, *, refusal: Refusal) -> None:
        """Demand that the condition holds at the commit."""
        operation = base.connection().get_operation_kwargs(base.table_name(), key.pk, key.sk, condition=condition)
        self._add("ConditionCheck", operation, refusal)

    def delete(self, key: Key, *, condition: Condition | None, refusal: Refusal) -> None:
        """Remove an item where the condition holds."""
        operation = base.connection().get_operation_kwargs(base.table_name(), key.pk, key.sk, condition=condition)
        self._add("Delete", operation, refusal)

    def raw_update(self, operation: dict[str, Any], *, refusal: Refusal) -> None:
        """An update that its entity wrote in DynamoDB's own form."""
        self._add("Update", {"TableName": base.table_name(), **operation}, refusal)

    @property
    def operations(self) -> list[dict[str, Any]]:
        """The request as it will be sent."""
        return self._operations

    def commit(self) -> None:
        """Write everything or nothing; raises the first refused operation's refusal, or `Unavailable`."""
        if len(self._operations) > expressions.MAX_OPERATIONS:
            raise expressions.ExpressionTooLarge(f"{len(self._operations)} operations of {expressions.MAX_OPERATIONS}")
        request = {"ClientRequestToken": self.token, "TransactItems": self._operations}
        pause = _FIRST_PAUSE
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(random.uniform(pause / 2, pause))  # noqa: S311  # nosec B311 # jitter, not a secret
                pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                base.connection().dispatch("TransactWriteItems", request)
            except ClientError as error:
                refused = self._refused(error)
                if refused is None:
                    continue
                if self._landed is not None and self._landed():
                    return
                raise refused from error
            except BotoCoreError:
                continue  # a time-out or a broken connection: it may have been committed, the token tells
            return
        if self._landed is not None and self._landed():
            return
        raise Unavailable("The table is too busy; try again shortly.", headers={"Retry-After": "1"})

    def _add(self, kind: str, operation: dict[str, Any], refusal: Refusal) -> None:
        operation.pop("ReturnConsumedCapacity", None)
        expressions.check(operation)
        self._operations.append({kind: operation})
        self._refusals.append(refusal)

    def _refused(self, error: ClientError) -> Exception | None:
        """The refusal that the error means; None when trying again may help."""
        failed: Exception = error
        code = error.response["Error"]["Code"]
        if code in _BUSY:
            return None
        if code != "TransactionCanceledException":
            return failed
        reasons = [reason.code if reason else None for reason in getattr(error, "cancellation_reasons", [])]
        for reason, refusal in zip(reasons, self._refusals, strict=False):
            if reason == "ConditionalCheckFailed":
                return refusal()
        if any(reason in _BUSY for reason in reasons):
            return None
        return failed


class CannotHappen(CareSlotError):
    """A condition failed that nothing in the system can make fail; shown as a 500 and logged."""


def never() -> Exception:
    """The refusal of an operation without a condition."""
    return CannotHappen("An unconditional write was refused.")
