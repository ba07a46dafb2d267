"""All that can be known of a package without AWS, check by check; what fails is said, and stops a deployment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy import append_only, emulate, imports, privileges, quotas, translation, wiring
from infra.deploy.runtimes import Interpreter
from infra.local.testing import start_engine


@dataclass(frozen=True, slots=True)
class Package:
    """What is verified: the template, the deployed archive's folder, and the same archive for this machine.

    `engine_archive` is the zip for the embedded engine's own interpreter.
    """

    template: dict[str, Any]
    minified: str
    architecture: str
    folder: Path
    host_folder: Path
    host_architecture: str
    interpreter: Interpreter
    engine_archive: Path


Check = tuple[str, Callable[[], list[str]]]


def checks(package: Package) -> Iterator[Check]:
    """Every check by its name; each answers complaints."""
    translated = translation.translate(package.template)
    functions = [found for found in translated["Resources"].values() if found["Type"] == "AWS::Lambda::Function"]
    handlers = [found["Properties"]["Handler"] for found in functions]
    paths = list(translated["Resources"]["RestAPI"]["Properties"]["Body"]["paths"])
    unpacked = sum(path.stat().st_size for path in package.folder.rglob("*") if path.is_file())
    host = package.host_folder, package.interpreter

    yield "SAM translates it, and cfn-lint finds no error", lambda: translation.lint(translated)
    yield "event sources, aliases and logs are wired", lambda: wiring.complaints(translated)
    yield "no permission reaches everything", lambda: privileges.reaching_everything(translated)
    yield "nobody rewrites the audit trail, and one function signs it", lambda: append_only.complaints(translated)
    yield "no path level uses two names", lambda: quotas.two_names(paths)
    yield (
        "it is within AWS's quotas",
        lambda: quotas.within(template=package.minified, translated=translated, paths=paths, unpacked=unpacked),
    )
    yield f"every handler loads from the archive alone ({len(handlers)})", lambda: imports.handlers(handlers, *host)
    yield "so does what is behind every address", lambda: imports.addresses(*host)
    yield "so does every import in our code", lambda: imports.everything_named(*host)
    yield "no service that the code asks for was pruned", lambda: imports.services(package.folder)
    yield (
        f"every shared library is for {package.architecture}",
        lambda: imports.machines(package.folder, package.architecture),
    )
    if package.folder != package.host_folder:
        yield (
            f"the files for {package.architecture} and {package.host_architecture} agree",
            lambda: imports.differences(package.folder, package.host_folder),
        )
    yield "the embedded engine creates the stack and books through it", lambda: _emulated(translated, package)


def run(package: Package, say: Callable[[str], None]) -> bool:
    """Run every check and say each result; whether all held."""
    held = True
    for name, check in checks(package):
        complaints = check()
        held = held and not complaints
        say(f"  {'FAILED' if complaints else 'ok    '}  {name}")
        for complaint in complaints:
            say(f"          {complaint}")
    return held


def load(folder: Path) -> dict[str, Any]:
    """The template of a finished package."""
    template: dict[str, Any] = json.loads((folder / "template.json").read_text(encoding="utf-8"))
    return template


def _emulated(translated: dict[str, Any], package: Package) -> list[str]:
    with start_engine() as engine:
        try:
            emulate.book_through(engine, translated, package.engine_archive)
        except emulate.EmulationFailed as failure:
            return [str(failure)]
    return []
