"""What AWS limits: the sizes of template and archive, and the paths of one API. Each function answers complaints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

TEMPLATE_BYTES = 1_000_000  # CloudFormation, a template in S3
STACK_RESOURCES = 500  # CloudFormation
PATH_RESOURCES = 300  # API Gateway, each part of a path counts once; the default quota of an account
UNPACKED_BYTES = 250_000_000  # Lambda, archive and layers


def path_resources(paths: Iterable[str]) -> set[str]:
    """The resources that API Gateway makes of these paths: every prefix, the root too."""
    found = {"/"}
    for path in paths:
        parts = path.strip("/").split("/")
        found |= {"/" + "/".join(parts[: length + 1]) for length in range(len(parts))}
    return found


def two_names(paths: Iterable[str]) -> list[str]:
    """Levels at which a path variable has two names, which API Gateway refuses."""
    names: dict[str, set[str]] = defaultdict(set)
    for resource in path_resources(paths):
        parent, _, last = resource.rpartition("/")
        if last.startswith("{"):
            names[parent].add(last)
    return [
        f"below {parent or '/'} a path variable has several names: {', '.join(sorted(found))}"
        for parent, found in sorted(names.items())
        if len(found) > 1
    ]


def within(*, template: str, translated: dict[str, Any], paths: Iterable[str], unpacked: int) -> list[str]:
    """Complaints about what is larger than AWS takes."""
    figures = (
        ("the template's bytes", len(template.encode()), TEMPLATE_BYTES),
        ("the stack's resources", len(translated["Resources"]), STACK_RESOURCES),
        ("the API's path resources", len(path_resources(paths)), PATH_RESOURCES),
        ("the unpacked archive's bytes", unpacked, UNPACKED_BYTES),
    )
    return [f"{what} are {found}, and AWS takes {most}" for what, found, most in figures if found >= most]
