"""chalicelib/addresses.py, written from the declarations: `python -m infra.addresses` compares, `--write` writes."""

import argparse
import os
import sys
from pathlib import Path

from chalicelib.kit.calls import Route
from chalicelib.kit.http import ROUTES

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "chalicelib" / "addresses.py"
_INTRODUCTION = '''"""Which module declares the routes at each address, so that a process loads what it is asked for.

Written by `python -m infra.addresses --write`, and by `python -m infra.route_table --write`.
"""
'''


def declared() -> list[Route]:
    """Every declared route, found by loading all `*routes.py` of all slices, whether the addresses name them or not."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # the table's module reads it when it is loaded
    found = sorted(ROOT.glob("chalicelib/*/*routes.py"))
    ROUTES.expect(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found)
    return list(ROUTES)


def written(routes: list[Route]) -> str:
    """The module as it is committed: by module, and by path within it, the methods before the path."""
    modules: dict[str, dict[str, list[str]]] = {}
    for route in sorted(routes, key=lambda route: (route.module, route.path, route.method)):
        modules.setdefault(route.module, {}).setdefault(route.path, []).append(route.method)
    lines = [_INTRODUCTION, "ADDRESSES = {"]
    for module, paths in modules.items():
        entries = [f'"{" ".join(methods)} {path}",' for path, methods in paths.items()]
        if len(entries) == 1:  # as the formatter has it
            lines.append(f'    "{module}": ({entries[0]}),')
        else:
            lines += [f'    "{module}": (', *(f"        {entry}" for entry in entries), "    ),"]
    return "\n".join([*lines, "}", ""])


def in_step() -> bool:
    """Whether what is committed is what the declarations say."""
    return COMMITTED.read_text(encoding="utf-8") == written(declared())


def write() -> None:
    """Make it so."""
    COMMITTED.write_text(written(declared()), encoding="utf-8")


def main() -> int:
    """0 when the addresses are in step, or have been written."""
    parser = argparse.ArgumentParser(prog="python -m infra.addresses", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write chalicelib/addresses.py")
    if parser.parse_args().write:
        write()
    elif not in_step():
        print("chalicelib/addresses.py is out of step: python -m infra.addresses --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
