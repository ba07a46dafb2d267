"""Reminders: the messages that are planned for an appointment, what is due, and who is sending which.

All of one appointment share a partition, so that they are one Query, and a reminder's id names its appointment. What
waits for its time stands in the due index, apart from everything else that is due; what is being sent stands there
under the end of its lease, so that a sender that dies is noticed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.kit import clock, ids
from chalicelib.table import base, indexes, keys, lone
from chalicelib.table.base import Item, setting
from chalicelib.table.transaction import Refusal, Transaction

PENDING, SENDING, PARKED = "pending", "sending", "parked"
_PAGE = 200


class ReminderItem(Item, discriminator="reminder"):
    """One planned message. `occasion` is its kind, `round` tells for which settling of the appointment's time it is.

    `scheduled_time` is when it should go out, `due_at` when somebody should look at it next; `offset` is in minutes.
    `by_hand` marks what people planned or changed themselves, which no plan touches, and `instead_of` is the failed
    reminder on another channel for which this one stands in. `lease` is whoever is sending it, `tries` how often that
    was begun, and `begun_at` when: of several tries whose outcome nobody knows, the first. `message` is kept as it was
    sent, with whom it was sent to. `answered` is what its reader has said to it, and `answered_at` when that was done.
    """

    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    occasion = UnicodeAttribute()
    channel = UnicodeAttribute()
    audience = UnicodeAttribute()
    offset = NumberAttribute(null=True)
    round = NumberAttribute()
    scheduled_time = UnicodeAttribute()
    status = UnicodeAttribute()
    recipient_id = UnicodeAttribute()
    recipient_email = UnicodeAttribute(null=True)
    recipient_phone = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    message = UnicodeAttribute(null=True)
    custom_message = UnicodeAttribute(null=True)
    sent_time = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    delivery_status = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)
    tries = NumberAttribute(default=0)
    failures: Any = JSONAttribute(null=True)
    lease = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    by_hand = BooleanAttribute(null=True)
    instead_of = UnicodeAttribute(null=True)
    answered = UnicodeAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    missing = "reminder"

    @property
    def appointment_id(self) -> str:
        """The appointment's id."""
        return str(self.PK).split("#", 1)[1]

    @property
    def id(self) -> str:
        """The reminder's id."""
        return str(self.SK).split("#", 1)[1]

    @property
    def due(self) -> datetime:
        """When it should go out."""
        return clock.parse(self.scheduled_time)

    @property
    def retry_count(self) -> int:
        """How often it was tried again."""
        return max(0, int(self.tries) - 1)

    @classmethod
    def is_pending(cls) -> Condition:
        """Nobody is sending it, and it is still to be sent."""
        return cls.status == PENDING

    @classmethod
    def is_behind(cls, known: Iterable[str]) -> Condition:
        """It is there, and what is known of its delivery is one of these, or nothing."""
        behind = cls.delivery_status.does_not_exist()
        if listed := sorted(known):
            behind = behind | cls.delivery_status.is_in(*listed)
        there: Condition = cls.PK.exists() & behind
        return there

    @classmethod
    def is_version(cls, version: int) -> Condition:
        """Nobody has changed it since it was read."""
        return cls.version == version


class PlanItem(Item, discriminator="reminderplan"):
    """From which version of the appointment its reminders were last planned, and under which policy of its location.

    The policy is kept for the `round` that it was planned for.
    """

    planned_from = NumberAttribute()
    policy: Any = JSONAttribute(null=True)
    round = NumberAttribute(null=True)

    @classmethod
    def is_older(cls, version: int) -> Condition:
        """No later version of the appointment has been planned from."""
        planned_before: Condition = cls.PK.does_not_exist() | (cls.planned_from <= version)
        return planned_before


def find(reminder_id: str, appointment_id: str) -> ReminderItem | None:
    """A reminder as it is now, or None."""
    return ReminderItem.read(base.get(keys.reminders(appointment_id, "REMINDER", reminder_id), consistent=True))


def plan_of(appointment_id: str) -> PlanItem | None:
    """What an appointment's reminders were last planned from, or None before they were."""
    return PlanItem.read(base.get(keys.reminders(appointment_id), consistent=True))


def of_appointment(appointment_id: str) -> list[ReminderItem]:
    """Every reminder of an appointment as stored now, whatever became of it, in order of time."""
    place, first = keys.reminders(appointment_id, "REMINDER", "")
    found = base.query(place, between=(first, first + "~"), consistent=True)
    return sorted((ReminderItem.from_raw_data(raw) for raw, _ in found), key=lambda one: (one.scheduled_time, one.id))


def due(now: datetime) -> Iterator[tuple[str, str]]:
    """What should be looked at by `now`: the id of each reminder and that of its appointment."""
    for shard in indexes.due_shards(indexes.REMIND):
        until = ("0", clock.iso(now))
        for raw, _ in base.query(shard, index="due", names=("due_key", "due_at"), between=until, limit=_PAGE):
            yield raw["SK"]["S"].split("#", 1)[1], raw["PK"]["S"].split("#", 1)[1]


