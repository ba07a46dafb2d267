"""One package for all of these tests: built as `scripts/package --arch host` builds it, with the tests' own Python."""

import copy
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import package, runtimes, translation


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> package.Built:
    """The package of stage dev for this machine."""
    out = Path(tmp_path_factory.mktemp("package"))
    return package.build("dev", out, architecture="host", interpreter=runtimes.current(), say=lambda _: None)


@pytest.fixture(scope="session")
def translated(built: package.Built) -> dict[str, Any]:
    """Its template as CloudFormation sees it; not to be changed."""
    return translation.translate(built.package.template)


@pytest.fixture
def broken(translated: dict[str, Any]) -> dict[str, Any]:
    """The same, to be broken."""
    return copy.deepcopy(translated)
