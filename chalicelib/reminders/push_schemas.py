"""Devices as requests and replies: a browser's `PushSubscription` as it writes itself, and what is shown of it."""

from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import StringConstraints, model_validator

from chalicelib.kit.models import Example, RequestModel, View
from chalicelib.kit.types import Instant
from chalicelib.table.devices import DeviceItem

_Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,100}={0,2}$", max_length=102)]


class DeviceKeys(RequestModel):
    """What a message for the device is encrypted with."""

    example: ClassVar[Example] = {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    }
    p256dh: _Key
    auth: _Key


class RegisterDevice(RequestModel):
    """On which device to show messages: what a browser's `pushManager.subscribe` gave, or the token of an app."""

    example: ClassVar[Example] = {
        "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/0123456789",
        "keys": DeviceKeys.example,
    }
    endpoint: Annotated[str, StringConstraints(max_length=1_000)] | None = None
    keys: DeviceKeys | None = None
    platform: Literal["apns", "fcm"] | None = None
    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:.-]{8,400}$", max_length=400)] | None = None
    server_set = frozenset({"expiration_time"})

    @model_validator(mode="after")
    def _is_a_browser_or_an_app(self) -> Self:
        browser, app = (self.endpoint, self.keys), (self.platform, self.token)
        if (all(browser), any(app)) != (True, False) and (all(app), any(browser)) != (True, False):
            raise ValueError("give the endpoint and keys of a browser, or the platform and token of an app")
        return self

    def browser(self) -> dict[str, str]:
        """Where a browser is reached, and its keys."""
        keys = self.keys.model_dump() if self.keys else {}
        return {"endpoint": self.endpoint or "", **keys}


class DeviceView(View):
    """A device of the caller's; where it is reached is said by the service's name, or the app's platform, only."""

    example: ClassVar[Example] = {
        "id": "dev_7d3k",
        "service": "updates.push.services.mozilla.com",
        "created_at": "2026-01-02T09:12:00Z",
    }
    id: str
    service: str
    created_at: Instant

    @classmethod
    def of(cls, item: DeviceItem) -> Self:
        """The view of a stored device."""
        said: dict[str, Any] = {"id": item.id, "created_at": item.created_at}
        return cls.model_validate({**said, "service": item.platform or urlsplit(item.endpoint).hostname or ""})


class PushKeyView(View):
    """The key that a browser subscribes with (`applicationServerKey`); null where nothing is pushed to browsers.

    `platforms` are those whose apps messages are pushed to.
    """

    example: ClassVar[Example] = {
        "public_key": "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs",
        "platforms": ["fcm"],
    }
    public_key: str | None
    platforms: list[str]
