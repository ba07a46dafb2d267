"""What is deployed is verified without AWS, and each check notices the fault that it is for."""

import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import (
    append_only,
    archive,
    imports,
    package,
    privileges,
    prune,
    quotas,
    runtimes,
    translation,
    verify,
    wiring,
)


def function(template: dict[str, Any], handler: str) -> dict[str, Any]:
    """The properties of the function with this handler."""
    (found,) = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function" and resource["Properties"]["Handler"] == handler
    ]
    return found  # type: ignore[no-any-return]


def event_source(template: dict[str, Any], reader: str = "OnChange") -> dict[str, Any]:
    """The properties of the event source of one of the stream's readers."""
    (found,) = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
        and resource["Properties"]["FunctionName"] == {"Ref": reader}
    ]
    return found  # type: ignore[no-any-return]


@pytest.fixture
def stripped(built: package.Built, tmp_path: Path) -> Path:
    """A copy of the unpacked archive, to be broken."""
    copied = tmp_path / "archive"
    shutil.copytree(built.package.host_folder, copied)
    return copied


def test_the_package_holds_every_check_up_to_a_booking_through_its_stack(built: package.Built) -> None:
    said: list[str] = []

    held = verify.run(built.package, said.append)

    assert held, "\n".join(said)
    assert len(said) == 12


def test_lint_finds_a_property_that_does_not_exist(broken: dict[str, Any]) -> None:
    broken["Resources"]["Table"]["Properties"]["BillingMod"] = "PAY_PER_REQUEST"

    assert any("BillingMod" in complaint for complaint in translation.lint(broken))


@pytest.mark.parametrize("reader", ["OnChange", "OnFanout"])
@pytest.mark.parametrize("key", ["FunctionResponseTypes", "DestinationConfig", "BisectBatchOnFunctionError"])
def test_a_stream_consumer_without_its_safety_is_noticed(broken: dict[str, Any], key: str, reader: str) -> None:
    del event_source(broken, reader)[key]

    assert any(key in complaint for complaint in wiring.complaints(broken))


def test_a_stream_consumer_on_the_placeholder_stream_is_noticed(broken: dict[str, Any]) -> None:
    event_source(broken)["EventSourceArn"] = "arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/x"

    assert any("EventSourceArn" in complaint for complaint in wiring.complaints(broken))


def test_a_route_that_calls_the_function_past_its_alias_is_noticed(broken: dict[str, Any]) -> None:
    body = broken["Resources"]["RestAPI"]["Properties"]["Body"]
    text = json.dumps(body).replace("${APIHandlerAliaslive}", "${APIHandler.Arn}", 1)
    broken["Resources"]["RestAPI"]["Properties"]["Body"] = json.loads(text)

    assert wiring.complaints(broken) == ["1 routes call the function and not its alias"]


def test_a_log_without_an_end_and_a_handler_outside_app_are_noticed(broken: dict[str, Any]) -> None:
    sweep = function(broken, "app.sweep")
    del sweep["LoggingConfig"]
    sweep["Handler"] = "chalicelib.scheduling.expiry.sweep"

    assert len(wiring.complaints(broken)) == 2


@pytest.mark.parametrize("change", [{"Resource": "*"}, {"Action": ["dynamodb:*"]}, {"Resource": ["*"]}])
def test_a_permission_that_reaches_everything_is_noticed(broken: dict[str, Any], change: dict[str, Any]) -> None:
    policy = broken["Resources"]["SweepRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"][0] |= change

    (complaint,) = privileges.reaching_everything(broken)
    assert complaint.startswith("SweepRole/UseTable allows")


def test_sockets_that_lead_nowhere_are_noticed(broken: dict[str, Any]) -> None:
    resources = broken["Resources"]
    del resources["SocketsDisconnect"], resources["SocketsPermission"]
    del resources["OnSocket"]["Properties"]["Environment"]["Variables"]["SOCKETS_ENDPOINT"]
    resources["Distribution"]["Properties"]["DistributionConfig"]["CacheBehaviors"].pop(0)

    assert wiring.complaints(broken) == [
        "$disconnect of the sockets leads nowhere",
        "the WebSocket API may not call its function",
        "/ws/queue does not lead to the stage of the sockets",
        "OnSocket does not know where the sockets are",
    ]