def parked() -> Iterator[ReminderItem]:
    """Every reminder that was given up, the oldest of each shard first."""
    for shard in indexes.due_shards(indexes.PARKED):
        for raw, _ in base.query(shard, index="due", names=("due_key", "due_at"), limit=_PAGE):
            found = find(raw["SK"]["S"].split("#", 1)[1], raw["PK"]["S"].split("#", 1)[1])
            if found is not None and found.status == PARKED:
                yield found


def claim(reminder_id: str, appointment_id: str, *, now: datetime, lease: timedelta) -> ReminderItem | None:
    """The reminder, if it is due and nobody else is sending it: it is the caller's until the lease ends.

    What another has begun and not finished in its time is `SENDING` in what is answered here, as it was left; what
    was waiting is `PENDING`. Either way the stored status is now `SENDING` under a lease of the caller's own.
    """
    found = find(reminder_id, appointment_id)
    if found is None or found.status not in {PENDING, SENDING} or (found.due_at or "9") > clock.iso(now):
        return None
    taken = {"status": SENDING, "lease": ids.new("lse"), "tries": int(found.tries) + 1}
    left = found.status
    if left == PENDING:
        taken["begun_at"] = clock.iso(now)
    if not change(found, {**taken, "due_at": clock.iso(now + lease)}, now=now):
        return None
    found.status = left
    return found


def change(reminder: ReminderItem, fields: Mapping[str, Any], *, now: datetime) -> bool:
    """Give the reminder these fields (None removes one), if it still is as it was read; False when it is not.

    What is neither pending nor being sent leaves the due index; what is given up stands there apart.
    """
    written = {**fields, "version": int(reminder.version) + 1, "updated_at": clock.iso(now)}
    if written.get("status", reminder.status) not in {PENDING, SENDING}:
        written |= {"due_key": None, "due_at": None, "lease": None}
    if written.get("status") == PARKED:
        written |= {"due_key": indexes.due_shard(reminder.id, indexes.PARKED), "due_at": clock.iso(now)}
    mark = written.setdefault("request_id", ids.new("wrt"))
    there = lone.update(
        reminder.key,
        setting(ReminderItem, written),
        condition=ReminderItem.is_version(int(reminder.version)),
    )
    if there is not None and there.get("request_id", {}).get("S") != mark:
        return False
    for name, value in written.items():
        setattr(reminder, name, value)
    return True


def receive(
    reminder_id: str, appointment_id: str, told: str, *, over: Iterable[str], why: str | None, now: datetime
) -> bool:
    """Note what the provider tells of a message, where it is later news than these; False where it is not, or none.

    Nothing else of the reminder is touched, so it may come before its sender has written down that it was sent.
    """
    fields = {"delivery_status": told, "updated_at": clock.iso(now), "request_id": ids.new("wrt")}
    if why:
        fields["error_message"] = why
    actions = [*setting(ReminderItem, fields), ReminderItem.version.set(ReminderItem.version + 1)]
    there = lone.update(
        keys.reminders(appointment_id, "REMINDER", reminder_id), actions, condition=ReminderItem.is_behind(over)
    )
    return there is None or there.get("request_id", {}).get("S") == fields["request_id"]


def add_plan(
    tx: Transaction,
    appointment_id: str,
    *,
    version: int,
    policy: Mapping[str, Any],
    round_: int,
    now: datetime,
    refusal: Refusal,
) -> None:
    """Adds to a transaction that the reminders are now planned from this version of the appointment."""
    plan = PlanItem(*keys.reminders(appointment_id), planned_from=version, updated_at=clock.iso(now))
    plan.policy, plan.round = dict(policy), round_
    tx.put(plan, unless=PlanItem.is_older(version), refusal=refusal)


def add_cancel(tx: Transaction, reminder: ReminderItem, *, now: datetime, refusal: Refusal) -> None:
    """Adds to a transaction that a pending reminder is not sent."""
    gone = dict.fromkeys(("due_key", "due_at", "lease"))
    fields = {"status": "cancelled", "version": int(reminder.version) + 1, "updated_at": clock.iso(now), **gone}
    unchanged = ReminderItem.is_version(int(reminder.version)) & ReminderItem.is_pending()
    tx.update(reminder.key, setting(ReminderItem, fields), condition=unchanged, refusal=refusal)


def add_revival(tx: Transaction, reminder: ReminderItem, *, due: datetime, now: datetime, refusal: Refusal) -> None:
    """Adds to a transaction that a reminder which waits, or which a plan had cancelled, goes out at `due`."""
    at = clock.iso(due)
    fields = {
        "status": PENDING,
        "scheduled_time": at,
        "due_at": at,
        "due_key": indexes.due_shard(reminder.id, indexes.REMIND),
        "version": int(reminder.version) + 1,
        "updated_at": clock.iso(now),
    }
    unchanged = ReminderItem.is_version(int(reminder.version))
    tx.update(reminder.key, setting(ReminderItem, fields), condition=unchanged, refusal=refusal)
