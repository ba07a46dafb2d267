"""A stage with settings of its own, in a process of its own, without a table: `python -m tests.security.stage`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
Requests = list[tuple[str, str, dict[str, str]]]


def replies(requests: Requests, **environment: str) -> list[dict[str, Any]]:
    """Status, headers and body of each request, by an application that has found this environment."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.security.stage"],
        cwd=ROOT,
        env={"AWS_DEFAULT_REGION": "us-east-1", "TABLE_NAME": "none", **environment},
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=True,
    )
    answered: list[dict[str, Any]] = json.loads(ran.stdout)
    return answered


def _answers(requests: Requests) -> list[dict[str, Any]]:
    from app import app  # noqa: PLC0415 - only in the process that has the environment
    from infra.local.gateway import Gateway  # noqa: PLC0415 - same

    gateway = Gateway(app, cors_origin="*")
    answers = [
        gateway.answer(method, path.encode(), b"", list(headers.items()), b"") for method, path, headers in requests
    ]
    return [
        {
            "status": answer.status,
            "headers": {name.lower(): value for name, value in answer.headers},
            "body": answer.body.decode(),
        }
        for answer in answers
    ]


if __name__ == "__main__":
    print(json.dumps(_answers(json.load(sys.stdin))))  # noqa: T201 - read by the process that started this one
