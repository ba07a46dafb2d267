"""Where an operator's command works: a stage in AWS, by the caller's credentials, or the local instance that runs here.

Both answer the same settings under the same names: the outputs of infra/resources.yaml as the application reads them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import resources

STAGES = ("dev", "staging", "prod")
_ANY = "local"  # the name of the place; the engine accepts any credentials, so also these
_REGION = "us-east-1"


class NoPlace(Exception):
    """The stage or the instance is not there; the message says which."""


@dataclass(frozen=True, slots=True)
class Place:
    """Clients by the names of their services, and settings by theirs (`TABLE_NAME`, `EXPORT_BUCKET`, …)."""

    name: str
    client: Callable[[str], Any]
    settings: dict[str, str]

    @property
    def table(self) -> str:
        """The name of the place's table."""
        return self.settings["TABLE_NAME"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stage` or `--data`, one of them."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--stage", choices=STAGES, help="a stage, in the account of your credentials")
    where.add_argument("--data", type=Path, help="the data folder of a local instance that runs, usually .local")


def find(arguments: argparse.Namespace) -> Place:
    """The place that the arguments name, or NoPlace."""
    return local(arguments.data) if arguments.data else stage(arguments.stage)


def stage(name: str) -> Place:
    """A deployed stage, by the outputs of its stack."""
    import boto3  # noqa: PLC0415 - half a second that `--help` need not wait for

    session = boto3.Session()
    return deployed(name, f"careslot-{name}", session.client)


def deployed(name: str, stack: str, client: Callable[[str], Any]) -> Place:
    """The place that a stack describes."""
    formation = client("cloudformation")
    try:
        (found,) = formation.describe_stacks(StackName=stack)["Stacks"]
    except formation.exceptions.ClientError as error:
        raise NoPlace(f"there is no stage {name}: {error.response['Error']['Message']}") from None
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    return Place(name, client, {resources.setting(key): value for key, value in outputs.items()})


def local(data: Path) -> Place:
    """The instance that runs on a data folder."""
    mark = data / "engine.txt"
    if not mark.exists():
        raise NoPlace(f"no instance has run on {data}: start one with scripts/run --data {data}")
    url, _ = mark.read_text(encoding="utf-8").split()
    client = at(url)
    import botocore.exceptions  # noqa: PLC0415 - as in stage()

    try:
        return Place(_ANY, client, resources.create_all(client))
    except botocore.exceptions.EndpointConnectionError:
        raise NoPlace(f"the instance of {data} does not run: start it with scripts/run --data {data}") from None


def enter(place: Place) -> None:
    """Point the application in this process, which reads the environment when it is imported, at the place."""
    os.environ |= place.settings
    if place.name == _ANY:
        os.environ |= {
            "AWS_ENDPOINT_URL": place.client("dynamodb").meta.endpoint_url,
            **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), _ANY),
            "AWS_DEFAULT_REGION": _REGION,
        }


def at(url: str) -> Callable[[str], Any]:
    """Clients of an embedded engine."""
    import boto3  # noqa: PLC0415 - as in stage()

    session = boto3.Session(aws_access_key_id=_ANY, aws_secret_access_key=_ANY, region_name=_REGION)
    return lambda service: session.client(service, endpoint_url=url)
