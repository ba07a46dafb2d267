"""Devices that show somebody pushed messages: where each is reached, and the keys that only it can open with."""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from chalicelib.table import base, keys
from chalicelib.table.base import Item


class DeviceItem(Item, discriminator="device"):
    """One browser's subscription, or an app on a phone: that has a `platform`, and its endpoint is an ARN of SNS.

    `p256dh` and `auth` are the browser's public key and secret, as it gave them.
    """

    endpoint = UnicodeAttribute()
    p256dh = UnicodeAttribute(null=True)
    auth = UnicodeAttribute(null=True)
    platform = UnicodeAttribute(null=True)

    @property
    def id(self) -> str:
        """The device's id."""
        return str(self.SK).partition("#")[2]


def of(who: str) -> list[DeviceItem]:
    """All devices of `role:id`, oldest first."""
    place, first = keys.device(who, "")
    found = base.query(place, between=(first, first + "~"), consistent=True)
    devices = [DeviceItem.from_raw_data(raw) for raw, _ in found]
    return sorted(devices, key=lambda device: (str(device.created_at), device.id))


def drop(who: str, device_ids: Iterable[str]) -> None:
    """Forget these devices; one that is gone already stays so."""
    base.delete_many([keys.device(who, one) for one in device_ids])
