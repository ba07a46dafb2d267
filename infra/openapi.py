"""The API's description as it is committed: `scripts/openapi` prints it, writes it, releases it, or checks it.

Two documents are kept: the present one, which must be in step with the declared routes, and the one of the last
release, on which callers rely. What breaks them needs a higher major version, or a reason in `openapi.allowed.json`.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.admin import contract
from infra import addresses, openapi_changes

HERE = Path(__file__).parent
_PRESENT, _RELEASED, _ALLOWED = "openapi.json", "openapi.released.json", "openapi.allowed.json"
COMMITTED = HERE / _PRESENT


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept in a folder: the present text, the released document, and reasons by the breaking change."""

    present: str
    released: dict[str, Any]
    allowed: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Kept":
        """As it is in the folder; what is missing is empty."""
        texts = {
            name: path.read_text(encoding="utf-8") if (path := folder / name).exists() else ""
            for name in (_PRESENT, _RELEASED, _ALLOWED)
        }
        return cls(texts[_PRESENT], json.loads(texts[_RELEASED] or "{}"), json.loads(texts[_ALLOWED] or "{}"))


def declared() -> dict[str, Any]:
    """The document of the routes as they are declared now."""
    addresses.declared()
    document: dict[str, Any] = json.loads(contract.text()[0])
    return document


def written(document: dict[str, Any]) -> str:
    """The document as it is committed: sorted, so that a difference shows what changed."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def findings(kept: Kept, document: dict[str, Any]) -> list[str]:
    """What is wrong with what is kept: that it is out of step, and each change that breaks callers without leave."""
    drift = [] if kept.present == written(document) else ["the committed description is out of step with the routes"]
    breaking = openapi_changes.breaking(kept.released, document)
    stale = [f"allowed, but it does not break anything: {change}" for change in kept.allowed if change not in breaking]
    silent = [f"allowed without a reason: {change}" for change, reason in kept.allowed.items() if not reason.strip()]
    if _major(document) > _major(kept.released):
        return drift + stale + silent
    return [*drift, *(change for change in breaking if change not in kept.allowed), *stale, *silent]


def release(kept: Kept, document: dict[str, Any]) -> list[str]:
    """What stands in the way of releasing the document: what a check finds, or that its version is released already."""
    version = document["info"]["version"]
    again = kept.released.get("info", {}).get("version") == version and kept.released != document
    return findings(kept, document) + ([f"version {version} is released already; raise it first"] if again else [])


def main(arguments: list[str] | None = None) -> int:
    """0 when done, or when the check finds nothing; 1 when it does."""
    parser = argparse.ArgumentParser(prog="scripts/openapi", description="The OpenAPI 3.1 document of the API.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--write", action="store_true", help="write the present one")
    action.add_argument("--check", action="store_true", help="find drift, and what breaks callers of the last release")
    action.add_argument("--release", action="store_true", help="make the present one that of the last release")
    parser.add_argument("--folder", type=Path, default=HERE, help="where they are kept (default: infra)")
    options = parser.parse_args(arguments)
    document, folder = declared(), options.folder
    if options.write:
        (folder / _PRESENT).write_text(written(document), encoding="utf-8")
    elif options.check:
        return _report(findings(Kept.read(folder), document), "when the drift is meant: scripts/openapi --write")
    elif options.release:
        return _release(folder, document)
    else:
        print(written(document), end="")
    return 0


def _release(folder: Path, document: dict[str, Any]) -> int:
    found = release(Kept.read(folder), document)
    if not found:
        (folder / _RELEASED).write_text(written(document), encoding="utf-8")
        (folder / _ALLOWED).write_text("{}\n", encoding="utf-8")  # callers of the new release never relied on it
    return _report(found, "nothing was released")


def _report(found: list[str], advice: str) -> int:
    for line in [*found, advice] if found else ():
        print(line, file=sys.stderr)
    return 1 if found else 0


def _major(document: dict[str, Any]) -> int:
    return int(document.get("info", {}).get("version", "0").split(".")[0])


if __name__ == "__main__":
    sys.exit(main())
