"""`scripts/package`: the archive and the template of a stage, verified. It needs pip's registry and nothing of AWS."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.deploy import archive as archives
from infra.deploy import dependencies, lock, runtimes, template, verify
from infra.deploy.runtimes import Interpreter

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Built:
    """A finished package: what is uploaded, and all that the verification looks at."""

    out: Path
    archive: archives.Archive
    host: archives.Archive
    package: verify.Package


def main() -> int:
    """0 when the package is built and every check held."""
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__)
    parser.add_argument("--stage", default="dev", help="dev (default), staging or prod")
    parser.add_argument("--out", type=Path, help="where to (default: build/<stage>)")
    parser.add_argument("--arch", choices=["arm64", "x86_64", "host"], default="arm64", help="default: arm64")
    parser.add_argument("--python", help="3.13, 3.12, 3.11, or the path of one; default: the newest on this machine")
    arguments = parser.parse_args()
    try:
        if behind := lock.complaints(lock.DEPLOYED) + lock.complaints(lock.PACKAGER):
            raise lock.NoLock("\n".join(behind))
        interpreter = runtimes.newest([arguments.python] if arguments.python else runtimes.SUPPORTED)
        print(f"python{interpreter.version}, from {interpreter.path}", flush=True)
        built = build(arguments.stage, arguments.out, architecture=arguments.arch, interpreter=interpreter, say=_say)
    except (runtimes.NoInterpreter, dependencies.InstallFailed, template.ChaliceFailed, lock.NoLock) as failure:
        print(failure, file=sys.stderr)
        return 1
    print("verifying", flush=True)
    if not verify.run(built.package, _say):
        print("the package must not be deployed", file=sys.stderr)
        return 1
    # Only what was verified can be deployed: scripts/deploy reads the manifest.
    manifest = _manifest(arguments.stage, built.package.architecture, interpreter, built.out)
    (built.out / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print(f"ready: {built.out}")
    return 0


def build(
    stage: str, out: Path | None = None, *, architecture: str, interpreter: Interpreter, say: Callable[[str], None]
) -> Built:
    """Build the stage's package into `out`: `deployment.zip`, `template.json`, `lock.txt`.

    The same package is built for this machine too, so that it can be run here, and for the embedded engine's Python.
    """
    out = (out or dependencies.BUILD / stage).resolve()
    host = runtimes.host_architecture()
    architecture = host if architecture == "host" else architecture
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    here = dependencies.libraries(interpreter, host)
    path = [here, dependencies.packager(interpreter, host)]
    made, application = template.generate(stage, work / "chalice", interpreter=interpreter, path=path)
    _set_architecture(made, architecture)

    def archived(name: str, libraries: Path, by: Interpreter) -> archives.Archive:
        file = work / f"{name}.zip"
        return archives.make(
            application=application, libraries=libraries, interpreter=by, folder=work / name, file=file
        )

    for_host = archived("host", here, interpreter)
    deployed = for_host
    if architecture != host:
        deployed = archived(architecture, dependencies.libraries(interpreter, architecture), interpreter)
    engine = runtimes.current()
    for_engine = for_host
    if engine.version != interpreter.version:
        for_engine = archived("engine", dependencies.libraries(engine, host), engine)

    minified = template.minified(made)
    shutil.copyfile(deployed.file, out / "deployment.zip")
    (out / "template.json").write_text(minified, encoding="utf-8")
    (out / _MANIFEST).unlink(missing_ok=True)
    (out / "lock.txt").write_text("\n".join(dependencies.installed(here)) + "\n", encoding="utf-8")
    say(f"  {stage}, {architecture}: {out / 'deployment.zip'}")
    say(f"  archive   before: {deployed.before}")
    say(f"            after:  {deployed.after} (pruned, with byte code)")
    readable = len(json.dumps(made, indent=2))
    say(f"  template  before: {readable / 1e3:.0f} KB, after: {len(minified.encode()) / 1e3:.0f} KB")
    package = verify.Package(
        made, minified, architecture, deployed.folder, for_host.folder, host, interpreter, for_engine.file
    )
    return Built(out, deployed, for_host, package)


def _set_architecture(made: template.Template, architecture: str) -> None:
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Architectures"] = [architecture]


def _manifest(stage: str, architecture: str, interpreter: Interpreter, out: Path) -> dict[str, str]:
    """What the deployment reads: which stage this is for, and the archive's digest, which is its address in S3."""
    digest = hashlib.sha256((out / "deployment.zip").read_bytes()).hexdigest()
    return {
        "stage": stage,
        "architecture": architecture,
        "runtime": f"python{interpreter.version}",
        "archive_sha256": digest,
    }


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
