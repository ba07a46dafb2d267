"""`scripts/deploy`: package, verify, show the change set, and execute it when it is agreed to.

How a new version takes over: the API's requests go to an alias, and in staging and prod CodeDeploy gives the new
version a tenth of them for five minutes, then all. It goes back by itself when the API's alarms of failures or slowness
sound; CloudFormation watches the same alarms for ten minutes more, and rolls the whole stack back when one does. The
stream's consumer and the sweep change at once. The first deployment of a stage has no alarms to watch yet.

Migrations that the release brings (infra/migrations) are applied at the end, when it has all of the traffic: until
then the release before still writes the old form.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from infra.deploy import dependencies, migrations, package, places
from infra.deploy.asking import Ask, Say, ask
from infra.deploy.changesets import DeploymentFailed, Stack
from infra.deploy.migrate import migrate
from infra.deploy.migrations import MigrationRefused
from infra.deploy.places import Place
from infra.deploy.releases import Release, Releases

RESTORED = ("RestoredTable", "RestoredStream")
# What an operator sets, and a deployment leaves as it is.
KEPT = (
    *("AlarmEmail", "CorsOrigin", "DomainName", "CertificateArn", "WebAclArn", "OriginSecretVersion"),
    *("MailDomain", "AdvancedMDOfficeKey", "AdvancedMDVisitUrl"),
    *RESTORED,
)
MONITOR_MINUTES = {"dev": 0, "staging": 10, "prod": 10}


def main() -> int:
    """0 when the stage runs what was packaged."""
    parser = argparse.ArgumentParser(
        prog="scripts/deploy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", required=True, choices=sorted(MONITOR_MINUTES))
    parser.add_argument("--yes", action="store_true", help="execute the change set without asking")
    parser.add_argument("--package", type=Path, help="a folder that scripts/package made; made now when left out")
    parser.add_argument("--alarm-email", help="who is told of alarms; kept from the last time when left out")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of infra/resources.yaml (CorsOrigin, DomainName …), kept until it is set again",
    )
    arguments = parser.parse_args()
    if strangers := [pair for pair in arguments.set if pair.partition("=")[0] not in KEPT or "=" not in pair]:
        parser.error(f"--set takes NAME=VALUE with one of {', '.join(KEPT)}, and not {', '.join(strangers)}")
    folder = arguments.package or dependencies.BUILD / arguments.stage
    if not arguments.package:
        sys.argv = ["scripts/package", "--stage", arguments.stage]
        if package.main():
            return 1
    if stage_of(folder) != arguments.stage:
        print(f"{folder} holds no verified package for {arguments.stage}", file=sys.stderr)
        return 1
    stack, releases = connect(arguments.stage)
    told = dict(pair.split("=", 1) for pair in arguments.set)
    if arguments.alarm_email is not None:
        told["AlarmEmail"] = arguments.alarm_email
    agree: Ask = (lambda _: True) if arguments.yes else ask
    try:
        if stack.status():
            say_pending(places.stage(arguments.stage), say=print)
        deploy(arguments.stage, folder, stack=stack, releases=releases, agree=agree, parameters=told)
        if stack.status():
            bring_forward(places.stage(arguments.stage), agree=agree, say=print)
    except (DeploymentFailed, MigrationRefused, places.NoPlace) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def connect(stage: str) -> tuple[Stack, Releases]:
    """The stage's stack and artefacts in the account and region of the caller's credentials."""
    import boto3  # noqa: PLC0415 - only with an account

    session = boto3.Session()
    account = session.client("sts").get_caller_identity()["Account"]
    bucket = f"careslot-artefacts-{account}-{session.region_name}"
    return (
        Stack(session.client("cloudformation"), f"careslot-{stage}"),
        Releases(session.client("s3"), bucket, stage),
    )


def deploy(
    stage: str,
    folder: Path,
    *,
    stack: Stack,
    releases: Releases,
    agree: Ask,
    parameters: dict[str, str],
    say: Say = print,
) -> Release | None:
    """Make a stage run a package; the release, or None when nothing changed or nobody agreed."""
    releases.prepare()
    template, digest = releases.upload(folder)
    now = releases.current()
    previous = now.number if now else None
    done = apply(stage, template, stack=stack, releases=releases, agree=agree, parameters=parameters, say=say)
    if not done:
        return None
    return releases.record(
        template=template,
        archive_sha256=digest,
        at=datetime.now(UTC).isoformat(),
        previous=previous,
        migrations=len(migrations.load()),
    )


def apply(
    stage: str,
    template: str,
    *,
    stack: Stack,
    releases: Releases,
    agree: Ask,
    parameters: dict[str, str],
    say: Say,
) -> bool:
    """Show what a stored template would change, and change it if that is agreed to and loses no data."""
    values: dict[str, str | None] = {**releases.parameters(template)}
    there = stack.parameters()
    values |= {name: None for name in KEPT if name in values and name in there}
    values |= parameters
    if complaint := unfit(stage, {**there, **{name: value for name, value in values.items() if value is not None}}):
        raise DeploymentFailed(complaint)
    proposed = stack.propose(
        template_url=releases.url(template), parameters=values, monitor_minutes=MONITOR_MINUTES[stage]
    )
    if proposed is None:
        say(f"{stage}: nothing to change")
        return False
    say(f"{stage}: {'a new stack' if proposed.creates else 'changes'}")
    for line in proposed.lines():
        say(f"  {line}")
    if losses := proposed.losses():
        stack.discard(proposed)
        raise DeploymentFailed(f"data would be lost, so nothing was changed: {'; '.join(losses)}")
    if not agree(f"execute these {len(proposed.changes)} changes on {stage}?"):
        stack.discard(proposed)
        say(f"{stage}: nothing was changed")
        return False
    stack.execute(proposed)
    say(f"{stage}: done")
    return True


def say_pending(place: Place, *, say: Say) -> None:
    """Say what the release brings; MigrationRefused, before anything is changed, when the table is ahead of it."""
    if "TABLE_NAME" not in place.settings:
        return  # the stack was never created whole
    for migration in migrations.pending(migrations.load(), migrations.stored(place.client("dynamodb"), place.table)):
        say(f"{place.name}: will be migrated at the end: {migration}")


def bring_forward(place: Place, *, agree: Ask, say: Say, folder: Path = migrations.FOLDER) -> int:
    """Apply the migrations that the release brought, if that is agreed to; how many."""
    dynamodb, known = place.client("dynamodb"), migrations.load(folder)
    waiting = migrations.pending(known, migrations.stored(dynamodb, place.table))
    if not waiting:
        return 0
    if not agree(f"apply {len(waiting)} migrations to {place.table}?"):
        say(f"{place.name}: {len(waiting)} migrations are pending; scripts/migrate --stage {place.name} applies them")
        return 0
    return migrate(dynamodb, place.table, known, say=say)


def unfit(stage: str, parameters: dict[str, str]) -> str:
    """Why a stage must not run with these parameters; empty when it may."""
    origin = parameters.get("CorsOrigin", "")
    if stage != "dev" and (origin == "*" or origin.endswith(".example")):
        return (
            f"{stage} would answer pages of {origin}, which is only a placeholder: "
            "say whose pages may call it with --set CorsOrigin=https://…"
        )
    if parameters.get("DomainName") and not parameters.get("CertificateArn"):
        return "a DomainName needs its CertificateArn, of a certificate in us-east-1"
    if bool(parameters.get("RestoredTable")) != bool(parameters.get("RestoredStream")):
        return "a RestoredTable is set together with its RestoredStream; both empty is the stack's own table"
    return ""


def stage_of(folder: Path) -> str | None:
    """The stage for which a package was built and verified; None when it was not."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return None
    stage: str = json.loads(manifest.read_text(encoding="utf-8"))["stage"]
    return stage


if __name__ == "__main__":
    sys.exit(main())
