"""The API's description as it is committed: `scripts/openapi` prints it, writes it, or says how it differs."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from chalicelib.admin import contract
from infra import addresses, openapi_changes

COMMITTED = Path(__file__).with_name("openapi.json")


def declared() -> dict[str, Any]:
    """The document of the routes as they are declared now."""
    addresses.declared()
    document: dict[str, Any] = json.loads(contract.text()[0])
    return document


def written(document: dict[str, Any]) -> str:
    """The document as it is committed: sorted, so that a difference shows what changed."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def findings(committed: str, document: dict[str, Any]) -> list[str]:
    """What is wrong with the committed text: nothing, or that it is out of step, and each breaking change."""
    if committed == written(document):
        return []
    breaking = openapi_changes.breaking(json.loads(committed or "{}"), document)
    return ["the committed description of the API is out of step with the declared routes", *breaking]


def main(arguments: list[str] | None = None) -> int:
    """0 when done, or when the committed document is in step; 1 when it is not."""
    parser = argparse.ArgumentParser(prog="scripts/openapi", description="The OpenAPI 3.1 document of the API.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--write", nargs="?", type=Path, const=COMMITTED, metavar="FILE", help="write it to a file")
    action.add_argument("--check", nargs="?", type=Path, const=COMMITTED, metavar="FILE", help="compare it with a file")
    options = parser.parse_args(arguments)
    document = declared()
    if options.write:
        options.write.write_text(written(document), encoding="utf-8")
    elif options.check:
        return _report(options.check, document)
    else:
        print(written(document), end="")
    return 0


def _report(path: Path, document: dict[str, Any]) -> int:
    found = findings(path.read_text(encoding="utf-8") if path.exists() else "", document)
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("when that is meant: scripts/openapi --write", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
