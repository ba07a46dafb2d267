"""Pushed messages over HTTP: the key to subscribe with, and the caller's own devices."""

from typing import Any

from chalicelib.kit.auth import Role
from chalicelib.kit.http import ANYONE, Api, Call, Reply, fresh
from chalicelib.reminders import devices
from chalicelib.reminders.push_schemas import DeviceView, PushKeyView, RegisterDevice

api = Api(__name__)
PEOPLE: frozenset[Role] = ANYONE - {"display", "kiosk"}
_AT = "/api/push/subscriptions"


@api.get("/api/push/key", roles=PEOPLE, view=PushKeyView)
def read_push_key(call: Call[Any, Any]) -> Reply:
    """The key by which push services know us, and the platforms whose apps are reached."""
    key, platforms = devices.public_key(), devices.platforms()
    tag = "-".join([(key or "none")[-12:], *platforms])
    return Reply(PushKeyView(public_key=key, platforms=platforms), etag=fresh(call, tag))


@api.get(_AT, roles=PEOPLE, view=list[DeviceView])
def list_devices(call: Call[Any, Any]) -> Reply:
    """The caller's devices on which messages are shown, oldest first."""
    return Reply([DeviceView.of(item) for item in devices.own(call.stamp)])


@api.post(_AT, roles=PEOPLE, body=RegisterDevice, view=DeviceView, status=201, refuses=(devices.TooManyDevices,))
def register_device(call: Call[RegisterDevice, Any]) -> Reply:
    """Show the caller messages on this device, too; the same device again has its keys renewed."""
    said = call.body
    if said.platform and said.token:
        made = devices.register_app(platform=said.platform, token=said.token, stamp=call.stamp)
    else:
        made = devices.register(**said.browser(), stamp=call.stamp)
    return Reply(DeviceView.of(made), headers={"Location": f"{_AT}/{made.id}"})


@api.delete(f"{_AT}/{{id}}", roles=PEOPLE, view=DeviceView, tagged=False)
def remove_device(call: Call[Any, Any], id: str) -> Reply:  # noqa: A002 - the path's name
    """Show no more messages on this device."""
    return Reply(DeviceView.of(devices.remove(device_id=id, stamp=call.stamp)))
