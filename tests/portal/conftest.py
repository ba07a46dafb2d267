"""A running instance, a browser, and a clinic of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.builders import Clinic
from tests.instance import Instance
from tests.portal import browsing
from tests.queue import waiting
from tests.wire import HttpClient

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if browsing.CHROMIUM is None:
        pytest.skip(browsing.NONE_HERE)
    with sync_playwright() as playwright:
        started = browsing.launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def instance(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:  # noqa: ARG001 - nothing starts where no page can be opened
    """One instance for all tests, as `scripts/run` starts it."""
    running = Instance(Path(tmp_path_factory.mktemp("portal")))
    yield running
    running.kill()


@pytest.fixture(scope="session")
def wire(instance: Instance) -> Any:
    """An administrator over HTTP, in the manners of the test client."""
    return HttpClient(instance)


@pytest.fixture
def place(wire: Any) -> Clinic:
    """A clinic whose doctor works now."""
    return waiting.waiting_room(wire, location={"language": "en-GB"})


@pytest.fixture
def open_page(browser: Browser, instance: Instance) -> Iterator[Open]:
    """Open a page in a tab of its own, as a role at a location; what it throws fails the test."""
    opened: list[Page] = []
    thrown: list[str] = []

    def open_(
        path: str, role: str = "", location: str | None = None, *, token: str = "", sockets: bool = True, **options: Any
    ) -> Page:
        page = browsing.new_page(browser, **options)
        if not sockets:
            page.route_web_socket(lambda _address: True, lambda socket: socket.close())
        page.on("pageerror", lambda error: thrown.append(str(error)))
        opened.append(page)
        token = token or (instance.token(role, hospital=None, location=location) if role else "")
        page.goto(f"{instance.base_url}{path}{f'#token={token}' if token else ''}")
        return page

    yield open_
    for page in opened:
        page.context.close()
    assert thrown == []
