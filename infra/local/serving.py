"""What an instance consists of once it stands: its environment, the site with everything behind it, the pollers, and
the demo clinic.
"""

from __future__ import annotations

import importlib
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from infra.local import advancing, backstage, clock, demo, office, rights, sign_in
from infra.local.advancing import Advancing
from infra.local.folder import DataFolder, FolderRefused
from infra.local.gateway import Gateway
from infra.local.issuer import AUDIENCE, Issuer
from infra.local.outside import Outside
from infra.local.pollers import Pollers
from infra.local.schedules import Scheduler
from infra.local.server import Server, Site
from infra.local.sockets import MOUNT, Sockets
from infra.local.testing import Engine
from infra.simulators.advancedmd.server import Running

HOST = "127.0.0.1"
_ANY = "local"  # the engine accepts any credentials


@dataclass(frozen=True)
class Ground:
    """What everything else stands on."""

    listener: socket.socket
    others: list[socket.socket]
    folder: DataFolder
    issuer: Issuer
    engine: Engine
    outside: Outside
    advancedmd: Running

    @property
    def base_url(self) -> str:
        """Where the instance answers."""
        return f"http://{HOST}:{self.listener.getsockname()[1]}"


def serve(ground: Ground, stack: ExitStack) -> None:
    """Load the application and answer requests, until the stack ends."""
    # Only now: the application reads the environment and takes standard output as it finds it.
    app = importlib.import_module("app").app
    gateway = Gateway(app, cors_origin=os.environ["CORS_ORIGIN"])
    signs_in = sign_in.endpoint(ground.issuer, ground.base_url)
    opened = Sockets(rights.bound("on_socket", app.handler_map["on_socket"]))
    rights.watch_all()
    stack.callback(opened.stop)
    pollers = _pollers(ground, app)
    time_ahead = Advancing(
        pollers,
        table=ground.engine.client("dynamodb"),
        table_name=os.environ["TABLE_NAME"],
        file=ground.folder.clock,
    )
    mounts = {
        **dict.fromkeys(sign_in.MOUNTS, signs_in),
        MOUNT: opened.connections,
        backstage.MOUNT: backstage.endpoint(
            {**clock.deeds(time_ahead), **ground.outside.deeds(), **office.deeds(ground.advancedmd)}
        ),
    }
    site = Site(gateway, mounts=mounts, sockets=opened.sockets)
    server = Server(site, ground.listener, *ground.others)
    server.start()
    stack.callback(server.stop)
    pollers.start()
    stack.callback(pollers.stop)


def _pollers(ground: Ground, app: Any) -> Pollers:
    positions, kept = ground.folder.positions, ground.folder.clock
    others = {"on_fanout": os.environ["FANOUT_DLQ_URL"]}
    try:
        advancing.restore(kept)
    except (ValueError, KeyError, TypeError) as damage:
        raise FolderRefused(f"{kept} is damaged: {damage}") from damage
    dlq_url = os.environ["CHANGES_DLQ_URL"]
    try:
        return Pollers(app, ground.engine.client, positions=positions, dlq_url=dlq_url, other_dlqs=others)
    except ValueError as damage:
        raise FolderRefused(f"{positions} is damaged: {damage}") from damage


def environment(ground: Ground) -> dict[str, str]:
    """What the application finds in its environment, as in Lambda; the resources' names come on top."""
    return {
        "CARESLOT_STAGE": "local",
        "AWS_ENDPOINT_URL": ground.engine.url,
        "AWS_ACCESS_KEY_ID": _ANY,
        "AWS_SECRET_ACCESS_KEY": _ANY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AUTH_ISSUER": ground.issuer.name,
        "AUTH_AUDIENCE": AUDIENCE,
        "AUTH_JWKS_URL": f"{ground.base_url}/.well-known/jwks.json",
        "CORS_ORIGIN": "*",
        "RECORDINGS_ORIGIN": ground.engine.url,
        "SOCKETS_ENDPOINT": ground.base_url,
        "POWERTOOLS_SERVICE_NAME": "careslot",
        "POWERTOOLS_METRICS_NAMESPACE": "CareSlot",
        "POWERTOOLS_METRICS_DISABLED": "true",
    } | office.environment(ground.advancedmd)


def seed(ground: Ground, say: Callable[[str], None], *, declined: bool) -> None:
    """Fill a new folder with the demo clinic; a filling that was interrupted is done again."""
    folder = ground.folder
    if folder.demo == "" and declined:
        folder.demo = "declined"
    if folder.demo in ("done", "declined"):
        return
    folder.demo = "begun"
    say("filling the demo clinic")
    demo.seed(base_url=ground.base_url, token=ground.issuer.mint("admin", "local-admin", hospital="*"), progress=say)
    folder.demo = "done"


def keep_waiting(ground: Ground, stack: ExitStack) -> None:
    """Let somebody wait in the demo clinic on this and every other day."""

    def greet(*_: object) -> None:
        demo.greet(ground.base_url, ground.issuer.mint("admin", "local-admin", hospital="*"))

    greet()
    # Often, because the instance's clock can be put a day ahead at any moment.
    days = Scheduler({"demo": ("rate(1 minute)", greet)})
    days.start()
    stack.callback(days.stop)
