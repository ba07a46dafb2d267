"""The index: every address is known from the start, and the module behind it is loaded when it is first asked for.

Chalice needs the addresses when a process begins; bodies, views and behaviour are needed only where a caller asks for
them. So another slice costs a process that never uses it an entry, and not its modules.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from threading import RLock
from typing import Any

from chalicelib.kit.calls import Route

Handler = Callable[..., Any]


class NotDeclared(Exception):
    """An address leads to a module that declares no such route: chalicelib/addresses.py is out of step."""


class Index(Sequence[Route]):
    """The declared routes. Reading them loads every module that is listed; `behind` loads one.

    Safe to share between threads: modules are loaded one after another, and nobody is given a handler of a module that
    is still being loaded.
    """

    def __init__(self) -> None:
        self._modules: list[str] = []
        self._loaded: set[str] = set()
        self._declared: dict[tuple[str, str], tuple[Route, Handler]] = {}
        self._loading = RLock()

    def expect(self, modules: Iterable[str]) -> None:
        """Modules that declare routes, to be loaded when they are needed."""
        self._modules.extend(modules)

    def declare(self, route: Route, handler: Handler) -> None:
        """Enter a route and its handler; an address has one."""
        known = self._declared.get((route.method, route.path))
        # The same handler again is a module that failed to load the first time and is loaded once more.
        if known and (known[0].module, known[0].operation) != (route.module, route.operation):
            raise ValueError(f"{route.method} {route.path} is declared twice, in {known[0].module} and {route.module}")
        self._declared[route.method, route.path] = (route, handler)

    def behind(self, method: str, path: str, module: str) -> tuple[Route, Handler]:
        """The route at an address and its handler, which that module declares, or `NotDeclared`."""
        self._load(module)
        found = self._declared.get((method, path))
        if found is None:
            raise NotDeclared(f"{module} declares no such route")
        return found

    def _load(self, module: str) -> None:
        if module not in self._loaded:
            with self._loading:
                import_module(module)
                self._loaded.add(module)

    def _all(self) -> tuple[Route, ...]:
        for module in self._modules:
            self._load(module)
        return tuple(route for route, _ in tuple(self._declared.values()))

    def __iter__(self) -> Iterator[Route]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, position: Any) -> Any:
        return self._all()[position]
