"""`scripts/bench fanout`: how soon hundreds of displays know of each change, and whether any of them misses one.

A real `scripts/run` in a process of its own, with one location, patients in line, and displays in a second process,
each on a socket of its own. Changes come over HTTP at a steady rate; meanwhile some displays lose their connections and
take up where they were. The way of a change is the whole one: request, transaction, the table's stream, the fan-out,
`@connections`, socket. All of it shares this machine's processors with the displays.

A change is committed some time between its request and the answer: times are given from both. A display misses a change
when it never comes to the topic's last version; received are the events of all versions, each once. Beside them, some
displays that break off and begin anew instead of resuming: what those miss is what resuming is for.
"""

import argparse
import multiprocessing
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.issuer import Issuer
from scripts.listening import crowd
from scripts.listening.crowd import Heard, Plan
from scripts.listening.waiting_room import Change, Refused, WaitingRoom
from scripts.replaying.caller import Caller
from scripts.replaying.figures import percentile

ROOT = Path(__file__).parents[2]
_SHARES = (50, 95, 99)
_SETTLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Instance:
    """A running instance: where it is, its process, and its issuer."""

    url: str
    pid: int
    issuer: Issuer


def main() -> int:
    """Print the figures; 1 when a display missed something, or a request was refused."""
    parser = argparse.ArgumentParser(prog="scripts/bench fanout", description=__doc__)
    parser.add_argument("--displays", type=int, default=500, help="sockets on one location (default 500)")
    parser.add_argument("--rate", type=float, default=20, help="changes a second (default 20)")
    parser.add_argument("--seconds", type=float, default=30, help="for how long (default 30)")
    parser.add_argument("--breaks", type=int, default=50, help="connections that are lost on the way (default 50)")
    parser.add_argument("--naive", type=int, default=10, help="further displays that do not resume (default 10)")
    parser.add_argument("--patients", type=int, default=40, help="in line (default 40)")
    arguments = parser.parse_args()
    try:
        with _running() as instance:
            return _measure(instance, arguments)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _measure(instance: Instance, arguments: argparse.Namespace) -> int:
    token = instance.issuer.mint("admin", "bench", hospital="*")
    with closing(Caller(instance.url, token, 16)) as caller:
        room = WaitingRoom.made(caller, doctors=4, patients=arguments.patients)
        empty = _memory(instance.pid)
        here, there = multiprocessing.Pipe()
        urls = [_url(instance, room, number) for number in range(arguments.displays + arguments.naive)]
        plan = Plan(urls, room.topic, arguments.breaks, arguments.naive, arguments.seconds)
        listening = multiprocessing.get_context("spawn").Process(target=crowd.run, args=(there, plan), daemon=True)
        begun = time.monotonic()
        listening.start()
        here.recv()
        opened = time.monotonic() - begun
        here.send("begin")
        changes = room.change(rate=arguments.rate, seconds=arguments.seconds)
        full = _memory(instance.pid)
        here.send(_settled(room))
        heard: Heard = here.recv()
        listening.join()
    return _print(arguments, changes, heard, opened, (empty, full))


def _settled(room: WaitingRoom) -> int:
    """The topic's version, once it moves no more."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    head, since = room.head(), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - since < 2:  # noqa: PLR2004 - seconds of quiet
        time.sleep(0.2)
        now = room.head()
        head, since = (now, time.monotonic()) if now != head else (head, since)
    return head


def _url(instance: Instance, room: WaitingRoom, number: int) -> str:
    token = instance.issuer.mint("display", f"display-{number}", location=room.location_id)
    return f"{instance.url.replace('http', 'ws', 1)}/ws/queue?token={token}"


def _print(
    arguments: argparse.Namespace, changes: list[Change], heard: Heard, opened: float, memory: tuple[float, float]
) -> int:
    last = max(heard.versions)
    behind = sum(version < last for version in heard.versions)
    unheard = sum(arguments.displays - len(heard.times.get((one.entry_id, one.version), ())) for one in changes)
    uneven = len(set(heard.events)) - 1
    print(f"{arguments.displays} displays on one location, opened in {opened:.1f} s; {heard.reconnects} reconnects")
    print(
        f"{len(changes)} changes, {len(changes) / arguments.seconds:.1f} a second, {sum(heard.events)} events received"
    )
    for label, begin in (("from the answer", "answered"), ("from the request", "asked")):
        times = sorted(
            max(0.0, at - getattr(one, begin)) for one in changes for at in heard.times[one.entry_id, one.version]
        )
        print(f"{label:<18}" + ", ".join(f"p{share} {percentile(times, share) * 1000:.0f} ms" for share in _SHARES))
    print(f"missed: {unheard} changes, {behind} displays behind, {uneven} other counts of events")
    lost = sum(max(heard.events) - count for count in heard.by_naive)
    print(f"negative control: {len(heard.by_naive)} displays that broke off and did not resume missed {lost} events")
    print(f"memory of the server: {memory[1]:.0f} MB, {memory[0]:.0f} MB before the displays came")
    return 1 if unheard or behind else 0


def _memory(pid: int) -> float:
    """What a process has in memory, in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


@contextmanager
def _running() -> Iterator[Instance]:
    """An instance with a folder of its own, without the demo clinic."""
    with tempfile.TemporaryDirectory(prefix="careslot-bench-") as folder:
        command = [sys.executable, "-m", "infra.local.run", "--port", "0", "--no-demo", "--data", folder]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        try:
            url = next((line.split()[1] for line in process.stdout or () if line.startswith("ready ")), "")
            if not url:
                raise Refused("the instance did not start")
            yield Instance(url, process.pid, Issuer.load(Path(folder)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
