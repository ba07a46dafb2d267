"""The map: who may import whom. Read from the syntax tree, so that nothing needs to be imported to be judged."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = {
    "chalicelib.advancedmd.budget",
    "chalicelib.advancedmd.mapping",
    "chalicelib.advancedmd.matching",
    "chalicelib.advancedmd.merging",
    "chalicelib.advancedmd.scope",
    "chalicelib.advancedmd.shared",
    "chalicelib.audit.entries",
    "chalicelib.callers.limits",
    "chalicelib.finding.complaints",
    "chalicelib.finding.recommending",
    "chalicelib.gateways.advancedmd.elements",
    "chalicelib.gateways.advancedmd.records",
    "chalicelib.gateways.advancedmd.tiers",
    "chalicelib.gateways.advancedmd.values",
    "chalicelib.realtime.changes",
    "chalicelib.realtime.messages",
    "chalicelib.realtime.topics",
    "chalicelib.queue.priority",
    "chalicelib.queue.wait",
    "chalicelib.reminders.answers",
    "chalicelib.reminders.kinds",
    "chalicelib.reminders.offsets",
    "chalicelib.reminders.plan",
    "chalicelib.reminders.policy",
    "chalicelib.reminders.quiet",
    "chalicelib.reminders.states",
    "chalicelib.schedules.forms",
    "chalicelib.schedules.rules",
    "chalicelib.scheduling.statuses",
    "chalicelib.telehealth.links",
    "chalicelib.telehealth.relays",
    "chalicelib.telehealth.terms",
}
ENGINE = "chalicelib.scheduling.engine."
ARROWS = {
    "advancedmd": {"scheduling", "people"},
    "realtime": {"queue", "scheduling", "people", "callers", "telehealth"},
    "reminders": {"queue", "scheduling", "people", "telehealth"},
    "telehealth": {"queue", "scheduling", "people"},
    "queue": {"scheduling", "people", "callers"},
    "finding": {"scheduling", "people"},
    "schedules": {"scheduling", "people"},
    "scheduling": {"people"},
    "people": set(),
    "audit": set(),
    "callers": set(),
    "admin": set(),
    "portal": set(),
}
SHARED = {"kit", "table", "gateways"}
MOST_LINES = 260


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def imports(path: Path) -> set[str]:
    """Every module that the file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            package = ROOT / Path(*(node.module or "").split("."))
            found |= {
                f"{node.module}.{alias.name}"
                if (package / f"{alias.name}.py").exists() or (package / alias.name).is_dir()
                else str(node.module)
                for alias in node.names
            }
    return found


def ours(names: set[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in {"app", "chalicelib", "infra", "tests", "scripts"}}


def slice_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


MODULES = list(modules())


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_a_module_imports_only_what_its_place_on_the_map_allows(module: str, path: Path) -> None:
    found = ours(imports(path))

    mine = slice_of(module)
    allowed = {
        "kit": {"kit"},
        "table": {"kit", "table"},
        "gateways": {"kit", "gateways"},
    }.get(mine, SHARED | {mine} | ARROWS.get(mine, set()))
    if mine == "changes":
        allowed = SHARED | set(ARROWS)

    strangers = {
        name
        for name in found
        if name != "chalicelib" and (name.split(".")[0] != "chalicelib" or slice_of(name) not in allowed)
    }
    assert not strangers


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_only_the_table_speaks_pynamodb(module: str, path: Path) -> None:
    speaks = any(name.split(".")[0] == "pynamodb" for name in imports(path))

    assert not speaks or slice_of(module) == "table"


def test_pure_modules_import_the_standard_library_kit_and_each_other() -> None:
    engine = {name for name, _ in MODULES if name.startswith(ENGINE)}
    allowed = PURE | engine | {name for name, _ in MODULES if slice_of(name) == "kit"}

    strangers = {
        f"{module} → {name}"
        for module, path in MODULES
        if module in PURE | engine
        for name in imports(path)
        if name not in allowed and name.split(".")[0] not in sys.stdlib_module_names
    }
    assert not strangers


def test_routes_do_not_reach_past_the_behaviour_into_the_table() -> None:
    reaching = {
        f"{module} → {name}"
        for module, path in MODULES
        if module.endswith("routes")
        for name in imports(path)
        if name.startswith(("chalicelib.table", "chalicelib.gateways", "boto"))
    }

    assert not reaching


def test_slices_do_not_depend_on_each_other_in_circles() -> None:
    def reached(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            for other in ARROWS[waiting.pop()] - found:
                found.add(other)
                waiting.append(other)
        return found

    assert all(one not in reached(one) for one in ARROWS)


def test_every_module_has_one_job_and_says_which() -> None:
    silent = [
        module for module, path in MODULES if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    long = [module for module, path in MODULES if len(path.read_text().splitlines()) > MOST_LINES]

    assert silent == []
    assert long == []


def test_the_index_stays_an_index() -> None:
    lines = (ROOT / "app.py").read_text().splitlines()

    assert len(lines) < 150
