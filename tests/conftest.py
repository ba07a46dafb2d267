"""The stage for every test: an engine of its own, the table from infra/resources.yaml, the real app, real tokens."""

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, settings

_folder = Path(tempfile.mkdtemp(prefix="careslot-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_key.public_key())) | {"kid": "test", "use": "sig", "alg": "RS256"}
(_folder / "jwks.json").write_text(json.dumps({"keys": [_jwk]}))


# How long an example takes says how busy the machine is; figures come from scripts/bench.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class _Quiet(SimpleHTTPRequestHandler):
    """Serves the public key, since PyJWT reads key sets over HTTP only."""

    def log_message(self, *_: object) -> None:
        pass


_issuer = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=_folder))
Thread(target=_issuer.serve_forever, daemon=True).start()

# The application reads its settings when it is imported, so they come first.
os.environ |= {
    "CARESLOT_STAGE": "local",
    "TABLE_NAME": "careslot-test",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AUTH_ISSUER": "careslot-test",
    "AUTH_AUDIENCE": "careslot",
    "AUTH_JWKS_URL": f"http://127.0.0.1:{_issuer.server_port}/jwks.json",
    "CORS_ORIGIN": "*",
    "RATE_LIMIT_SCALE": "1000",  # tests hurry; those of the limits themselves set it to 1
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
}

from infra.local import rights  # noqa: E402
from infra.local.resources import create_table  # noqa: E402 - after the settings
from infra.local.testing import Engine, start_engine  # noqa: E402
from tests.client import Client  # noqa: E402
from tests.instance import Instance  # noqa: E402
from tests.tables import fresh_table  # noqa: E402 - same


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One embedded engine for the whole run, in memory."""
    with start_engine() as running:
        os.environ["AWS_ENDPOINT_URL"] = running.url
        create_table(running.client("dynamodb"), os.environ["TABLE_NAME"])
        yield running


@pytest.fixture(scope="session")
def token() -> Callable[..., str]:
    """Mint a token: `token("doctor", "doc_1")`; desks reach the whole network unless bounded."""

    def mint(
        role: str, sub: str = "", *, hospital: str | None = None, location: str | None = None, **claims: object
    ) -> str:
        now = datetime.now(UTC)
        desk = role in {"receptionist", "billing", "hospital_admin", "kiosk"}
        payload = {
            "iss": "careslot-test",
            "aud": "careslot",
            "sub": sub or f"test-{role}",
            "role": role,
            "iat": now,
            "exp": now + timedelta(hours=1),
            "hospital_id": hospital or ("*" if desk and not location else None),
            "location_id": location,
        } | claims
        return jwt.encode(payload, _key, algorithm="RS256", headers={"kid": "test"})

    return mint


@pytest.fixture
def api(engine: Engine, token: Callable[..., str]) -> Client:  # noqa: ARG001 - a client needs a running engine
    """The application over HTTP, in this process: `api.as_("admin").get("/api/health")`; with its own rights only."""
    rights.watch_all()
    return Client(token)


@pytest.fixture(autouse=True)
def _every_right_is_granted() -> Iterator[None]:
    """No test passes in spite of a call that AWS would refuse, whatever was made of the refusal."""
    yield
    refused = list(rights.refused)  # also by what was prepared for several tests
    rights.refused.clear()
    assert refused == []


@pytest.fixture
def own_table(engine: Engine) -> Iterator[str]:
    """A fresh table under the application, so that an audit sees all of it and nothing else; its name."""
    with fresh_table(engine) as name:
        yield name


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Instance]]:
    """Start an instance, always on the same data folder; none survives the test."""
    started: list[Instance] = []

    def begin() -> Instance:
        started.append(Instance(tmp_path))
        return started[-1]

    yield begin
    for instance in started:
        instance.kill()


# What takes minutes begins first, so that no process is left alone with it in the end.
LONGEST = (
    "contract/test_fuzz.py",
    "recovery/test_kills.py",
    "security/test_objects.py",
    "portal/test_lobby.py",
    "figures/test_key_spread.py",
    "contract/test_selection.py",
    "portal/test_visit.py",
    "figures/test_cost_table.py",
    "local/test_run.py",
    "portal/test_accessibility.py",
    "reminders/test_replayed_days.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files, and leave the order within each."""
    rank = {str(Path(__file__).parent / name): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(str(item.path), len(LONGEST)))
