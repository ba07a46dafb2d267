"""`scripts/bench http`: requests a second and latencies of the local instance, and where the time goes.

A real `scripts/run` in a process of its own, with an empty table and a clinic of eight doctors made through the API.
Clients keep their connections and ask again as soon as they are answered; they share this machine's processors with
the server and the engine, so a rate is of all three together. Latency is seen by the client.

Shares are of one client's requests to a second instance with stopwatches (scripts/timing/instance.py says what is
counted as what), because with several clients every part would also contain waiting for the others. `outside` is the
client's time less what the gateway took: sockets, the HTTP server, handing over to a thread, and the client itself.
Means are of the middle half of the requests, by duration. What the stopwatches cost is printed, from the same single
client on both. Meanwhile the instance follows its own changes in the same process, after each booking.
"""

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from infra.local.issuer import Issuer
from scripts.replaying.figures import percentile
from scripts.timing import load
from scripts.timing.clinic import Clinic
from scripts.timing.instance import PARTS
from scripts.timing.load import Refused, Request, Run

ROOT = Path(__file__).parents[2]
KINDS = ("availability", "reading", "booking")
_SHARES = (50, 95, 99)
_WARM_UP = 50
PLAIN, TIMED = "infra.local.run", "scripts.timing.instance"


def main() -> int:
    """Print both tables; 1 and a sentence when a request was refused."""
    parser = argparse.ArgumentParser(prog="scripts/bench http", description=__doc__)
    parser.add_argument("--clients", type=int, default=8, help="at one time (default 8)")
    parser.add_argument("--requests", type=int, default=2000, help="of each kind (default 2000)")
    parser.add_argument("--alone", type=int, default=300, help="of each kind by a single client (default 300)")
    arguments = parser.parse_args()
    try:
        with _running(PLAIN) as clinic:
            alone = {kind: _run(clinic, kind, arguments.alone, clients=1) for kind in KINDS}
            many = {kind: _run(clinic, kind, arguments.requests, arguments.clients) for kind in KINDS}
        with _running(TIMED) as clinic:
            timed = {kind: _run(clinic, kind, arguments.alone, clients=1) for kind in KINDS}
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{'':<28}{'requests/s':>12}" + "".join(f"{f'p{share} ms':>10}" for share in _SHARES))
    for label, runs in ((f"{arguments.clients} clients", many), ("1 client", alone)):
        for kind, run in runs.items():
            shares = "".join(f"{percentile(run.milliseconds, share):>10.1f}" for share in _SHARES)
            print(f"{kind + ', ' + label:<28}{run.rate:>12.0f}{shares}")
    print(f"\n{'one client, mean ms':<28}" + "".join(f"{part:>12}" for part in (*PARTS, "outside", "in all")))
    for kind, run in timed.items():
        print("\n".join(_shares(kind, run)))
    costs = ", ".join(f"{kind} {_mean(timed[kind]) - _mean(alone[kind]):+.1f} ms" for kind in KINDS)
    print(f"\nwith stopwatches, in comparison with the same client without: {costs}")
    return 0


def _run(clinic: Clinic, kind: str, count: int, clients: int) -> Run:
    requests: Iterator[Request] = getattr(clinic, kind)()
    load.send(clinic.url, clinic.token, islice(requests, _WARM_UP), clients)
    return load.send(clinic.url, clinic.token, islice(requests, count), clients)


def _shares(kind: str, run: Run) -> Iterator[str]:
    """Two lines: the mean of each part in milliseconds, and its share."""
    whole = _mean(run)
    means = [statistics.fmean(reply.parts[name] for reply in run.usual) for name in PARTS]
    means = [*means, whole - sum(means), whole]
    yield f"{kind:<28}" + "".join(f"{mean:>12.2f}" for mean in means)
    yield f"{'':<28}" + "".join(f"{mean / whole:>12.0%}" for mean in means)


def _mean(run: Run) -> float:
    return statistics.fmean(reply.milliseconds for reply in run.usual)


@contextmanager
def _running(module: str) -> Iterator[Clinic]:
    """An instance with a folder of its own, and the clinic in it."""
    with tempfile.TemporaryDirectory(prefix="careslot-bench-") as folder:
        command = [sys.executable, "-m", module, "--port", "0", "--no-demo", "--data", folder]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        try:
            url = next((line.split()[1] for line in process.stdout or () if line.startswith("ready ")), "")
            if not url:
                raise Refused("the instance did not start")
            issuer = Issuer.load(Path(folder))
            admin = issuer.mint("admin", "bench", hospital="*")
            first_day = datetime.now(UTC).date() + timedelta(days=7)
            yield Clinic.made(url, admin=admin, token=issuer.mint("receptionist", "bench", "*"), first_day=first_day)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
