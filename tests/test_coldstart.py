"""A process that starts loads what every request needs, and nothing that only some requests need."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra import addresses

ROOT = Path(__file__).parents[1]
# What takes its time to load, by what needs it: phones, e-mail, holidays; tokens; the table; the stream; the outside;
# messages.
HEAVY = {
    "phonenumbers",
    "email_validator",
    "dns",
    "holidays",
    "dateutil",
    "jwt",
    "cryptography",
    "pynamodb",
    "urllib3",
    "boto3",
    "botocore.client",
    "botocore.session",
    "aws_lambda_powertools.utilities.batch",
    "swagger_ui",
    "twilio",
    "babel",
    "jinja2",
}
# Room for what stands before every request. Another slice adds an address or two, and no module.
MOST_MODULES = 30
MOST_MODELS = 10
MOST_RECORDS = 15
REPORT = """
import json, sys
import app
from dataclasses import is_dataclass
from pydantic import BaseModel
mine = sorted(name for name in sys.modules if name.split(".")[0] == "chalicelib")
made = [kind for name in mine for kind in vars(sys.modules[name]).values()
        if isinstance(kind, type) and kind.__module__ == name]
print(json.dumps({
    "modules": sorted(sys.modules),
    "mine": mine,
    "models": [kind.__name__ for kind in made if issubclass(kind, BaseModel)],
    "records": [kind.__name__ for kind in made if is_dataclass(kind)],
}))
"""


def fresh_process(code: str) -> Any:
    """The last line, as JSON, that a process prints which has loaded nothing yet."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=True, capture_output=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_application_starts_without_what_only_some_requests_need() -> None:
    loaded = fresh_process(REPORT)

    assert HEAVY & set(loaded["modules"]) == set()
    assert [name for name in loaded["mine"] if name.endswith(("routes", "schemas", "requests", "views"))] == []
    assert len(loaded["mine"]) <= MOST_MODULES
    assert len(loaded["models"]) <= MOST_MODELS
    assert len(loaded["records"]) <= MOST_RECORDS


def test_the_addresses_are_those_of_the_declared_routes() -> None:
    assert addresses.in_step(), "run: python -m infra.addresses --write"


def test_an_address_whose_module_cannot_be_loaded_answers_500_in_our_envelope() -> None:
    answer = fresh_process("""
import json
import app
from chalicelib.kit import http
from infra.local.gateway import Gateway
http.serve(app.app, {"chalicelib.absent": ["GET /api/absent"]})
answer = Gateway(app.app).answer("GET", b"/api/absent", b"", [], b"")
print(json.dumps([answer.status, json.loads(answer.body)]))
""")

    assert (answer[0], answer[1]["error"]["code"]) == (500, "internal_error")
    assert "absent" not in answer[1]["error"]["message"]


def test_first_requests_for_every_address_at_once_are_all_answered() -> None:
    statuses = fresh_process("""
import json
from concurrent.futures import ThreadPoolExecutor
import app
from chalicelib.addresses import ADDRESSES
from infra.local.gateway import Gateway
gateway = Gateway(app.app)
lines = [line.split() for lines in ADDRESSES.values() for line in lines]
asked = [(method, path.replace("{", "").replace("}", "")) for *methods, path in lines for method in methods]
def ask(one):
    method, path = one
    return gateway.answer(method, path.encode(), b"", [], b"").status
with ThreadPoolExecutor(32) as threads:
    # Health would ask the table, which this process need not have.
    print(json.dumps(sorted(set(threads.map(ask, [one for one in asked if one[1] != "/api/health"])))))
""")

    # The documentation has no asset of that name, and an empty form lacks what it must say.
    assert statuses == [200, 401, 404, 422]
