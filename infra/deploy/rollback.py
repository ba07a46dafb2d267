"""`scripts/rollback`: make a stage run the release before the present one, archive and template alike.

It shows a change set first, as a deployment does. A second rollback goes one release further back.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from infra.deploy import migrations, places
from infra.deploy.asking import Ask, Say, ask
from infra.deploy.changesets import DeploymentFailed, Stack
from infra.deploy.deploy import MONITOR_MINUTES, apply, connect
from infra.deploy.releases import Release, Releases


def main() -> int:
    """0 when the stage runs its earlier release."""
    parser = argparse.ArgumentParser(prog="scripts/rollback", description=__doc__)
    parser.add_argument("--stage", required=True, choices=sorted(MONITOR_MINUTES))
    parser.add_argument("--yes", action="store_true", help="execute the change set without asking")
    arguments = parser.parse_args()
    stack, releases = connect(arguments.stage)
    agree: Ask = (lambda _: True) if arguments.yes else ask
    try:
        place = places.stage(arguments.stage)
        seen = len(migrations.stored(place.client("dynamodb"), place.table).applied)
        rollback(arguments.stage, stack=stack, releases=releases, agree=agree, migrated=seen)
    except (DeploymentFailed, places.NoPlace) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def rollback(
    stage: str, *, stack: Stack, releases: Releases, agree: Ask, migrated: int = 0, say: Say = print
) -> Release | None:
    """Return to the release before the present one; the release noted for it, or None when nobody agreed.

    `migrated` is how many migrations the table has seen: a release that knows fewer could not read it.
    """
    now = releases.current()
    if now is None or now.previous is None:
        raise DeploymentFailed(f"{stage} has no earlier release")
    earlier = releases.get(now.previous)
    if earlier.migrations < migrated:
        raise DeploymentFailed(
            f"release {earlier.number} knows {earlier.migrations} migrations, and the table has seen {migrated}: "
            "it could not read what is there; mend forward, with a new release"
        )
    say(f"{stage}: from release {now.number} to what release {earlier.number} was ({earlier.at})")
    done = apply(stage, earlier.template, stack=stack, releases=releases, agree=agree, parameters={}, say=say)
    if not done:
        return None
    return releases.record(
        template=earlier.template,
        archive_sha256=earlier.archive_sha256,
        at=datetime.now(UTC).isoformat(),
        previous=earlier.previous,
        migrations=earlier.migrations,
    )


if __name__ == "__main__":
    sys.exit(main())
