"""`scripts/run` starts, refuses and stops as it says."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest
from websockets.sync.client import connect

from infra.deploy import migrations
from infra.local import tokens
from infra.local.testing import start_engine
from tests.instance import Instance

ROOT = Path(__file__).parents[2]


def refused(data: Path, *options: str) -> str:
    """The sentence with which a start is refused."""
    command = [sys.executable, "-m", "infra.local.run", "--port", "0", "--no-demo", "--data", str(data), *options]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    return ended.stderr.strip()


def only_snapshots(data: Path) -> bool:
    return {path.suffix for path in (data / "engine" / "tables").iterdir()} == {".snapshot"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, Path]]:
    data = tmp_path_factory.mktemp("data")
    instance = Instance(data)
    yield instance, data
    instance.end()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that an instance has left cleanly."""
    data = tmp_path_factory.mktemp("left")
    Instance(data).end()
    return data


@pytest.fixture
def used(left: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(left, tmp_path / "used"))


def test_data_that_a_newer_release_has_migrated_is_refused(used: Path) -> None:
    ahead = [{"number": 1, "name": "later", "checksum": "0", "at": "2027-01-01T00:00:00+00:00"}]
    with start_engine(used / "engine") as engine:
        item = {**migrations.key(), "applied": {"S": json.dumps(ahead)}}
        engine.client("dynamodb").put_item(TableName="careslot-local", Item=item)

    assert "0001_later, which this release does not know" in refused(used)


def test_it_announces_itself_on_a_line_of_its_own_and_answers(running: tuple[Instance, Path]) -> None:
    instance, _ = running

    reply = httpx.get(f"{instance.base_url}/api/health")

    assert (reply.status_code, reply.json()["success"]) == (200, True)
    assert instance.lines[-1] == f"ready {instance.base_url}"
    assert all(line.startswith("  ") for line in instance.lines[:-1])


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_with_a_compacted_journal(used: Path, by: signal.Signals) -> None:
    instance = Instance(used)

    code = instance.end(by)

    assert code == 0
    assert only_snapshots(used)


def test_after_sigkill_it_starts_again_with_the_same_keys(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    keys = httpx.get(f"{instance.base_url}/.well-known/jwks.json").json()

    instance.end(signal.SIGKILL)
    again = Instance(tmp_path)
    keys_again = httpx.get(f"{again.base_url}/.well-known/jwks.json").json()
    again.end()

    assert keys_again == keys


def test_instances_with_other_folders_run_side_by_side(running: tuple[Instance, Path], tmp_path: Path) -> None:
    first, _ = running

    second = Instance(tmp_path)
    statuses = [httpx.get(f"{one.base_url}/.well-known/jwks.json").status_code for one in (first, second)]
    second.end()

    assert statuses == [200, 200]


def test_a_second_instance_on_the_same_folder_is_refused(running: tuple[Instance, Path]) -> None:
    _, data = running

    assert refused(data) == f"{data} is in use by another running instance"


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        sentence = refused(tmp_path, "--port", str(port))

    assert sentence == f"port {port} is in use by another program: choose another with --port"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    sentence = refused(tmp_path / "file" / "data")

    assert sentence == f"{tmp_path}/file/data cannot be used as data folder: Not a directory"


@pytest.mark.parametrize("options", [[], ["--reset"]])
def test_a_strangers_folder_is_refused_and_left_alone(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    sentence = refused(tmp_path, *options)

    assert "is not a CareSlot data folder" in sentence
    assert os.listdir(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize("broken", ["careslot.json", "issuer.json", "positions.json", "engine/services/sqs.json"])
def test_a_broken_folder_is_refused_with_the_name_of_what_is_broken(used: Path, broken: str) -> None:
    (used / broken).write_text("{broken")

    sentence = refused(used)

    assert f"{used / broken} is damaged" in sentence


def test_a_broken_snapshot_is_refused_until_a_reset(used: Path) -> None:
    (snapshot,) = (used / "engine" / "tables").glob("*.snapshot")
    snapshot.write_bytes(snapshot.read_bytes()[:-100])
    (used / "notes.txt").write_text("mine")

    sentence = refused(used)
    code = Instance(used, "--reset").end()

    assert f"{snapshot}" in sentence
    assert code == 0
    assert (used / "notes.txt").read_text() == "mine"


def test_a_token_is_accepted_by_the_instance_with_that_folder(
    running: tuple[Instance, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    instance, data = running

    code = tokens.main(["--role", "doctor", "--sub", "123", "--hospital", "h1", "--ttl", "15m", "--data", str(data)])

    token = capsys.readouterr().out.strip()
    configuration = httpx.get(f"{instance.base_url}/.well-known/openid-configuration").json()
    key = jwt.PyJWKClient(configuration["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="careslot", issuer=configuration["issuer"])
    assert code == 0
    assert (claims["sub"], claims["role"], claims["hospital_id"]) == ("123", "doctor", "h1")
    assert claims["exp"] - claims["iat"] == 15 * 60


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--role", "nurse"], 2, "there is no role 'nurse'"),
        (["--role", "admin", "--ttl", "5w"], 2, "--ttl '5w' is not a time like 90s, 15m, 1h or 7d"),
        (["--role", "admin", "--ttl", "0s"], 2, "is not a time"),
        (["--role", "patient"], 2, "--role patient needs --sub"),
    ],
)
def test_a_wrong_token_request_is_refused_with_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        tokens.main(arguments)

    assert ended.value.code == code
    assert said in capsys.readouterr().err


def test_a_token_needs_a_folder_with_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tokens.main(["--role", "admin", "--data", str(tmp_path)])

    assert code == 1
    assert "start scripts/run" in capsys.readouterr().err


def test_two_scripts_prepare_one_environment_in_a_path_with_spaces_from_anywhere(tmp_path: Path) -> None:
    clone = tmp_path / "a clone with spaces"
    (clone / "scripts").mkdir(parents=True)
    (clone / "infra" / "local").mkdir(parents=True)
    for name in ("scripts/prepare", "scripts/token", "infra/local/prepare.py"):
        shutil.copy(ROOT / name, clone / name)
    for name in ("requirements.txt", "requirements-dev.txt", "requirements.lock", "requirements-packager.lock"):
        (clone / name).write_text("# nothing\n")
    (clone / "infra" / "local" / "tokens.py").write_text(
        "import json, sys; print(json.dumps([sys.prefix, sys.argv[1:]]))"
    )

    started = [
        subprocess.Popen(
            [clone / "scripts" / "token", "an argument"], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in started]

    assert [json.loads(out) for out, _ in said] == [[str(clone / ".venv"), ["an argument"]]] * 2
    assert sum(b"making the virtual environment" in errors for _, errors in said) == 1


def test_sockets_are_found_on_a_second_port_too(left: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    instance = Instance(Path(shutil.copytree(left, tmp_path / "used")), "--ws-port", str(port))

    with connect(f"ws://127.0.0.1:{port}/ws/queue?token={instance.token('admin')}") as line:
        line.send('{"action": "ping"}')
        answer = json.loads(line.recv(10))
    instance.end()

    assert answer["type"] == "pong"
