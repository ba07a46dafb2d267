"""Health says whether the system can work, and names what it cannot reach."""

import os
import socket
from collections.abc import Iterator

import pytest

from chalicelib.table import base
from tests.client import Client


@pytest.fixture
def unreachable_table() -> Iterator[None]:
    """The application looks for its table where nobody listens."""
    right = os.environ["AWS_ENDPOINT_URL"]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{closed.getsockname()[1]}"
        base.use(os.environ["TABLE_NAME"])
        yield
    os.environ["AWS_ENDPOINT_URL"] = right
    base.use(os.environ["TABLE_NAME"])


def test_a_system_that_reaches_its_table_is_well_and_says_its_version(api: Client) -> None:
    answer = api.get("/api/health")

    assert (answer.status, answer.data["status"], answer.data["checks"]) == (200, "ok", {"table": "ok"})
    assert answer.data["version"]


@pytest.mark.usefixtures("unreachable_table")
def test_a_system_without_its_table_is_unavailable_and_names_it(api: Client) -> None:
    answer = api.get("/api/health")

    assert (answer.status, answer.error["code"], answer.fields) == (503, "unhealthy", ["table"])


@pytest.mark.usefixtures("unreachable_table")
def test_without_the_table_a_request_is_refused_for_now_and_not_a_server_error(api: Client) -> None:
    answer = api.as_("admin").get("/api/doctors/123")

    assert (answer.status, answer.error["code"]) == (503, "unavailable")
