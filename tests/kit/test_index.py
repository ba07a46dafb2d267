"""The index loads the module behind an address when it is asked for, once, and for all who ask."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.kit.calls import Route
from chalicelib.kit.index import Index, NotDeclared

Doorway = SimpleNamespace
ROOM = """
from doorway import begun, go_on, index, route

def handler():
    return words

index.declare(route("GET", "/api/room", __name__), handler)
begun.set()
go_on.wait()
words = "welcome"
"""


def route(method: str, path: str, module: str, handler: str = "handler") -> Route:
    return Route(method, path, frozenset(), None, None, None, 200, "", module, handler)


@pytest.fixture
def doorway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorway]:
    """What the modules of a test import: an index of their own, and how far they may go."""
    made = Doorway(index=Index(), route=route, begun=Event(), go_on=Event())
    monkeypatch.setitem(sys.modules, "doorway", made)  # type: ignore[arg-type]  # the import system asks no more of it
    monkeypatch.syspath_prepend(tmp_path)
    yield made
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], None]:
    """Write a module that can be imported."""
    return lambda name, text: (tmp_path / f"{name}.py").write_text(text) and None


def test_nobody_is_given_a_handler_of_a_module_that_is_still_being_loaded(
    doorway: Any, write: Callable[[str, str], None]
) -> None:
    write("slow_room", ROOM)

    def ask() -> str:
        return str(doorway.index.behind("GET", "/api/room", "slow_room")[1]())

    with ThreadPoolExecutor() as threads:
        first = threads.submit(ask)
        doorway.begun.wait()
        second = threads.submit(ask)
        early = wait([second], timeout=0.2).done
        doorway.go_on.set()

    assert early == set()
    assert [first.result(), second.result()] == ["welcome", "welcome"]


def test_a_module_that_could_not_be_loaded_is_tried_again(doorway: Any, write: Callable[[str, str], None]) -> None:
    write("broken_room", ROOM + 'import doorway\nif not doorway.mended:\n    raise OSError("not yet")\n')
    doorway.go_on.set()
    doorway.mended = False
    with pytest.raises(OSError, match="not yet"):
        doorway.index.behind("GET", "/api/room", "broken_room")
    doorway.mended = True

    _, handler = doorway.index.behind("GET", "/api/room", "broken_room")

    assert handler() == "welcome"


def test_reading_the_index_loads_every_module_that_is_expected(doorway: Any, write: Callable[[str, str], None]) -> None:
    write("one_room", ROOM)
    write("another_room", ROOM.replace("/api/room", "/api/other"))
    doorway.go_on.set()
    doorway.index.expect(["one_room", "another_room"])

    paths = {known.path for known in doorway.index}

    assert paths == {"/api/room", "/api/other"}
    assert len(doorway.index) == 2


def test_an_address_that_two_handlers_declare_is_refused() -> None:
    index = Index()
    index.declare(route("GET", "/api/room", "one"), str)

    with pytest.raises(ValueError, match="GET /api/room is declared twice, in one and two"):
        index.declare(route("GET", "/api/room", "two"), str)


def test_an_address_that_no_handler_declares_says_so(doorway: Any, write: Callable[[str, str], None]) -> None:
    write("empty_room", "")

    with pytest.raises(NotDeclared, match="empty_room declares no such route"):
        doorway.index.behind("GET", "/api/room", "empty_room")
