"""What is deployed is locked to exact versions and to the bytes of their wheels."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.deploy import dependencies, lock, package, runtimes


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """A copy of requirements.txt, to be changed."""
    copied = tmp_path / "requirements.txt"
    copied.write_text(lock.REQUIREMENTS.read_text())
    return copied


@pytest.mark.parametrize("path", lock.LOCKS, ids=lambda path: path.name)
def test_a_lock_is_in_step_with_the_requirements(path: Path) -> None:
    assert lock.complaints(path) == []


def test_a_raised_pin_without_a_new_lock_is_noticed(requirements: Path) -> None:
    pinned = next(package for package in lock.read(lock.DEPLOYED) if package.name == "pydantic")
    requirements.write_text(requirements.read_text().replace(f"pydantic=={pinned.version}", "pydantic==99.0"))

    (complaint,) = lock.complaints(lock.DEPLOYED, requirements)

    assert complaint.startswith(f"requirements.lock has pydantic {pinned.version}, and requirements.txt 99.0")


@pytest.mark.parametrize(
    ("add", "expected"),
    [("new-lamp==1.0\n", "requirements.lock has new-lamp nowhere"), ("", "was made from other pins")],
    ids=["added", "taken away"],
)
def test_an_added_and_a_removed_pin_are_noticed(requirements: Path, add: str, expected: str) -> None:
    kept = [line for line in requirements.read_text().splitlines(True) if not line.startswith("tzdata==")]
    requirements.write_text("".join(kept) + add)

    said = lock.complaints(lock.DEPLOYED, requirements)

    assert any(expected in complaint for complaint in said)


def test_an_archive_holds_the_locked_versions_and_no_others(built: package.Built) -> None:
    held = (built.out / "lock.txt").read_text().splitlines()

    assert held == sorted(f"{package.name}=={package.version}" for package in lock.read(lock.DEPLOYED))


def test_a_wheel_with_other_bytes_than_the_lock_s_is_refused(tmp_path: Path) -> None:
    (six,) = [package for package in lock.read(lock.DEPLOYED) if package.name == "six"]
    forged = tmp_path / "requirements.lock"
    lock.write(forged, [], [lock.Locked("six", six.version, ("0" * 64,))])

    with pytest.raises(dependencies.InstallFailed, match="HASHES"):
        dependencies.libraries(runtimes.current(), runtimes.host_architecture(), forged)


def test_the_tests_run_on_the_versions_that_are_deployed() -> None:
    freeze = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--all"], check=True, capture_output=True, text=True
    )
    pairs = [line.split("==") for line in freeze.stdout.split() if "==" in line]
    here = {lock.normalised(name): version for name, version in pairs}

    differing = {p.name for p in lock.read(lock.DEPLOYED) if here.get(p.name) != p.version}

    assert differing == set()
