"""Waking the worker of an office: a message that says only that there is something to do."""

import json

from chalicelib.gateways import feeds
from chalicelib.kit.settings import settings


def wake(office_key: str, *, why: str, pull: bool = False) -> None:
    """Let the worker look what is to be told, and with `pull` what has changed there; each `why` wakes it once."""
    body = json.dumps({"office": office_key, "pull": pull})
    feeds.send_in_order(settings().office_feed_url, body, group=office_key, once=why)
