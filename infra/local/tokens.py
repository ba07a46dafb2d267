"""`scripts/token`: prints a token that the local instance with the given data folder accepts, begins a session
there, or gives its issuer a new key.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import NoReturn

from infra.local.issuer import ROLES, Issuer, NoIssuer

ROOT = Path(__file__).parents[2]
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST_DAYS = 365


def main(argv: list[str] | None = None) -> int:
    """Print the token, or rotate the key: 0; 1 when the folder has no key; 2 when an argument is wrong."""
    parser = argparse.ArgumentParser(
        prog="scripts/token",
        description="Print a JWT for the local instance.",
        epilog="A token without --hospital and --location reaches the whole network (not for patients and doctors).",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--role", help=", ".join(ROLES))
    what.add_argument(
        "--rotate",
        action="store_true",
        help="sign with a new key from now on; tokens of the present one go on until the next rotation",
    )
    parser.add_argument("--sub", help="whose token it is: the id of the patient or doctor; otherwise local-<role>")
    parser.add_argument("--hospital", help="id of the hospital that bounds what the token reaches")
    parser.add_argument("--location", help="id of the location that bounds what the token reaches")
    parser.add_argument("--ttl", default="1h", help="how long it is valid: 90s, 15m, 1h, 7d (default 1h)")
    parser.add_argument(
        "--session",
        action="store_true",
        help="begin a session of thirty days and print JSON: id_token, and refresh_token for /oauth2/token",
    )
    parser.add_argument(
        "--data", type=Path, default=ROOT / ".local", help="data folder of the instance (default .local)"
    )
    arguments = parser.parse_args(argv)

    ttl = _seconds(arguments.ttl)
    if ttl is None:
        _wrong(f"--ttl {arguments.ttl!r} is not a time like 90s, 15m, 1h or 7d (at most {_LONGEST_DAYS}d)")
    whose = None if arguments.rotate else _whose(arguments)
    try:
        issuer = Issuer.load(arguments.data)
        if whose is None:
            issuer.rotate()
            return 0
    except (NoIssuer, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if arguments.session:
        session, refresh_token = issuer.sessions.begin(*whose)
        said = {"id_token": issuer.mint_for(session, ttl), "refresh_token": refresh_token, "expires_in": ttl}
        print(json.dumps(said, indent=2))
    else:
        print(issuer.mint(*whose, ttl))
    return 0


def _whose(arguments: argparse.Namespace) -> tuple[str, str, str | None, str | None]:
    """Role, subject, hospital and location of the token."""
    role, sub = arguments.role, arguments.sub
    if role not in ROLES:
        _wrong(f"there is no role {role!r}: choose one of {', '.join(ROLES)}")
    own_records = role in ("patient", "doctor")
    if own_records and not sub:
        _wrong(f"--role {role} needs --sub with the id of the {role}, for example --sub 789")
    everywhere = None if own_records or arguments.location else "*"
    return role, sub or f"local-{role}", arguments.hospital or everywhere, arguments.location


def _wrong(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


def _seconds(text: str) -> int | None:
    match = re.fullmatch(r"([1-9]\d{0,9})([smhd])", text)
    if not match:
        return None
    seconds = int(match[1]) * _SECONDS[match[2]]
    return seconds if seconds <= _LONGEST_DAYS * _SECONDS["d"] else None


if __name__ == "__main__":
    sys.exit(main())
