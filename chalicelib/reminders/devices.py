"""Devices: where somebody wants to be shown pushed messages. Each has a few of their own, and sees no one else's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.gateways import webpush
from chalicelib.gateways.answers import Gone, NoAnswer, NotNow, Refused
from chalicelib.gateways.secrets import secret
from chalicelib.kit import clock, ids
from chalicelib.kit.errors import Conflict, Invalid, NotFound, Unavailable
from chalicelib.kit.stamps import Stamp
from chalicelib.reminders.kinds import ANYTIME
from chalicelib.reminders.letters import Letter
from chalicelib.table import base, devices, keys
from chalicelib.table.devices import DeviceItem
from chalicelib.table.reminders import ReminderItem

MOST = 10
_MISSING = "device"


class TooManyDevices(Conflict):
    """Messages go to as many devices already as anybody has."""

    code = "too_many_devices"
    sampled = ()

    def __init__(self) -> None:
        super().__init__(f"Messages go to {MOST} of your devices already; remove one first.")


def public_key() -> str | None:
    """The key that a browser subscribes with; None where nothing is pushed."""
    return webpush.public_key()


def platforms() -> list[str]:
    """The platforms whose apps messages are pushed to."""
    return sorted(name for name, application in _applications().items() if application)


def _applications() -> dict[str, str]:
    return {"apns": secret("sns_apns_application"), "fcm": secret("sns_fcm_application")}


def register(*, endpoint: str, p256dh: str, auth: str, stamp: Stamp) -> DeviceItem:
    """Show the caller messages on this device, too; the same device again has its keys renewed.

    Raises Invalid for an address that nothing is sent to and for keys that are none, and TooManyDevices.
    """
    if not webpush.is_allowed(endpoint):
        raise Invalid.field("endpoint", "is not at a push service that messages are sent through")
    if not webpush.are_keys(p256dh, auth):
        raise Invalid.field("keys", "are not those of a browser's subscription")
    return _keep(stamp, endpoint=endpoint, p256dh=p256dh, auth=auth)


def register_app(*, platform: str, token: str, stamp: Stamp) -> DeviceItem:
    """Show the caller messages in the app on this phone, too; raises Invalid, TooManyDevices, and Unavailable."""
    from chalicelib.gateways import sns  # noqa: PLC0415 - few devices are apps

    application = _applications().get(platform, "")
    if not application:
        raise Invalid.field("platform", "is not one whose apps messages are pushed to here")
    try:
        endpoint = sns.endpoint(application=application, token=token)
    except Refused:
        raise Invalid.field("token", "is not one that the platform knows") from None
    except (NotNow, NoAnswer):
        raise Unavailable("The push service does not answer; try again shortly.") from None
    return _keep(stamp, endpoint=endpoint, platform=platform)


def _keep(stamp: Stamp, *, endpoint: str, **fields: Any) -> DeviceItem:
    who = _whose(stamp)
    device_id = ids.derived("dev", who, endpoint)
    there = {one.id: one for one in devices.of(who)}
    if device_id not in there and len(there) >= MOST:
        raise TooManyDevices
    at = clock.iso(stamp.now)
    item = DeviceItem(
        *keys.device(who, device_id),
        endpoint=endpoint,
        **fields,
        created_at=there[device_id].created_at if device_id in there else at,
        updated_at=at,
        updated_by=stamp.by.actor,
        request_id=stamp.request_id,
    )
    base.put_many([item])
    return item


def own(stamp: Stamp) -> list[DeviceItem]:
    """The caller's devices, oldest first."""
    return devices.of(_whose(stamp))


def remove(*, device_id: str, stamp: Stamp) -> DeviceItem:
    """Show no more messages on one of the caller's devices."""
    found = next((one for one in own(stamp) if one.id == device_id), None)
    if found is None:
        raise NotFound(_MISSING)
    devices.drop(_whose(stamp), [device_id])
    return found


def push(reminder: ReminderItem, letter: Letter, *, until: datetime, now: datetime) -> str:
    """Show a message on every device of whom it is for; the id of one that was reached. Gone ones are forgotten.

    Raises Refused where there is none any more, NotNow, and NoAnswer when nobody knows.
    """
    who = f"{reminder.audience}:{reminder.recipient_id}"
    message = {
        "title": letter.message.subject,
        "body": letter.message.text,
        "kind": reminder.occasion,
        "appointment_id": reminder.appointment_id,
        "id": reminder.id,
    }
    reached, failures = [], []
    for device in devices.of(who):
        try:
            _show(device, message, until=until, urgent=reminder.occasion in ANYTIME, now=now)
            reached.append(device.id)
        except Gone:
            devices.drop(who, [device.id])
        except (Refused, NotNow, NoAnswer) as failure:
            failures.append(failure)
    if reached:
        return reached[0]
    raise _worst(failures)


def _show(device: DeviceItem, message: dict[str, str], *, until: datetime, urgent: bool, now: datetime) -> None:
    topic = ids.digest(message["id"])
    if device.platform:
        from chalicelib.gateways import sns  # noqa: PLC0415 - see register_app

        seconds = max(0, int((until - now).total_seconds()))
        sns.push(endpoint=device.endpoint, message=message, topic=topic, seconds=seconds)
        return
    webpush.send(
        endpoint=device.endpoint,
        p256dh=device.p256dh,
        auth=device.auth,
        message=message,
        topic=topic,
        until=until,
        urgent=urgent,
        now=now,
    )


def _worst(failures: Sequence[Exception]) -> Exception:
    """Of what happened on several devices, what leaves most to be done."""
    for kind in (NoAnswer, NotNow):
        for failure in failures:
            if isinstance(failure, kind):
                return failure
    return Refused("There is no device any more that takes messages.")


def _whose(stamp: Stamp) -> str:
    return f"{stamp.by.role}:{stamp.by.sub}"
