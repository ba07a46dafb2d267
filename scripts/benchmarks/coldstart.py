"""`scripts/bench coldstart`: the CPU that a fresh process needs to load the deployed archive, beside a lean baseline.

Both load from the same archive, in the interpreter that is deployed, with nothing else on its path, in turns; the
figure is the child's user and system time. The baseline is what any function of this kind needs: Chalice, Logger,
Metrics, pydantic, PynamoDB, PyJWT and one DynamoDB client. The application is measured as Lambda loads it, and as the
baseline is built, with its own client and its token verifier loaded too. The archive is this machine's; Lambda's holds
the same code.
"""

import argparse
import os
import shutil
import statistics
import sys
from pathlib import Path

from infra.deploy import dependencies, package, runtimes

LEAN = """
import chalice.app
from aws_lambda_powertools import Logger, Metrics
from pydantic import BaseModel
from pynamodb.connection import Connection
import jwt
from jwt import PyJWKClient
chalice.app.Chalice(app_name="lean", configure_logs=False)
Logger(); Metrics(namespace="lean")
class Model(BaseModel):
    name: str
Connection(region="us-east-1").client
"""
APP = "import app"
READY = """
import app
import jwt
from jwt import PyJWKClient
from chalicelib.table import base
base.connection().client
"""
CASES = {"interpreter alone": "pass", "lean baseline": LEAN, "app": APP, "app, client and verifier": READY}
LIMIT = 1.25
_UNUSED = "bench"  # credentials; nothing is called with them


def main() -> int:
    """Print the table and the ratios; 1 when one that compares like with like is over the limit."""
    parser = argparse.ArgumentParser(prog="scripts/bench coldstart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="processes of each kind (default: 15)")
    parser.add_argument("--python", choices=runtimes.SUPPORTED, help="default: the newest on the PATH")
    arguments = parser.parse_args()
    interpreter = runtimes.newest([arguments.python] if arguments.python else runtimes.SUPPORTED)
    out = dependencies.BUILD / "coldstart"
    compiled = package.build("dev", out, architecture="host", interpreter=interpreter, say=lambda _: None).host.folder
    folders = {"with .pyc": compiled, "without": _without_bytecode(compiled, out / "work" / "source")}

    print(f"python{interpreter.version}, medians of {arguments.rounds} fresh processes, CPU ms")
    print(f"{'':<36}{'with .pyc':>11}{'without':>11}")
    figures = {name: _medians(interpreter.path, folder, arguments.rounds) for name, folder in folders.items()}
    for case in CASES:
        print(f"{case:<36}" + "".join(f"{figures[name][case]:>11.0f}" for name in folders))
    for case in ("app", "app, client and verifier"):
        ratios = [figures[name][case] / figures[name]["lean baseline"] for name in folders]
        print(f"{case + ' / baseline':<36}" + "".join(f"{ratio:>10.2f}×" for ratio in ratios))
    print(
        "`app` alone loads neither client nor verifier, which the baseline does: only the second ratio compares like."
    )
    worst = max(found["app, client and verifier"] / found["lean baseline"] for found in figures.values())
    print(f"like for like: {'within' if worst <= LIMIT else 'OVER'} {LIMIT} × the baseline")
    return 0 if worst <= LIMIT else 1


def _medians(python: str, folder: Path, rounds: int) -> dict[str, float]:
    """The median CPU of each case; the cases take turns, so that the machine's moods fall on all of them."""
    found: dict[str, list[float]] = {case: [] for case in CASES}
    for turn in range(rounds + 1):
        for case, code in CASES.items():
            milliseconds = _cpu(python, f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}")
            if turn:  # the first only brings the files into memory
                found[case].append(milliseconds)
    return {case: statistics.median(figures) for case, figures in found.items()}


def _cpu(python: str, code: str) -> float:
    """User and system milliseconds of one child. It can neither read nor write byte code outside the folder."""
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": _UNUSED,
        "AWS_SECRET_ACCESS_KEY": _UNUSED,
        "TABLE_NAME": "careslot-bench",
        "POWERTOOLS_SERVICE_NAME": "careslot",
    }
    child = os.posix_spawn(python, [python, "-S", "-I", "-B", "-c", code], environment)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit("a child failed; nothing was measured")
    return (used.ru_utime + used.ru_stime) * 1000


def _without_bytecode(archive: Path, copy: Path) -> Path:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(archive, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


if __name__ == "__main__":
    sys.exit(main())
