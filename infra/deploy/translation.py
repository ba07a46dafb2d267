"""The template as CloudFormation will see it, and what cfn-lint says of it. Nothing here reaches AWS."""

from __future__ import annotations

import copy
import json
import logging
import os
from typing import Any

REGION = "us-east-1"
# A place that need not exist: SAM takes addresses in S3 only.
NOWHERE = ("careslot-artefacts", "careslot/0000.zip")


def translate(template: dict[str, Any], bucket: str = NOWHERE[0], key: str = NOWHERE[1]) -> dict[str, Any]:
    """SAM turned into plain CloudFormation by the translator that AWS runs."""
    from samtranslator.translator.transform import transform  # noqa: PLC0415 - a second that only packaging needs

    # It warns that it was not told of switches that only AWS's own service has.
    logging.getLogger("samtranslator.feature_toggle.feature_toggle").setLevel(logging.ERROR)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    addressed = with_code(template, bucket, key)
    translated: dict[str, Any] = transform(addressed, {}, _NoManagedPolicies())
    return translated


def with_code(template: dict[str, Any], bucket: str, key: str) -> dict[str, Any]:
    """The template with its functions' code at an address in S3."""
    addressed = copy.deepcopy(template)
    for resource in addressed["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{bucket}/{key}"
    return addressed


def lint(translated: dict[str, Any]) -> list[str]:
    """cfn-lint's errors; its warnings are not complaints."""
    from cfnlint.api import lint as check  # noqa: PLC0415 - same
    from cfnlint.config import ManualArgs  # noqa: PLC0415 - same

    found = check(json.dumps(translated, indent=1), config=ManualArgs(regions=[REGION], ignore_checks=["W", "I"]))
    return [f"{match.rule.id} line {match.linenumber}: {match.message}" for match in found]


class _NoManagedPolicies:
    """SAM asks for the ARNs of AWS's policies by name; no role of ours is written that way."""

    def load(self) -> dict[str, str]:
        return {}
