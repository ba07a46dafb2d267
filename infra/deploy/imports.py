"""Whether the archive stands on its own: handlers, addresses and every named import, in an interpreter that has nothing
else."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.deploy import archive
from infra.deploy.prune import SERVICES
from infra.deploy.runtimes import Interpreter

# -S: no site-packages, -I: no environment and no current folder; -B: the archive is read-only on Lambda.
_ISOLATED = ("-S", "-I", "-B")
_SCRIPT = """
import functools, importlib, json, os, sys
folder, wanted = sys.argv[1], json.loads(sys.argv[2])
os.environ.update(AWS_DEFAULT_REGION="us-east-1", TABLE_NAME="careslot-verify")
sys.path.insert(0, folder)
for name in wanted:
    module, _, attribute = name.partition(":")
    try:
        found = importlib.import_module(module)
        if attribute:
            assert callable(functools.reduce(getattr, attribute.split("."), found)), "it cannot be called"
        origin = getattr(found, "__file__", None)
        assert not origin or origin.startswith((folder, sys.base_prefix)), f"it comes from {origin}"
    except Exception as problem:
        print(f"{name}: {type(problem).__name__}: {problem}")
"""
_ADDRESSES = """
import os, sys
os.environ.update(AWS_DEFAULT_REGION="us-east-1", TABLE_NAME="careslot-verify")
sys.path.insert(0, sys.argv[1])
import app
from chalicelib.addresses import ADDRESSES
from chalicelib.kit.http import ROUTES
for module, lines in ADDRESSES.items():
    for *methods, path in map(str.split, lines):
        for method in methods:
            try:
                ROUTES.behind(method, path, module)
            except Exception as problem:
                print(f"{method} {path}: {type(problem).__name__}: {problem}")
"""


def handlers(translated_handlers: Iterable[str], folder: Path, interpreter: Interpreter) -> list[str]:
    """Complaints about handlers (`app.on_change`) that the archive alone cannot load."""
    wanted = [":".join(handler.rsplit(".", 1)) for handler in sorted(set(translated_handlers))]
    return _tried(wanted, folder, interpreter)


def addresses(folder: Path, interpreter: Interpreter) -> list[str]:
    """Complaints about addresses whose module the archive alone cannot load, or whose module declares no such route.

    A function loads these modules at the first request for them, so that nothing else would try them before a caller.
    """
    return _said(_ADDRESSES, [str(folder)], interpreter)


def everything_named(folder: Path, interpreter: Interpreter) -> list[str]:
    """Complaints about modules of ours, and imports anywhere in them, that the archive alone cannot load.

    Imports inside functions count: they are what a handler's import does not try.
    """
    ours = sorted(path for path in folder.joinpath("chalicelib").rglob("*.py"))
    modules = {".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__") for path in ours}
    return _tried(sorted(modules | {name for path in ours for name in _named(path)}), folder, interpreter)


def services(folder: Path) -> list[str]:
    """Complaints about clients of AWS services whose data were pruned."""
    asked = re.compile(r"""(?:create_client|client|resource)\(\s*["']([a-z0-9-]+)["']""")
    return [
        f"{path.relative_to(folder)} asks for {service}, which infra/deploy/prune.py takes out"
        for path in sorted(folder.joinpath("chalicelib").rglob("*.py"))
        for service in asked.findall(path.read_text(encoding="utf-8"))
        if service not in SERVICES
    ]


def machines(folder: Path, architecture: str) -> list[str]:
    """Complaints about shared libraries that another machine was meant for."""
    libraries = sorted(path for path in folder.rglob("*") if path.is_file() and ".so" in path.suffixes)
    return [
        f"{library.relative_to(folder)} is for {archive.machine(library)} and not for {architecture}"
        for library in libraries
        if archive.machine(library) != architecture
    ] or ([] if libraries else ["the archive has no shared library at all, and pydantic needs one"])


def differences(one: Path, other: Path) -> list[str]:
    """Complaints about files that only one of two machines' archives has."""
    return [f"only one machine's archive has {name}" for name in sorted(archive.names(one) ^ archive.names(other))]


def _named(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _tried(wanted: list[str], folder: Path, interpreter: Interpreter) -> list[str]:
    return _said(_SCRIPT, [str(folder), json.dumps(wanted)], interpreter)


def _said(script: str, arguments: list[str], interpreter: Interpreter) -> list[str]:
    command = [interpreter.path, *_ISOLATED, "-c", script, *arguments]
    done = subprocess.run(command, env={}, check=False, capture_output=True, text=True)  # noqa: S603 - an interpreter
    return done.stdout.splitlines() + ([done.stderr.strip().splitlines()[-1]] if done.returncode else [])
