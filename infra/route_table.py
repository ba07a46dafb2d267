"""The README's route table, written from the declarations: `python -m infra.route_table --write`.

What is declared is wanted in chalicelib/addresses.py too, so that is written with it.
"""

import argparse
import re
import sys
from pathlib import Path

from chalicelib.kit.auth import ROLES
from infra import addresses

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- routes -->", "<!-- /routes -->"


def table() -> str:
    """Every declared route with who may call it and what it does, in order of path."""

    def who(roles: frozenset[str]) -> str:
        if not roles:
            return "public"
        if roles == ROLES:
            return "any token"
        missing = ROLES - roles
        if len(missing) <= 2:  # noqa: PLR2004 - shorter to read as an exception
            return "all but " + ", ".join(sorted(missing))
        return ", ".join(sorted(roles))

    rows = [
        f"| `{route.method} {route.path}` | {who(frozenset(route.roles))} | {route.summary} |"
        for route in sorted(addresses.declared(), key=lambda route: (route.path, route.method))
    ]
    return "\n".join(["| route | who | what |", "|---|---|---|", *rows])


def in_readme() -> str:
    """The table as the README has it."""
    found = re.search(f"{BEGIN}\n(.*?)\n{END}", README.read_text(encoding="utf-8"), re.DOTALL)
    return found.group(1) if found else ""


def main() -> int:
    """Print the table, or put it into the README."""
    parser = argparse.ArgumentParser(description="The route table of the README.")
    parser.add_argument("--write", action="store_true", help="put it into README.md, and write the addresses")
    if not parser.parse_args().write:
        print(table())
        return 0
    addresses.write()
    text = README.read_text(encoding="utf-8")
    README.write_text(text.replace(f"{BEGIN}\n{in_readme()}\n{END}", f"{BEGIN}\n{table()}\n{END}"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
