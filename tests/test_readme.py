"""The README tells the truth about the routes, the scripts and the map."""

import re
from pathlib import Path

import pytest

from infra import route_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_route_table_is_the_declared_one() -> None:
    assert route_table.in_readme() == route_table.table(), "run: python -m infra.route_table --write"


@pytest.mark.parametrize("script", re.findall(r"scripts/([a-z]+)", README))
def test_every_script_that_the_readme_names_exists_and_runs(script: str) -> None:
    path = ROOT / "scripts" / script

    assert path.stat().st_mode & 0o111


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[a-z_/]+\.py)`", README))))
def test_every_test_that_the_readme_names_exists(path: str) -> None:
    assert "def test_" in (ROOT / path).read_text(encoding="utf-8")
