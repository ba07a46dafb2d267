"""How far it is: a bar on a terminal, a line for every tenth elsewhere."""

import sys
import time

_WIDTH = 40
_REDRAW_SECONDS = 0.1


class Progress:
    """Counts steps of one thread towards a total."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._terminal = sys.stdout.isatty()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        now = time.monotonic()
        if self._terminal and now - self._drawn > _REDRAW_SECONDS:
            self._drawn = now
            print(f"\r{self._bar()}", end="", flush=True)
        elif not self._terminal and self._done * 10 // self._total > (self._done - 1) * 10 // self._total:
            print(self._line(), flush=True)

    def end(self) -> None:
        """All are done."""
        if self._terminal:
            print(f"\r{self._bar()}", flush=True)

    def _bar(self) -> str:
        filled = _WIDTH * self._done // max(self._total, 1)
        return f"[{'#' * filled}{' ' * (_WIDTH - filled)}] {self._line()}"

    def _line(self) -> str:
        seconds = time.monotonic() - self._begun
        return f"{self._what}: {self._done} of {self._total}, {seconds:.0f} s"
