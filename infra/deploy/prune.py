"""What need not be deployed: data of AWS services that nobody calls, stubs, tests, tools; and what is precompiled."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

from infra.deploy.runtimes import Interpreter

# botocore carries every service of AWS; a client of another one fails with UnknownServiceError. The verification
# compares this list with the clients that the code asks for.
SERVICES = frozenset(
    {
        "dynamodb",  # the table
        "sqs",  # feeds and dead letters
        "sesv2",  # e-mail
        "sns",  # text messages and apps on phones, where the clinic has set that
        "s3",  # recordings of visits
        "kms",  # the key that signs the audit trail
        "secretsmanager",  # the settings' one secret
        "sts",  # botocore's own, where credentials are assumed
    }
)
# Folders that nothing imports: names of places, carriers and zones by telephone number; scripts; metadata of wheels.
_UNUSED = (
    "phonenumbers/geodata",
    "phonenumbers/carrierdata",
    "phonenumbers/tzdata",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",  # a viewer for applications that are made with it
    "bin",
    "share",
)
# Of the viewer's package, only these two files are served (chalicelib/admin/docs.py); its code, and what that needs, is
# never imported.
_VIEWER = frozenset({"LICENSE", "swagger-ui-bundle.js", "swagger-ui.css"})
_OF_THE_VIEWER = ("_yaml", "packaging", "yaml")
_TESTS = ("test", "tests")
# The languages that chalicelib/reminders/texts.py speaks, with the customs of their countries; `root` stands under all.
_SPOKEN = frozenset({"root", "en", "es", "hi", "pt"})
_LANGUAGE = "en_US"  # the one in which chalicelib/kit/publicholidays.py asks for names of holidays
_NOT_RUN = (".pyi", ".pyc", ".pyx", ".pxd", ".c", ".h")
_OF_INSTALLERS = ("RECORD", "REQUESTED", "INSTALLER", "WHEEL", "direct_url.json")  # what pip wrote for itself


def prune(archive: Path) -> None:
    """Take out of an unpacked archive what is never read there."""
    _keep_only(SERVICES, archive / "botocore" / "data")
    _keep_only(SERVICES, archive / "boto3" / "data")
    _keep_only({_LANGUAGE}, archive / "holidays" / "locale")
    _keep_spoken(archive / "babel" / "locale-data")
    _keep_viewer(archive / "swagger_ui")
    for name in (*_UNUSED, *_OF_THE_VIEWER):
        shutil.rmtree(archive / name, ignore_errors=True)
    for path in sorted(archive.rglob("*")):
        if path.is_dir() and path.name in ("__pycache__", *_TESTS):
            shutil.rmtree(path)
        elif path.suffix in _NOT_RUN or path.name in _OF_INSTALLERS:
            path.unlink(missing_ok=True)  # it may have gone with its folder


def precompile(archive: Path, interpreter: Interpreter) -> None:
    """Byte code beside every module, trusted without a look at times: an archive's are all 1980."""
    command = [interpreter.path, "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    # The path that tracebacks show is the one on Lambda, and the bytes do not depend on who packaged.
    subprocess.run([*command, "-s", str(archive), "-p", "/var/task", str(archive)], check=True)  # noqa: S603 - an interpreter


def _keep_spoken(locales: Path) -> None:
    """Of the thousand locales, those of the languages that are spoken."""
    for path in sorted(locales.glob("*.dat")):
        if path.stem.split("_")[0] not in _SPOKEN:
            path.unlink()


def _keep_viewer(package: Path) -> None:
    """The package as a folder that Python finds, with nothing in it but what is served."""
    _keep_only({"static"}, package)
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.name not in _VIEWER:
            path.unlink()


def _keep_only(wanted: Collection[str], parent: Path) -> None:
    for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
        if folder.is_dir() and folder.name not in wanted:
            shutil.rmtree(folder)
