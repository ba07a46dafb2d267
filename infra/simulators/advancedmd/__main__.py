"""Run AdvancedMD's simulator by itself."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from infra.simulators.advancedmd.demo import APP, OFFICE_KEY, PASSWORD, USER
from infra.simulators.advancedmd.front import PARTNER
from infra.simulators.advancedmd.server import CONTROL, HOST, Running
from infra.simulators.advancedmd.switches import Switches

_BEHIND = f"""behind the scenes (JSON):
  GET  {CONTROL}calls?after=&action=   the call log; `over` counts the calls above a limit
  GET  {CONTROL}appointments           the office's scheduler
  GET  {CONTROL}switches               what the documentation leaves open, and how it is guessed
  POST {CONTROL}switches               {{"counts_per_action": false}}
  POST {CONTROL}clock                  {{"advance": 3600}} | {{"stand": "2026-12-01T13:00:00Z"}} | {{"go_on": true}}
  POST {CONTROL}faults                 {{"kind": "dropped", "times": 1}} | {{"rates": {{"error": 0.01}}}} | {{}}
  POST {CONTROL}edits                  {{"kind": "move", "id": 9000001, "startdatetime": "2026-12-01T10:00:00"}}

guesses:
"""


def main(argv: list[str] | None = None) -> int:
    """Serve until told to stop."""
    guesses = "\n".join(f"  {one['name']} = {one['value']!r}: {one['unknown']}" for one in Switches().told())
    parser = argparse.ArgumentParser(
        prog="python -m infra.simulators.advancedmd",
        description=__doc__,
        epilog=_BEHIND + guesses,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8100, help=f"port on {HOST}; 0 picks a free one (default 8100)")
    parser.add_argument("--kept", type=Path, help="file that keeps the offices; without it they start anew each time")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        running = Running(port=arguments.port, kept=arguments.kept)
    except OSError as refusal:
        print(f"port {arguments.port} cannot be used: {refusal.strerror}", file=sys.stderr)
        return 1
    except ValueError as damage:
        print(damage, file=sys.stderr)
        return 1
    with running:
        print(f"login     {running.url}{PARTNER}")
        print(f"office    {OFFICE_KEY}, user {USER}, password {PASSWORD}, application {APP}")
        print(f"ready {running.url}", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