def test_a_stream_that_the_fan_out_does_not_read_is_noticed(broken: dict[str, Any]) -> None:
    event_source(broken, "OnFanout")["FunctionName"] = {"Ref": "Sweep"}

    assert "OnFanout does not read the table's stream" in wiring.complaints(broken)


@pytest.mark.parametrize("function", ["APIHandler", "OnChange", "OnFanout", "OnSocket", "Sweep"])
def test_a_function_that_may_rewrite_the_audit_trail_is_noticed(broken: dict[str, Any], function: str) -> None:
    role = next(name for name in broken["Resources"] if name.upper() == f"{function}Role".upper())
    policy = broken["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"] = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]

    said = append_only.complaints(broken)

    assert {f"{role} may UpdateItem in AUDIT#*", f"{role} may PutItem in SEALS"} <= set(said)
    assert all(complaint.startswith(role) for complaint in said)


def test_a_sealer_that_may_do_more_and_another_signer_are_noticed(broken: dict[str, Any]) -> None:
    sealer, sweep = (
        broken["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        for role in ("SealRole", "SweepRole")
    )
    (put,) = [statement for statement in sealer if statement["Sid"] == "AddSeals"]
    put["Action"].append("dynamodb:DeleteItem")
    sweep.append({"Effect": "Allow", "Action": "kms:Sign", "Resource": {"Fn::GetAtt": ["SealKey", "Arn"]}})

    assert set(append_only.complaints(broken)) == {"SealRole may DeleteItem in SEALS", "SweepRole may sign seals"}


def test_two_names_of_one_path_level_are_noticed_and_one_name_of_two_levels_is_not() -> None:
    wrong = ["/api/doctors/{id}", "/api/doctors/{doctor_id}/schedule", "/api/rooms/{id}"]
    right = ["/api/doctors/{id}", "/api/doctors/{id}/schedule", "/api/rooms/{room_id}"]

    assert quotas.two_names(wrong) == ["below /api/doctors a path variable has several names: {doctor_id}, {id}"]
    assert quotas.two_names(right) == []


def test_every_prefix_of_a_path_counts_against_the_api_s_quota() -> None:
    assert quotas.path_resources(["/api/rooms/{id}", "/api/rooms"]) == {"/", "/api", "/api/rooms", "/api/rooms/{id}"}


def test_what_is_too_large_for_aws_is_noticed(translated: dict[str, Any]) -> None:
    paths = [f"/api/{number}" for number in range(quotas.PATH_RESOURCES)]

    said = quotas.within(template="x" * 1_000_000, translated=translated, paths=paths, unpacked=250_000_000)

    assert len(said) == 3


def test_a_library_that_the_archive_lacks_is_noticed_though_this_machine_has_it(stripped: Path) -> None:
    shutil.rmtree(stripped / "aws_lambda_powertools")

    (complaint,) = imports.handlers(["app.app"], stripped, runtimes.current())
    assert complaint == "app:app: ModuleNotFoundError: No module named 'aws_lambda_powertools'"


def test_a_library_that_only_a_request_loads_is_noticed_at_every_address_that_needs_it(stripped: Path) -> None:
    shutil.rmtree(stripped / "pynamodb")

    handlers = imports.handlers(["app.app"], stripped, runtimes.current())
    complaints = imports.addresses(stripped, runtimes.current())

    assert handlers == []
    assert "POST /api/patients: ModuleNotFoundError: No module named 'pynamodb'" in complaints


def test_an_address_that_leads_nowhere_is_noticed(stripped: Path) -> None:
    shutil.rmtree(stripped / "chalicelib" / "__pycache__")  # byte code is trusted without a look at the text
    addresses = stripped / "chalicelib" / "addresses.py"
    addresses.write_text(addresses.read_text().replace("GET /api/health", "GET HEAD /api/health"))

    (complaint,) = imports.addresses(stripped, runtimes.current())
    assert complaint == "HEAD /api/health: NotDeclared: chalicelib.admin.routes declares no such route"


def test_a_library_that_only_a_function_s_body_imports_is_noticed_too(stripped: Path) -> None:
    shutil.rmtree(stripped / "jwt")

    handlers = imports.handlers(["app.app"], stripped, runtimes.current())
    complaints = imports.everything_named(stripped, runtimes.current())

    assert handlers == []
    assert complaints == ["jwt: ModuleNotFoundError: No module named 'jwt'"]


def test_a_client_of_a_pruned_service_is_noticed(stripped: Path) -> None:
    (stripped / "chalicelib" / "mailing.py").write_text('import boto3\npolly = boto3.client("polly")\n')

    (complaint,) = imports.services(stripped)
    assert "polly" in complaint


def test_a_library_of_another_machine_is_read_from_its_header(tmp_path: Path) -> None:
    header = bytearray(b"\x7fELF\x02\x01" + bytes(14))
    header[18:20] = (183).to_bytes(2, "little")
    (tmp_path / "core.cpython-311-x86_64-linux-gnu.so").write_bytes(header)

    assert imports.machines(tmp_path, "arm64") == []
    assert imports.machines(tmp_path, "x86_64") == [
        "core.cpython-311-x86_64-linux-gnu.so is for arm64 and not for x86_64"
    ]


def test_two_machines_archives_differ_only_in_the_machine_s_name(tmp_path: Path) -> None:
    for machine in ("x86_64", "aarch64"):
        (tmp_path / machine).mkdir()
        (tmp_path / machine / f"core.cpython-313-{machine}-linux-gnu.so").touch()
    (tmp_path / "aarch64" / "more.py").touch()

    assert imports.differences(tmp_path / "x86_64", tmp_path / "aarch64") == ["only one machine's archive has more.py"]


def test_the_archive_is_smaller_and_holds_byte_code_for_every_module(built: package.Built) -> None:
    with zipfile.ZipFile(built.out / "deployment.zip") as packed:
        names = packed.namelist()
    sources = [name for name in names if name.endswith(".py")]
    compiled = [name for name in names if name.endswith(".pyc")]

    assert len(compiled) == len(sources)
    assert not [name for name in names if name.endswith(".pyi") or "/tests/" in name]
    assert {
        path.name for path in (built.host.folder / "botocore" / "data").iterdir() if path.is_dir()
    } <= prune.SERVICES
    assert built.host.after.zipped < built.host.before.zipped


def test_the_same_files_are_zipped_to_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.py").write_text("b = 1\n")
    (tmp_path / "folder" / "a.py").write_text("a = 1\n")

    archive.zip_folder(tmp_path / "folder", tmp_path / "one.zip")
    (tmp_path / "folder" / "a.py").touch()
    archive.zip_folder(tmp_path / "folder", tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_newest_python_that_starts_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version, script in (("3.13", "exit 127"), ("3.12", r"printf '/opt/python3.12\n3.12\n'"), ("3.11", "exit 0")):
        (tmp_path / f"python{version}").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / f"python{version}").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))

    assert runtimes.newest() == runtimes.Interpreter("/opt/python3.12", "3.12")


def test_a_shim_that_does_not_start_hides_no_interpreter_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "pyenv" / "versions" / "3.13.5" / "bin"
    for folder, script in ((tmp_path / "shims", "exit 127"), (installed, r"printf '/opt/python3.13\n3.13\n'")):
        folder.mkdir(parents=True)
        (folder / "python3.13").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "python3.13").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))

    assert runtimes.newest() == runtimes.Interpreter("/opt/python3.13", "3.13")


def test_an_interpreter_can_be_named_by_its_path() -> None:
    assert runtimes.newest([sys.executable]).version == runtimes.current().version


@pytest.mark.parametrize("path", ["/nowhere/python", "/bin/sh"])
def test_a_path_that_is_no_python_of_lambda_s_is_refused(path: str) -> None:
    with pytest.raises(runtimes.NoInterpreter, match=path):
        runtimes.newest([path])


def test_without_a_python_that_lambda_offers_the_refusal_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    with pytest.raises(runtimes.NoInterpreter, match=r"python3\.13, python3\.12, python3\.11"):
        runtimes.newest()
