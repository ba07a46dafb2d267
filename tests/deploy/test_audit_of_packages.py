"""The audit of packages says what it knows, and never calls clean what it could not look up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.deploy import audit, lock
from tests.deploy.vulnerability_service import VulnerabilityService, vulnerability


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VulnerabilityService]:
    """The service that knows two packages, one of them for the worse."""
    known = {"broken-lamp/1.0": [vulnerability("PYSEC-2026-7", ["1.1"])], "good-lamp/2.0": []}
    service = VulnerabilityService(tmp_path, known)
    monkeypatch.setenv("HTTPS_PROXY", service.proxy)
    monkeypatch.setenv("https_proxy", service.proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(service.authority))
    yield service
    service.stop()


def test_clean_packages_that_were_all_looked_up_end_in_peace(
    service: VulnerabilityService, capsys: pytest.CaptureFixture[str]
) -> None:
    code = audit.main(["--package", "good-lamp==2.0"])

    assert code == audit.CLEAN
    assert service.asked == ["/pypi/good-lamp/2.0/json"]
    assert "looked up: 1 of 1, of which 0 are known to be vulnerable" in capsys.readouterr().out


@pytest.mark.usefixtures("service")
def test_a_vulnerable_package_is_named_with_the_version_that_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    code = audit.main(["--package", "good-lamp==2.0", "--package", "broken-lamp==1.0"])

    said = capsys.readouterr().out
    assert code == audit.VULNERABLE
    assert "VULNERABLE  broken-lamp 1.0: PYSEC-2026-7, mended in 1.1" in said
    assert "could not be looked up" not in said


@pytest.mark.usefixtures("service")
def test_a_package_that_the_service_does_not_know_is_not_called_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code = audit.main(["--package", "good-lamp==2.0", "--package", "strange-lamp==3.0"])

    said = capsys.readouterr().out
    assert code == audit.INCOMPLETE
    assert "not looked up  strange-lamp" in said
    assert "could not be looked up: 1 of 2" in said


@pytest.mark.usefixtures("service")
def test_a_vulnerable_package_counts_more_than_one_that_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    code = audit.main(["--package", "broken-lamp==1.0", "--package", "strange-lamp==3.0"])

    said = capsys.readouterr().out
    assert code == audit.VULNERABLE
    assert "could not be looked up: 1 of 2" in said


def test_without_the_service_nothing_is_called_clean(
    service: VulnerabilityService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.stop()

    code = audit.main(["--package", "good-lamp==2.0", "--package", "broken-lamp==1.0"])

    said = capsys.readouterr().out
    assert code == audit.INCOMPLETE
    assert "looked up: 0 of 2" in said
    assert "could not be looked up: 2 of 2" in said


def test_everything_that_is_deployed_packages_or_tests_is_asked_about() -> None:
    deployed, everything = audit.packages(everything=False), audit.packages(everything=True)

    assert deployed == {package.name: package.version for package in lock.read(lock.DEPLOYED)}
    assert {"boto3", "pydantic-core"} <= set(deployed)
    assert {"chalice", "pytest", "moto", "bandit"} <= set(everything) - set(deployed)
