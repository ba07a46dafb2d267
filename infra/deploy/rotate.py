"""`scripts/rotate`: replace the secret by which the application knows CloudFront, without refusing a request.

In two steps with a deployment after each, since functions and CloudFront do not change at one moment: `begin` has the
functions let in a new secret beside the present one; `finish` has CloudFront say the new one. The present one is then
let in until the next rotation begins.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys

from infra.deploy import places
from infra.deploy.places import Place

_BYTES = 36  # 48 characters


def main(argv: list[str] | None = None) -> int:
    """0 when the step is taken; the deployment after it is the operator's."""
    parser = argparse.ArgumentParser(
        prog="scripts/rotate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=["begin", "finish"])
    parser.add_argument("--stage", required=True, choices=places.STAGES)
    arguments = parser.parse_args(argv)
    try:
        place = places.stage(arguments.stage)
    except places.NoPlace as refusal:
        print(refusal, file=sys.stderr)
        return 1
    version = begin(place) if arguments.step == "begin" else finish(place)
    print(f"now: scripts/deploy --stage {arguments.stage} --set OriginSecretVersion={version}")
    return 0


def begin(place: Place) -> str:
    """Keep a new secret beside the one that CloudFront says; the version to deploy."""
    return _put(place, current=_held(place)["current"], previous=secrets.token_urlsafe(_BYTES))


def finish(place: Place) -> str:
    """Have CloudFront say the new secret, and let in the earlier one beside it; the version to deploy."""
    held = _held(place)
    return _put(place, current=held["previous"], previous=held["current"])


def _held(place: Place) -> dict[str, str]:
    name = place.settings["ORIGIN_SECRET_NAME"]
    held: dict[str, str] = json.loads(place.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    return held


def _put(place: Place, *, current: str, previous: str) -> str:
    kept = json.dumps({"current": current, "previous": previous})
    put = place.client("secretsmanager").put_secret_value
    version: str = put(SecretId=place.settings["ORIGIN_SECRET_NAME"], SecretString=kept)["VersionId"]
    return version[:8]


if __name__ == "__main__":
    sys.exit(main())
