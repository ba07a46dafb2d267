"""The description that is kept: in step with the routes, and careful with the callers of the last release."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infra import openapi, openapi_changes
from tests.builders import Data

DOCUMENT = openapi.declared()
GONE = "breaking: GET /api/tea is gone"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the present description, released."""
    for action in ("--write", "--release"):
        assert openapi.main([action, "--folder", str(tmp_path)]) == 0
    return tmp_path


def check(folder: Path) -> int:
    """How `scripts/openapi --check` ends there."""
    return openapi.main(["--check", "--folder", str(folder)])


def with_tea(version: str = DOCUMENT["info"]["version"]) -> Data:
    """A description with one address that is not there any more."""
    earlier = copy.deepcopy(DOCUMENT)
    earlier["paths"]["/api/tea"] = {"get": earlier["paths"]["/api/health"]["get"]}
    earlier["info"]["version"] = version
    return earlier


def keep(folder: Path, name: str, content: Data) -> None:
    """Put it in the folder, as it is written."""
    (folder / name).write_text(openapi.written(content), encoding="utf-8")


def test_what_is_committed_is_in_step_and_breaks_no_caller() -> None:
    assert openapi.findings(openapi.Kept.read(openapi.HERE), DOCUMENT) == []


def test_what_was_written_and_released_is_in_step(folder: Path) -> None:
    assert check(folder) == 0


def test_a_check_finds_drift(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, "openapi.json", with_tea())

    status = check(folder)

    said = capsys.readouterr().err
    assert status == 1
    assert "out of step" in said
    assert "scripts/openapi --write" in said


def test_a_check_names_what_breaks_the_callers_of_the_last_release(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(folder, "openapi.released.json", with_tea())

    status = check(folder)

    assert status == 1
    assert GONE in capsys.readouterr().err


def test_a_missing_description_is_out_of_step(tmp_path: Path) -> None:
    assert check(tmp_path) == 1


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        ({GONE: "nobody ever drank it"}, 0),
        ({GONE: " "}, 1),
        ({GONE: "nobody ever drank it", "breaking: GET /api/coffee is gone": "neither"}, 1),
    ],
    ids=["with a reason", "without a reason", "with a reason too many"],
)
def test_a_break_may_be_allowed_by_its_sentence(folder: Path, allowed: dict[str, str], status: int) -> None:
    keep(folder, "openapi.released.json", with_tea())
    keep(folder, "openapi.allowed.json", allowed)

    assert check(folder) == status


@pytest.mark.parametrize(("version", "status"), [("0.9.0", 0), ("1.0.0", 1)])
def test_a_higher_major_version_may_break(folder: Path, version: str, status: int) -> None:
    present = copy.deepcopy(DOCUMENT)
    present["info"]["version"] = "1.2.0"
    keep(folder, "openapi.json", present)
    keep(folder, "openapi.released.json", with_tea(version))

    assert bool(openapi.findings(openapi.Kept.read(folder), present)) == bool(status)


def test_a_release_takes_the_present_description_and_clears_what_was_allowed(folder: Path) -> None:
    keep(folder, "openapi.released.json", with_tea("0.0.1"))
    keep(folder, "openapi.allowed.json", {GONE: "nobody ever drank it"})

    status = openapi.main(["--release", "--folder", str(folder)])

    kept = openapi.Kept.read(folder)
    assert (status, kept.released, kept.allowed) == (0, DOCUMENT, {})


@pytest.mark.parametrize("version", [DOCUMENT["info"]["version"], "0.0.1"], ids=["released already", "breaking"])
def test_what_breaks_or_has_a_released_version_is_not_released(folder: Path, version: str) -> None:
    earlier = with_tea(version)
    keep(folder, "openapi.released.json", earlier)

    status = openapi.main(["--release", "--folder", str(folder)])

    assert status == 1
    assert json.loads((folder / "openapi.released.json").read_text(encoding="utf-8")) == earlier


BOOK = "/api/appointments"
BREAKING: dict[str, tuple[Any, str]] = {
    "a method is gone": (
        lambda new: new["paths"][BOOK].pop("post"),
        "POST /api/appointments is gone",
    ),
    "a field is required": (
        lambda new: new["components"]["schemas"]["CancelAppointment"].update(required=["reason"]),
        "DELETE /api/appointments/{id}: reason is required now",
    ),
    "a new field is required": (
        lambda new: new["components"]["schemas"]["SetStatus"].update(
            properties={"status": {}, "notes": {}, "why": {}}, required=["status", "why"]
        ),
        "PUT /api/appointments/{id}/status: why is required now",
    ),
    "a field is refused": (
        lambda new: new["components"]["schemas"]["SetStatus"]["properties"].pop("notes"),
        "PUT /api/appointments/{id}/status: notes is refused now",
    ),
    "a word is refused": (
        lambda new: new["components"]["schemas"]["BookAppointment"]["properties"].update(mode={"enum": ["in-person"]}),
        "POST /api/appointments: mode may not say telehealth any more",
    ),
    "a reply lacks a field": (
        lambda new: new["components"]["schemas"]["Slot"]["properties"].pop("time"),
        "GET /api/doctors/{id}/availability: the reply has no data[].time any more",
    ),
    "a role is shut out": (
        lambda new: new["paths"][BOOK]["post"]["x-roles"].remove("kiosk"),
        "POST /api/appointments: is closed to kiosk now",
    ),
    "a public route is guarded": (
        lambda new: new["paths"]["/api/health"]["get"].update({"x-roles": ["admin"]}),
        "GET /api/health: needs a token now",
    ),
    "another status": (
        lambda new: new["paths"][BOOK]["post"]["responses"].update(
            {"200": new["paths"][BOOK]["post"]["responses"].pop("201")}
        ),
        "POST /api/appointments: succeeds with 200 instead of 201",
    ),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_a_change_that_breaks_callers_is_named(kind: str) -> None:
    change, sentence = BREAKING[kind]
    later = copy.deepcopy(DOCUMENT)

    change(later)

    assert f"breaking: {sentence}" in openapi_changes.breaking(DOCUMENT, later)


def test_what_only_adds_breaks_nothing() -> None:
    later = copy.deepcopy(DOCUMENT)
    later["paths"]["/api/tea"] = {"get": later["paths"]["/api/health"]["get"]}
    later["components"]["schemas"]["Slot"]["properties"]["room"] = {"type": "string"}
    later["components"]["schemas"]["SetStatus"]["properties"]["by"] = {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
    }

    assert openapi_changes.breaking(DOCUMENT, later) == []
