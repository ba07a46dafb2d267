"""`scripts/user`: somebody who may sign in to a stage, with a role, what bounds it, and whose record is theirs.

Creates the user, or brings one who exists to what is said here: the role's group and no other, and the attributes
that users cannot write themselves. Cognito mails a new user a password that must be changed at the first sign-in.
A change of role or bounds holds from the next token on, at most an hour later; `--disable` ends every session
within half a minute, tokens that are out already included.
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.auth import ROLES
from infra.deploy import places
from infra.deploy.places import Place

PEOPLE = ("patient", "doctor")  # whose record is their own
NETWORK = ("admin",)
_ATTRIBUTES = ("person_id", "hospital_id", "location_id")


class UserRefused(Exception):
    """What was said of the user does not fit together; the message says how."""


def main(argv: list[str] | None = None) -> int:
    """0 when the user is as was said."""
    parser = argparse.ArgumentParser(
        prog="scripts/user", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", required=True, choices=places.STAGES)
    parser.add_argument("--email", required=True, help="by which the user signs in")
    parser.add_argument("--role", choices=sorted(ROLES))
    parser.add_argument("--person", help="the patient's or doctor's id; needed for these roles, and for no other")
    parser.add_argument("--hospital", help="the hospital that bounds what the user reaches; `*` is the whole network")
    parser.add_argument("--location", help="the location that bounds it further")
    parser.add_argument("--disable", action="store_true", help="let the user sign in no more, and end every session")
    parser.add_argument("--enable", action="store_true", help="let a disabled user sign in again")
    arguments = parser.parse_args(argv)
    try:
        place = places.stage(arguments.stage)
        if arguments.disable:
            disable(place, arguments.email, now=clock.now())
            print(f"{arguments.email} may sign in no more, and every session has ended")
            return 0
        bounds = {"person_id": arguments.person, "hospital_id": arguments.hospital, "location_id": arguments.location}
        made = bring(place, email=arguments.email, role=arguments.role, bounds=bounds, enable=arguments.enable)
        print(f"{arguments.email} {'was invited' if made else 'was changed'}: {arguments.role}")
    except (places.NoPlace, UserRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def bring(place: Place, *, email: str, role: str | None, bounds: dict[str, str | None], enable: bool = False) -> bool:
    """The user with this role and these bounds; whether it was new. Attributes that are not named are taken away."""
    check(role, bounds)
    cognito, pool = place.client("cognito-idp"), place.settings["AUTH_USER_POOL"]
    attributes = [{"Name": f"custom:{name}", "Value": value} for name in _ATTRIBUTES if (value := bounds.get(name))]
    address = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    new = True
    try:
        cognito.admin_create_user(
            UserPoolId=pool, Username=email, UserAttributes=[*address, *attributes], DesiredDeliveryMediums=["EMAIL"]
        )
    except cognito.exceptions.UsernameExistsException:
        new = False
        _set(cognito, pool, email, attributes)
    groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=email)["Groups"]
    for group in groups:
        if group["GroupName"] != role:
            cognito.admin_remove_user_from_group(UserPoolId=pool, Username=email, GroupName=group["GroupName"])
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=role)
    if enable:
        cognito.admin_enable_user(UserPoolId=pool, Username=email)
    return new


def disable(place: Place, email: str, *, now: datetime) -> None:
    """Let the user sign in no more, and end every session: the tokens that are out already open nothing either."""
    cognito, pool = place.client("cognito-idp"), place.settings["AUTH_USER_POOL"]
    try:
        cognito.admin_disable_user(UserPoolId=pool, Username=email)
        cognito.admin_user_global_sign_out(UserPoolId=pool, Username=email)
    except cognito.exceptions.UserNotFoundException:
        raise UserRefused(f"{email} is nobody of {place.name}") from None
    # The table's region is read when its module is imported.
    os.environ.setdefault("AWS_DEFAULT_REGION", cognito.meta.region_name)
    from chalicelib.table import base, sessions  # noqa: PLC0415 - see above

    usual = base.table_name()
    base.use(place.table)
    found = cognito.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
    attributes = {one["Name"]: one["Value"] for one in found}
    for group in cognito.admin_list_groups_for_user(UserPoolId=pool, Username=email)["Groups"]:
        role = group["GroupName"]
        person = attributes.get("custom:person_id", "") if role in PEOPLE else attributes["sub"]
        sessions.end_all(
            f"{role}:{person}", now=now, by="admin:scripts-user", request_id=f"user-{uuid.uuid4().hex[:12]}"
        )
    base.use(usual)


def check(role: str | None, bounds: dict[str, str | None]) -> None:
    """UserRefused for a role without what it needs: failing later, at every request, would be hard to read."""
    if role not in ROLES:
        raise UserRefused(f"--role is one of {', '.join(sorted(ROLES))}")
    if (role in PEOPLE) != bool(bounds.get("person_id")):
        raise UserRefused(
            f"a {role} needs --person, the id of the record" if role in PEOPLE else f"a {role} has no --person"
        )
    if role not in (*PEOPLE, *NETWORK) and not (bounds.get("hospital_id") or bounds.get("location_id")):
        raise UserRefused(f"a {role} reaches nothing without --hospital or --location; --hospital '*' is the network")


def _set(cognito: Any, pool: str, email: str, attributes: list[dict[str, str]]) -> None:
    """Write what was said and blank the rest, which is how Cognito takes an attribute away."""
    said = {one["Name"] for one in attributes}
    blank = [{"Name": name, "Value": ""} for one in _ATTRIBUTES if (name := f"custom:{one}") not in said]
    cognito.admin_update_user_attributes(UserPoolId=pool, Username=email, UserAttributes=[*attributes, *blank])


if __name__ == "__main__":
    sys.exit(main())
