"""`scripts/rollback`: make a stage run the release before the present one, archive and template alike.

It shows a change set first, as a deployment does. A second rollback goes one release further back.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from infra.deploy.changesets import DeploymentFailed, Stack
from infra.deploy.deploy import MONITOR_MINUTES, Ask, Say, apply, ask, connect
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
        rollback(arguments.stage, stack=stack, releases=releases, agree=agree)
    except DeploymentFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def rollback(stage: str, *, stack: Stack, releases: Releases, agree: Ask, say: Say = print) -> Release | None:
    """Return to the release before the present one; the release noted for it, or None when nobody agreed."""
    now = releases.current()
    if now is None or now.previous is None:
        raise DeploymentFailed(f"{stage} has no earlier release")
    earlier = releases.get(now.previous)
    say(f"{stage}: from release {now.number} to what release {earlier.number} was ({earlier.at})")
    done = apply(stage, earlier.template, stack=stack, releases=releases, agree=agree, parameters={}, say=say)
    if not done:
        return None
    return releases.record(
        template=earlier.template,
        archive_sha256=earlier.archive_sha256,
        at=datetime.now(UTC).isoformat(),
        previous=earlier.previous,
    )


if __name__ == "__main__":
    sys.exit(main())
